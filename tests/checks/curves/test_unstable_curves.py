"""LOS103 to LOS105: losses that grow, jump or go up and down."""

from dataclasses import replace

import numpy as np
import pytest

from keras_debugger.checks.curves.diverging_loss import DivergingLoss
from keras_debugger.checks.curves.loss_spikes import LossSpikes
from keras_debugger.checks.curves.oscillating_loss import OscillatingLoss
from keras_debugger.recording.storage import read_source
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom

CHECKS = (DivergingLoss(), LossSpikes(), OscillatingLoss())


def test_a_rate_above_the_stable_one_diverges(judge, diverges):
    (found,), _ = judge(DivergingLoss(), diverges)
    assert found.symptom is Symptom.LOSS_DIVERGES
    assert found.severity is Severity.ERROR
    losses = diverges.epochs.values["loss"]
    assert found.epoch == int(losses.argmin())
    assert found.value > losses[0]


def test_a_blow_up_within_an_epoch_is_seen_in_the_steps(judge, becomes_nan):
    (found,), _ = judge(DivergingLoss(), becomes_nan)
    assert found.severity is Severity.ERROR
    assert found.step == int(
        np.nanargmax(np.where(np.isinf(becomes_nan.steps.loss), np.nan, becomes_nan.steps.loss))
    )


def test_losses_that_go_below_zero_have_no_ratio(judge, becomes_nan):
    steps = becomes_nan.steps
    shifted = replace(steps, loss=steps.loss - 2.0 * steps.loss[0])
    found, _ = judge(DivergingLoss(), replace(becomes_nan, step_logs=shifted))
    assert not any("of a step" in finding.summary for finding in found)


def test_a_high_rate_oscillates(judge, oscillates):
    (found,), _ = judge(OscillatingLoss(), oscillates)
    assert found.symptom is Symptom.LOSS_OSCILLATES
    assert found.severity is Severity.WARNING


def test_a_validation_accuracy_that_jumps(judge):
    held_out = [0.3, 0.7, 0.4, 0.8, 0.35, 0.75, 0.45, 0.8]
    curves = {
        "loss": [2.0, 1.5, 1.2, 1.0, 0.9, 0.8, 0.75, 0.7],
        "accuracy": [0.3, 0.5, 0.6, 0.65, 0.7, 0.72, 0.75, 0.76],
        "val_accuracy": held_out,
    }
    (found,), _ = judge(OscillatingLoss(), read_source(curves))
    assert (found.place, found.severity) == ("val_accuracy", Severity.WARNING)
    assert found.value == pytest.approx(0.35)
    settled = curves | {"val_accuracy": [0.3, 0.7, 0.4, 0.8, 0.76, 0.8, 0.77, 0.8]}
    assert judge(OscillatingLoss(), read_source(settled))[0] == ()


def test_one_spike_in_a_real_curve(judge, healthy_run):
    losses = healthy_run.epochs.values["loss"].copy()
    losses[8] = losses[1]
    logs = replace(healthy_run.epochs, values={"loss": losses})
    (found,), _ = judge(LossSpikes(), TrainingRecord(epoch_logs=logs))
    assert (found.severity, found.epoch) == (Severity.NOTE, 8)
    assert judge(DivergingLoss(), TrainingRecord(epoch_logs=logs))[0] == ()
    assert judge(OscillatingLoss(), TrainingRecord(epoch_logs=logs))[0] == ()


def test_a_restart_is_neither_divergence_nor_spike(judge, healthy_run):
    losses = healthy_run.epochs.values["loss"].tolist()
    twice = {"loss": losses + losses, "epoch": [*range(len(losses))] * 2}
    for check in CHECKS:
        assert judge(check, read_source(twice))[0] == ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_silent_on_healthy_runs(judge, check, healthy_run, healthy_regression):
    assert judge(check, healthy_run)[0] == ()
    assert judge(check, healthy_regression)[0] == ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_noise_around_a_falling_loss_is_no_alarm(judge, check, healthy_run):
    losses = healthy_run.epochs.values["loss"]
    for seed in range(20):
        noise = np.exp(0.03 * np.random.default_rng(seed).normal(size=len(losses)))
        found, _ = judge(check, read_source({"loss": (losses * noise).tolist()}))
        assert not [one for one in found if one.severity > Severity.NOTE]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_skips_what_it_cannot_judge(judge, check):
    assert judge(check, TrainingRecord())[1][0].missing == (Need.EPOCHS,)
    assert "epochs" in judge(check, read_source({"loss": [1.0, 0.9]}))[1][0].hint
