"""The example on the page about recording runs and gives what the page says."""

import doctest
from pathlib import Path

import keras

PAGE = Path(__file__).parent.parent.parent / "docs" / "recording.md"


def test_the_example_of_the_page():
    keras.backend.clear_session()  # names of layers count from the start
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert result.attempted > 10
    assert result.failed == 0
