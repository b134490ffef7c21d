"""A diagnosis printed, shown and saved."""

import json
import re

import numpy as np
import pytest
from report_values import HOSTILE, problem, record, sick, sound

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.report.diagnosis_view import DiagnosisView, view
from keras_debugger.types.cause import Cause
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.finding import Skipped
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


def test_the_verdict_comes_first():
    assert str(sick()).startswith(
        "Most likely cause: input features are on a large or uneven scale, 82 % sure."
    )


def test_the_text_holds_evidence_causes_fixes_and_what_could_not_be_judged():
    text = str(sick())
    for words in (
        "[error] No learning (LOS104)",
        "first seen: epoch 10, step 48",
        "measured 1.85, limit 1.1",
        "1. Input features are on a large or uneven scale: 82 % sure",
        "would mend it: normalize inputs, lower learning rate",
        "2 checks could not judge: the record holds no activations.",
        "Record the run with keras_debugger.Recorder().",
        "1 check could not judge: this run says too little.",
        "OPT101: ValueError: <b>",
    ):
        assert words in text
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii()


def test_a_healthy_run_gets_one_sentence():
    first = str(sound()).splitlines()
    assert " ".join(first[:2]).startswith(
        "This run is healthy: 5 checks found nothing wrong (loss curves (2), gradients (1), "
    )
    assert "What was found" not in str(sound())


def test_a_record_that_holds_nothing_is_not_called_healthy():
    skipped = Skipped(code="LOS101", name="x", missing=(Need.EPOCHS,), hint="give a history")
    empty = view(Diagnosis(record=TrainingRecord(), skipped=(skipped,)))
    assert str(empty).startswith("Nothing could be judged")
    assert "the record holds no epoch logs" in str(empty)
    assert "<img" not in empty._repr_html_()


def test_problems_without_a_cause_are_told():
    found = view(Diagnosis(record=record([1.0, 1.1]), findings=(problem(),), checked=("LOS104",)))
    assert str(found).startswith("1 problem found, and no cause stands out: The training loss")


def test_a_weak_cause_does_not_lead_the_verdict():
    guesses = (
        (CauseKind.LEARNING_RATE_TOO_HIGH, 0.2),
        (CauseKind.OUTLIERS, 0.15),
        (CauseKind.NAN_IN_DATA, 0.06),
        (CauseKind.WRONG_LOSS, 0.05),
    )
    causes = tuple(
        Cause(kind=kind, confidence=sure, evidence=(problem().summary,)) for kind, sure in guesses
    )
    made = view(
        Diagnosis(record=record([1.0, 1.1]), findings=(problem(),), causes=causes, checked=("X",))
    )
    text = " ".join(str(made).split())
    assert text.startswith(
        "The training loss ends at 1.85; a constant guess gets 1.09. Its cause is"
    )
    assert "open: the learning rate is too high (20 %) or a few extreme values" in text
    assert "Less likely: the loss does not fit the task (5 %)." in text
    assert text.count(problem().summary) == 2


def test_checks_that_need_the_same_thing_are_one_line():
    hint = "record the run"
    needs = ((Need.GRADIENTS,), (Need.ACTIVATIONS, Need.MODEL), (), ())
    hints = (hint, hint, "log 4 epochs", "log 8 epochs")
    skipped = tuple(
        Skipped(code=f"X{i}", name="x", missing=need, hint=text)
        for i, (need, text) in enumerate(zip(needs, hints, strict=True))
    )
    text = " ".join(str(view(Diagnosis(record=TrainingRecord(), skipped=skipped))).split())
    assert "2 checks could not judge: the record holds no gradients, activations and model" in text
    assert "2 checks could not judge: this run says too little. Log 4 epochs; log 8 epochs." in text


def test_a_view_is_a_diagnosis_with_a_short_repr():
    diagnosis = sick()
    assert isinstance(diagnosis, Diagnosis)
    assert [finding.code for finding in diagnosis.problems] == ["LOS104", "DAT102"]
    assert not diagnosis.healthy
    assert "array(" not in repr(diagnosis)
    assert isinstance(diagnosis, DiagnosisView)


@pytest.mark.parametrize("name", ["report.md", "deep/er/report.html", "report.json"])
def test_files_are_written_whole(tmp_path, name):
    path = sick().save(tmp_path / name)
    assert path == tmp_path / name
    assert "normal" in path.read_text(encoding="utf-8").lower() or "uneven" in path.read_text()
    assert [file.name for file in path.parent.iterdir() if file.is_file()] == [path.name]


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(InvalidArgumentError, match=r"ends in \.md, \.html or \.json"):
        sick().save(tmp_path / "report.docx")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = sick().save(tmp_path / "report.md")
    old = path.read_bytes()
    monkeypatch.setattr("os.fsync", _no_space)
    with pytest.raises(OSError, match="No space"):
        sound().save(path)
    assert path.read_bytes() == old
    assert [file.name for file in tmp_path.iterdir()] == ["report.md"]


def _no_space(_):
    raise OSError(28, "No space left on device")


def test_json_is_valid_whatever_the_run_holds(tmp_path):
    diagnosis = sick()
    values = diagnosis.record.epoch_logs.values
    values["loss"][3:] = np.nan
    values["val_loss"][3:] = np.inf
    saved = json.loads(
        diagnosis.save(tmp_path / "d.json").read_text(encoding="utf-8"), parse_constant=_never
    )
    assert saved["schema"] == "keras_debugger.diagnosis"
    assert saved["schema_version"] == 1
    assert saved["run"]["history"]["loss"][3] is None
    assert saved["findings"][0]["severity"] == "error"
    assert saved["findings"][0]["value"] == pytest.approx(1.8512345678)
    assert saved["causes"][0]["kind"] == "inputs_not_normalized"


def _never(constant):
    raise AssertionError(constant)


def test_markdown_shows_names_as_they_stand(tmp_path):
    hostile = sick(place=HOSTILE, names=(HOSTILE, "dense_1", "predictions"))
    page = hostile.save(tmp_path / "report.md").read_text(encoding="utf-8")
    assert not re.search(r"(?<!\\)<img", page)
    assert "\n# top" not in page
    assert r"\[red\]\*\*x\*\*\|" in page
    assert "\x1b" not in page


def test_names_that_the_terminal_cannot_show_become_escapes(monkeypatch, tmp_path):
    with (tmp_path / "out.txt").open("w", encoding="ascii") as out:
        monkeypatch.setattr("sys.stdout", out)
        assert "\\u0151" in str(sick(place="r\u0151teg"))
    assert "r\u0151teg" in sick(place="r\u0151teg").save(tmp_path / "d.md").read_text("utf-8")
