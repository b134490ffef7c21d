"""The command line: what it prints, its exit status, and errors in one sentence."""

import json
import os
import subprocess
import sys

import pytest

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.cli import main

DIVERGED = {"loss": [0.9, 0.7, float("nan")], "val_loss": [1.0, 0.8, float("nan")]}


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "history.json"
    path.write_text(json.dumps(DIVERGED), encoding="utf-8")
    return path


def test_a_saved_run_is_diagnosed_and_the_status_tells_of_problems(history, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["diagnose", str(history), "--save", str(page)]) == 1
    said = capsys.readouterr().out
    assert "LOS101" in said
    assert f"written: {page}" in said
    assert "LOS101" in page.read_text(encoding="utf-8")
    sound = tmp_path / "sound.json"
    loss = [2.0 * 0.7**epoch + 0.1 for epoch in range(30)]
    sound.write_text(json.dumps({"loss": loss, "val_loss": loss}), encoding="utf-8")
    assert main(["diagnose", str(sound)]) == 0


def test_a_report_is_written_again_but_not_over_that_of_a_result(history, tmp_path, capsys):
    history.rename(tmp_path / "training_history.json")
    assert main(["report", str(tmp_path)]) == 0
    report = (tmp_path / "diagnostic_report.md").read_text(encoding="utf-8")
    assert "LOS101" in report
    (tmp_path / "final_report.html").write_text("a result", encoding="utf-8")
    (tmp_path / "diagnostic_report.md").write_text("of autofix", encoding="utf-8")
    for command in ("report", "diagnose"):
        assert main([command, str(tmp_path)]) == 2
        assert "holds a result of autofix" in capsys.readouterr().err
    assert (tmp_path / "diagnostic_report.md").read_text(encoding="utf-8") == "of autofix"


@pytest.mark.parametrize("words", ["GRD101", "exploding-gradients", "Exploding gradients"])
def test_a_check_is_explained_by_its_code_or_name(words, capsys):
    assert main(["explain", words]) == 0
    said = capsys.readouterr().out
    assert said.startswith("GRD101 exploding-gradients\n")
    assert "Source:" in said


def test_a_fix_is_explained_by_its_name(capsys):
    assert main(["explain", "Clip gradients"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("clip-gradients\n")
    assert "Refused when:" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "gradients"], "GRD101 exploding-gradients"),
        (["explain", "clip"], "clip-global-norm"),
        (["explain", "nothing-like-it"], "list-checks"),
        (["diagnose", "nowhere.csv"], "where no file is"),
        (["resume", "nowhere"], "no run that can be continued"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words, said, capsys):
    assert main(words) == 2
    told = capsys.readouterr().err
    assert told.startswith("keras-debugger: got ")
    assert "What to do: " in told
    assert said in told


def test_every_check_is_listed(capsys):
    assert main(["list-checks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [check.code, check.name] for check in ALL_CHECKS
    ]


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_who_has_seen_enough_is_no_error():
    command = [sys.executable, "-m", "keras_debugger.cli", "list-checks"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
