"""A run that was ended goes on where it was; one whose time is up has a result."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import numpy as np
import pytest

from keras_debugger import autofix, resume
from keras_debugger.demo import wine, wine_classifier
from keras_debugger.errors import FolderInUseError, Interrupted, UnreadableFileError
from keras_debugger.training.trial_run import Program

ARGUMENTS = {"epochs": 15, "budget": 1.0, "seeds": 4, "verbose": 0}
SCRIPT = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it otherwise
from keras_debugger import autofix
from keras_debugger.demo import wine, wine_classifier
try:
    autofix(wine_classifier(seed=7), wine(), directory=sys.argv[1], **{ARGUMENTS})
except KeyboardInterrupt as stop:
    print(type(stop).__name__, stop.result.verdict.value, len(stop.result.tried))
"""


def start(folder):
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kept(folder):
    """Trials in a journal that another process may be writing."""
    try:
        database = sqlite3.connect(folder / "journal" / "trials.sqlite", timeout=5)
        return database.execute("SELECT count(*) FROM trials").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()


def wait_for(folder, trials, process):
    while process.poll() is None:
        if (folder / "journal" / "trials.sqlite").exists() and kept(folder) >= trials:
            return
        time.sleep(0.02)
    pytest.fail(f"it ended before: {process.communicate()}")


def same(one, two):
    assert one.verdict == two.verdict
    assert repr(one.proof) == repr(two.proof)
    assert one.cost == two.cost
    assert [trial.plan for trial in one.tried] == [trial.plan for trial in two.tried]
    assert [trial.selection for trial in one.tried] == [trial.selection for trial in two.tried]
    assert one.history == two.history
    for first, second in zip(one.model.variables, two.model.variables, strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The result of a run that nothing cut, and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    return autofix(wine_classifier(), wine(), directory=folder, **ARGUMENTS), folder


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("trials", [1, 5])
def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(trials, whole, tmp_path, monkeypatch):
    process = start(tmp_path / "killed")
    wait_for(tmp_path / "killed", trials, process)
    with pytest.raises(FolderInUseError, match=f"process {process.pid} "):
        autofix(wine_classifier(), wine(), directory=tmp_path / "killed", **ARGUMENTS)
    process.kill()
    process.communicate()
    shutil.copytree(tmp_path / "killed", tmp_path / "copy")
    trained = []
    run = Program.run
    monkeypatch.setattr(
        Program, "run", lambda self, *args, **more: trained.append(1) or run(self, *args, **more)
    )
    again = autofix(wine_classifier(), wine(), directory=tmp_path / "killed", **ARGUMENTS)
    same(again, whole[0])
    assert len(trained) < kept(whole[1])
    same(resume(tmp_path / "copy", verbose=0), whole[0])


@pytest.mark.slow
def test_a_run_that_is_done_trains_nothing_again(whole, monkeypatch):
    def run(*_, **__):
        pytest.fail("something was trained")

    monkeypatch.setattr(Program, "run", run)
    same(resume(whole[1], verbose=0), whole[0])


@pytest.mark.slow
def test_processes_of_their_own_give_the_same_result(whole):
    result = autofix(wine_classifier(), wine(), executor="processes", workers=2, **ARGUMENTS)
    same(result, whole[0])
    assert not any("in this process" in note for note in result.notes)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_hands_over_what_is_known(tmp_path):
    process = start(tmp_path)
    wait_for(tmp_path, 3, process)
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert said.startswith("Interrupted not proven"), said + errors
    assert (tmp_path / "final_report.md").exists()


@pytest.mark.slow
def test_time_that_is_up_ends_with_a_result():
    started = time.monotonic()
    result = autofix(wine_classifier(), wine(), epochs=4000, max_seconds=6.0, verbose=0)
    assert time.monotonic() - started < 20.0
    assert result.verdict == "not proven"
    assert "Time was up" in result.proof.sentence
    assert result.diagnosis.record.epochs.count > 1


@pytest.mark.slow
def test_a_first_look_counts_where_the_time_ends_before_the_second(whole, monkeypatch):
    """All seeds but the first three cost too much time; what three have proved holds."""
    run = Program.run

    def late(self, task, **more):
        if task.held_out and task.seed >= 1003:
            raise KeyboardInterrupt
        return run(self, task, **more)

    monkeypatch.setattr(Program, "run", late)
    arguments = {**ARGUMENTS, "min_improvement": 0.999}  # so that three seeds do not decide
    with pytest.raises(KeyboardInterrupt) as stop:
        autofix(wine_classifier(), wine(), **arguments)
    assert isinstance(stop.value, Interrupted)
    result = stop.value.result
    assert len(result.before) == len(result.after) == 3
    assert result.proof.metric
    assert any("before the proof had seen all 4 seeds" in note for note in result.notes)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="no run that can be continued"):
        resume(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"max_seconds": 0}, "max_seconds=0"),
        ({"executor": "cloud"}, "executor='cloud'"),
        ({"workers": 0}, "workers=0"),
        ({"resources": {"num_gpus": 1}}, "resources="),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        autofix(wine_classifier(), wine(), verbose=0, **arguments)
