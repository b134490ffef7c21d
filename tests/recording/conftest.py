import pytest


@pytest.fixture(autouse=True)
def _strict(monkeypatch):
    """What a part of the recorder raises ends the test; a user's fit would go on without it."""
    monkeypatch.setenv("KERAS_DEBUGGER_STRICT", "1")
