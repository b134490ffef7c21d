"""LOS110, LOS111, LOS115: validation that gets worse, was never good, or says little."""

from dataclasses import replace

import numpy as np
import pytest

from keras_debugger.checks.curves.overfitting import Overfitting
from keras_debugger.checks.curves.small_validation_set import SmallValidationSet
from keras_debugger.checks.curves.validation_mismatch import ValidationMismatch
from keras_debugger.recording.storage import read_source
from keras_debugger.types.vocabulary import Need, Severity, Symptom

CHECKS = (Overfitting(), ValidationMismatch())


def test_few_noisy_rows_overfit(judge, overfits):
    (found,), _ = judge(Overfitting(), overfits)
    assert found.symptom is Symptom.OVERFITTING
    assert found.severity is Severity.WARNING
    validation = overfits.epochs.values["val_loss"]
    assert abs(found.epoch - int(validation.argmin())) <= 2
    assert found.value == pytest.approx(np.median(validation[-5:]) / validation.min() - 1, rel=0.2)
    assert judge(ValidationMismatch(), overfits)[0] == ()


def test_the_last_of_two_runs_is_told(judge, overfits):
    values = {name: [*column, *column] for name, column in overfits.epochs.values.items()}
    twice = read_source({**values, "epoch": [*overfits.epochs.epoch] * 2})
    (found,), _ = judge(Overfitting(), twice)
    assert found.summary.startswith("In run 2 of 2: ")


def test_one_last_epoch_with_a_wide_gap(judge):
    lone = {
        "epoch": [49],
        "loss": [0.035],
        "accuracy": [0.988],
        "val_loss": [2.7],
        "val_accuracy": [0.593],
    }
    (found,), _ = judge(Overfitting(), read_source(lone))
    assert found.confidence < 0.8


def test_a_rise_that_costs_little_is_a_note(judge):
    curves = {
        "loss": [9.0, 4.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05],
        "val_loss": [9.0, 5.0, 3.0, 2.0, 1.5, 1.6, 1.75, 1.85],
    }
    (found,), _ = judge(Overfitting(), read_source(curves))
    assert found.severity is Severity.NOTE


def test_other_preprocessing_is_a_mismatch(judge, preprocessed_twice):
    (found,), _ = judge(ValidationMismatch(), preprocessed_twice)
    assert found.symptom is Symptom.VALIDATION_MISMATCH
    assert found.value >= 0.2
    (consequence,), _ = judge(Overfitting(), preprocessed_twice)
    assert consequence.consequence_of == found.code


def test_losses_alone_show_a_mismatch(judge):
    curves = {"loss": [1.0, 0.6, 0.4, 0.3, 0.25], "val_loss": [4.0, 4.1, 4.0, 4.2, 4.1]}
    (found,), _ = judge(ValidationMismatch(), read_source(curves))
    assert found.limit == 3.0


def test_few_validation_rows(judge, ignores_a_class, healthy_run):
    (found,), _ = judge(SmallValidationSet(), ignores_a_class)
    assert found.severity is Severity.NOTE
    assert found.value == pytest.approx(1.96 * np.sqrt(0.25 / 20))
    assert judge(SmallValidationSet(), healthy_run)[0] == ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_silent_on_healthy_runs(judge, check, healthy_run, healthy_regression):
    assert judge(check, healthy_run)[0] == ()
    assert judge(check, healthy_regression)[0] == ()


def test_validation_that_lags_at_first_is_no_mismatch(judge):
    curves = {
        "loss": [5.9, 4.0, 2.0, 1.0, 0.6, 0.5],
        "accuracy": [0.1, 0.4, 0.7, 0.9, 0.95, 0.96],
        "val_loss": [11.0, 10.0, 6.0, 2.0, 0.7, 0.55],
        "val_accuracy": [0.0, 0.05, 0.3, 0.7, 0.92, 0.93],
    }
    for check in CHECKS:
        assert judge(check, read_source(curves))[0] == ()


def test_skips_what_it_cannot_judge(judge, healthy_run):
    for check in (*CHECKS, SmallValidationSet()):
        _, (skipped,) = judge(check, read_source({"loss": [3.0, 2.0, 1.0, 0.5]}))
        assert skipped.missing == (Need.VALIDATION,)
    short = read_source({"loss": [1.0, 0.9], "val_loss": [1.0, 0.9]})
    for check in CHECKS:
        assert "epochs" in judge(check, short)[1][0].hint
    unknown = replace(healthy_run, fit_description=None, validation_profile=None)
    assert "Recorder" in judge(SmallValidationSet(), unknown)[1][0].hint
