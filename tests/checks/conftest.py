"""Makes the recorded programs importable for the tests of every family."""

import pytest
from recorded_programs import Program, record_of


@pytest.fixture(scope="session")
def healthy():
    """The sound program that every faulty one is a changed copy of."""
    return record_of(Program())


@pytest.fixture(scope="session")
def recorded():
    """Record a program with the given fields changed, once a session."""

    def record(**changes):
        return record_of(Program(**changes))

    return record
