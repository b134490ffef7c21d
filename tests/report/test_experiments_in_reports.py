"""Experiments in the report: words, small pictures, and what would decide."""

from dataclasses import replace

import pytest

from keras_debugger.report.diagnosis_view import view
from keras_debugger.report.experiment_story import tell_experiments
from keras_debugger.types.cause import Cause
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.experiment import Experiment
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom

PROBE = Experiment(
    name="probe of <b>raise-learning-rate</b>",
    question="Does it help?",
    separates=(CauseKind.LEARNING_RATE_TOO_LOW,),
    cost=0.15,
    answer="After 3 epochs the error was 0.1 with it and 0.9 without it.",
    measured="validation loss",
    control=(1.2, 1.19, 1.18),
    curve=(1.1, 0.5, 0.2),
    speaks_for=(CauseKind.LEARNING_RATE_TOO_LOW,),
)
PROPOSED = replace(PROBE, name="one batch", answer="", measured="", control=(), curve=(), cost=0.0)


@pytest.fixture
def diagnosis():
    finding = Finding(
        code="LOS106",
        name="no-learning",
        severity=Severity.ERROR,
        summary="It never learns.",
        symptom=Symptom.NO_LEARNING,
    )
    cause = Cause(kind=CauseKind.LEARNING_RATE_TOO_LOW, confidence=0.6, experiments=(PROBE,))
    return view(
        Diagnosis(
            record=TrainingRecord(),
            findings=(finding,),
            causes=(cause,),
            experiments=(PROBE,),
            next_experiments=(PROPOSED,),
            checked=("LOS106",),
        )
    )


@pytest.mark.parametrize("ending", ["md", "html", "json"])
def test_every_form_tells_what_was_tried_and_what_would_decide(diagnosis, tmp_path, ending):
    text = diagnosis.save(tmp_path / f"report.{ending}").read_text(encoding="utf-8")
    assert "0.1 with it" in text.replace("\\", "")
    assert "one batch" in text.lower()
    assert "<b>raise" not in text or ending == "json"


def test_text_and_terminal_tell_it_too(diagnosis, capsys):
    diagnosis.show()
    for text in (str(diagnosis), capsys.readouterr().out):
        assert "What was tried out" in text
        assert "What would decide" in text
        assert "no training" in text


def test_curves_are_drawn_on_one_scale_and_nan_is_left_out():
    (story,) = tell_experiments([replace(PROBE, curve=(1.1, float("nan"), 0.2))])
    assert len(story.control.split()) == 3
    assert len(story.curve.split()) == 2
    assert "0.2 with" in story.words
    heights = [float(point.split(",")[1]) for point in story.control.split()]
    assert heights == sorted(heights)  # a falling loss goes down the picture


def test_too_few_points_make_no_picture():
    (story,) = tell_experiments([replace(PROBE, control=(1.0,), curve=(0.5,))])
    assert story.curve == story.words == ""
