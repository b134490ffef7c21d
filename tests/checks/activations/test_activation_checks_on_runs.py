"""Activation checks fire on runs with the fault and stay silent on the healthy twin."""

from dataclasses import replace

import numpy as np
import pytest

from keras_debugger.checks.activations import ACTIVATION_CHECKS
from keras_debugger.checks.activations.collapsed import CollapsedLayer
from keras_debugger.checks.activations.dead_at_start import DeadReluAtStart
from keras_debugger.checks.activations.dead_later import DyingRelu
from keras_debugger.checks.activations.non_finite_outputs import NonFiniteOutputs
from keras_debugger.checks.activations.saturated import SaturatedActivations
from keras_debugger.checks.activations.scale_drift import ScaleDrift
from keras_debugger.checks.activations.starts_at_zero import StartsAtZero
from keras_debugger.checks.activations.starts_too_large import StartsTooLarge
from keras_debugger.checks.base import TooShortError
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom


@pytest.mark.parametrize("check", ACTIVATION_CHECKS, ids=lambda check: check.code)
def test_the_healthy_twin_is_silent(check, healthy):
    assert check.run(healthy) == ()


def test_negative_biases_kill_units_before_training(recorded):
    record = recorded(bias=-3.0)
    (finding,) = DeadReluAtStart().run(record)
    assert finding.place == "hidden_0"
    assert finding.value == 1.0
    assert finding.step == 0
    assert finding.severity is Severity.ERROR
    assert finding.symptom is Symptom.DEAD_RELU
    assert DyingRelu().run(record) == ()  # dead from the start is not dying


@pytest.mark.parametrize(("deviation", "grows"), [(0.05, False), (1.0, True)])
def test_weights_of_wrong_scale_change_the_signal_from_layer_to_layer(recorded, deviation, grows):
    record = recorded(hidden=(24,) * 6, kernel=f"normal {deviation}")
    (finding,) = ScaleDrift().run(record)
    log = record.activations
    first, last = log.layers.index("hidden_0"), log.layers.index("hidden_5")
    assert finding.place == "hidden_5"
    assert finding.value == pytest.approx(log.output_sd[0, last] / log.output_sd[0, first])
    assert (finding.value > 1.0) is grows


def test_large_steps_on_raw_pixels_kill_units_later(recorded):
    record = recorded(pixels=255.0, optimizer="sgd", rate=0.1)
    (finding,) = DyingRelu().run(record)
    log = record.activations
    column = log.layers.index(finding.place)
    assert log.dead_share[0, column] <= 0.6
    assert finding.value == log.dead_share[-1, column]
    assert finding.step == log.step[np.flatnonzero(log.dead_share[:, column] > 0.8)[0]]
    assert DeadReluAtStart().run(record) == ()


def test_raw_pixels_start_too_large_and_inputs_are_blamed(recorded):
    record = recorded(pixels=255.0, optimizer="sgd")
    (finding,) = StartsTooLarge().run(record)
    assert finding.place == "hidden_0"
    assert finding.value == pytest.approx(np.nanmax(record.activations.pre_activation_sd[0]))
    assert finding.causes[0] is CauseKind.INPUTS_NOT_NORMALIZED


def test_large_weights_saturate_and_weights_are_blamed(recorded):
    record = recorded(kernel="normal 3.0", activation="tanh")
    (saturated,) = SaturatedActivations().run(record)
    assert saturated.place in ("hidden_0", "hidden_1")
    assert saturated.step == 0
    assert saturated.value > 0.5
    (scale,) = StartsTooLarge().run(record)
    assert scale.causes[0] is CauseKind.BAD_INITIALIZATION


def test_zero_weights_start_at_zero_and_collapse(recorded):
    record = recorded(kernel="zeros")
    (finding,) = StartsAtZero().run(record)
    assert finding.place == "hidden_0"
    assert finding.value == 0.0
    (collapsed,) = CollapsedLayer().run(record)
    assert collapsed.place == "hidden_0"
    assert collapsed.symptom is Symptom.CONSTANT_PREDICTIONS


def test_nan_in_the_data_shows_in_the_first_layer(recorded):
    record = recorded(nan_rows=3)
    (finding,) = NonFiniteOutputs().run(record)
    assert finding.place == "hidden_0"
    assert finding.consequence_of == "DAT102"


def test_without_a_probe_before_training_the_start_cannot_be_judged(healthy):
    log = healthy.activations
    names = ("step", "dead_share", "saturated_share", "pre_activation_sd", "output_sd", "mean_abs")
    late = replace(log, **{name: getattr(log, name)[1:] for name in (*names, "finite")})
    record = replace(healthy, activation_log=late)
    for check in (DeadReluAtStart(), StartsTooLarge(), StartsAtZero()):
        with pytest.raises(TooShortError, match="before the first step"):
            check.run(record)


def test_a_suspicious_start_that_ends_well_is_a_note(healthy):
    log = healthy.activations
    scale = log.pre_activation_sd.copy()
    scale[0, 0] = 50.0
    predictions = healthy.predictions
    perfect = replace(predictions, recall=np.ones_like(predictions.recall))
    record = replace(
        healthy,
        activation_log=replace(log, pre_activation_sd=scale),
        prediction_log=perfect,
    )
    (finding,) = StartsTooLarge().run(record)
    assert finding.severity is Severity.NOTE
