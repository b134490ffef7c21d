"""The examples in the docstrings of the public names run and print what they say."""

import doctest
import inspect

import pytest

import keras_debugger

TRAINS = ("autofix", "resume", "AutofixResult")
PUBLIC = [name for name in keras_debugger.__all__ if not name.startswith("__")]


def run_examples(name):
    thing = getattr(keras_debugger, name)
    home = inspect.getmodule(thing)
    found = doctest.DocTestFinder().find(thing, name, module=home, globs={})  # as pasted by a user
    runner = doctest.DocTestRunner()
    for test in found:
        runner.run(test)
    assert any(test.examples for test in found)
    assert runner.failures == 0


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - set(TRAINS)))
def test_examples_print_what_they_say(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_examples(name)


@pytest.mark.slow
def test_examples_of_a_repair_print_what_they_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the second and third take the trainings of the first
    for name in TRAINS:
        run_examples(name)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_argument_is_documented(name):
    thing = getattr(keras_debugger, name)
    text = inspect.getdoc(thing)
    missing = [
        argument
        for argument in inspect.signature(thing).parameters
        if f"    {argument}: " not in text
    ]
    assert not missing
