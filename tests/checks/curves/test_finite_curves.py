"""LOS101, LOS102, LOS116: NaN and infinity in losses, metrics and answers."""

from dataclasses import replace

import numpy as np

from keras_debugger.checks.curves.nonfinite_loss import NonfiniteLoss
from keras_debugger.checks.curves.nonfinite_metric import NonfiniteMetric
from keras_debugger.checks.curves.nonfinite_predictions import NonfinitePredictions
from keras_debugger.recording.storage import read_source
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom

NAN = float("nan")


def test_a_loss_that_overflows_is_found_with_its_step(judge, becomes_nan):
    (found,), _ = judge(NonfiniteLoss(), becomes_nan)
    assert found.symptom is Symptom.LOSS_NAN
    assert found.severity is Severity.ERROR
    losses = becomes_nan.epochs.values["loss"]
    assert found.epoch == int(np.flatnonzero(~np.isfinite(losses))[0])
    steps = becomes_nan.steps
    assert found.step == int(steps.step[~np.isfinite(steps.loss)][0])


def test_one_lost_epoch_is_a_warning(judge):
    (found,), _ = judge(NonfiniteLoss(), read_source({"loss": [1.0, NAN, 0.5, 0.4]}))
    assert (found.severity, found.epoch) == (Severity.WARNING, 1)
    (found,), _ = judge(
        NonfiniteLoss(), read_source({"loss": [1.0, 0.5], "val_loss": [1.0, float("inf")]})
    )
    assert found.place == "val_loss"


def test_validation_at_each_second_epoch_is_no_nan(judge):
    source = read_source({"loss": [4.0, 3.0, 2.0, 1.0], "val_loss": [3.0, 2.0]})
    assert judge(NonfiniteLoss(), source)[0] == ()
    unmarked = replace(source, epoch_logs=replace(source.epochs, missing={}))
    assert judge(NonfiniteLoss(), unmarked)[0] == ()


def test_a_metric_alone_is_a_note(judge, becomes_nan):
    source = read_source({"loss": [1.0, 0.5], "iou": [NAN, NAN]})
    (found,), _ = judge(NonfiniteMetric(), source)
    assert (found.severity, found.place) == (Severity.NOTE, "iou")
    assert judge(NonfiniteLoss(), source)[0] == ()
    assert judge(NonfiniteMetric(), becomes_nan)[0] == ()


def test_answers_that_are_nan(judge, becomes_nan):
    (found,), _ = judge(NonfinitePredictions(), becomes_nan)
    answers = becomes_nan.predictions
    assert found.step == int(answers.step[~answers.finite][0])


def test_silent_on_healthy_runs(judge, healthy_run, healthy_regression):
    for check in (NonfiniteLoss(), NonfiniteMetric(), NonfinitePredictions()):
        assert judge(check, healthy_run)[0] == ()
        assert judge(check, healthy_regression)[0] == ()


def test_skips_without_evidence(judge):
    for check, need in (
        (NonfiniteLoss(), Need.EPOCHS),
        (NonfiniteMetric(), Need.EPOCHS),
        (NonfinitePredictions(), Need.PREDICTIONS),
    ):
        _, (skipped,) = judge(check, TrainingRecord())
        assert skipped.missing == (need,)
