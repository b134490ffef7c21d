"""Gradient checks fire on runs with the fault and stay silent on the healthy twin."""

from dataclasses import replace

import numpy as np
import pytest

from keras_debugger.checks.base import TooShortError
from keras_debugger.checks.gradients.clipping_always_bites import ClippingAlwaysBites
from keras_debugger.checks.gradients.columns import update_path, weight_columns
from keras_debugger.checks.gradients.exploding import ExplodingGradients
from keras_debugger.checks.gradients.missing_gradients import MissingGradients
from keras_debugger.checks.gradients.non_finite_gradients import NonFiniteGradients
from keras_debugger.checks.gradients.non_finite_weights import NonFiniteWeights
from keras_debugger.checks.gradients.steps_too_large import StepsTooLarge
from keras_debugger.checks.gradients.steps_too_small import StepsTooSmall
from keras_debugger.checks.gradients.vanishing import VanishingGradients
from keras_debugger.checks.gradients.weights_grow import WeightsGrowWithoutEnd
from keras_debugger.checks.gradients.weights_stand_still import WeightsStandStill
from keras_debugger.checks.gradients.zero_gradients import ZeroGradients
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom


@pytest.mark.parametrize(
    "check",
    [
        ExplodingGradients(),
        VanishingGradients(),
        NonFiniteGradients(),
        NonFiniteWeights(),
        ZeroGradients(),
        MissingGradients(),
        StepsTooLarge(),
        StepsTooSmall(),
        WeightsStandStill(),
        WeightsGrowWithoutEnd(),
        ClippingAlwaysBites(),
    ],
    ids=lambda check: check.code,
)
def test_the_healthy_twin_is_silent(check, healthy):
    assert check.run(healthy) == ()


def test_deep_sigmoid_vanishes_from_the_first_kernel(recorded):
    record = recorded(hidden=(24,) * 6, activation="sigmoid", optimizer="sgd", rate=0.05)
    (finding,) = VanishingGradients().run(record)
    log = record.gradients
    paths = [variable.path for variable in log.variables]
    first, last = paths.index("digits/hidden_0/kernel"), paths.index("digits/answer/kernel")
    early = log.norm[: len(log.step) // 5]
    expected = np.median(early[:, first]) / np.median(early[:, last])
    assert finding.place == "digits/hidden_0/kernel"
    assert finding.value == pytest.approx(expected)
    assert finding.value < 1e-2
    assert finding.severity is Severity.ERROR
    assert finding.symptom is Symptom.VANISHING_GRADIENTS


def test_nan_in_the_data_reaches_gradients_and_weights(recorded):
    record = recorded(nan_rows=3)
    (gradient,) = NonFiniteGradients().run(record)
    broken = np.flatnonzero(~np.isfinite(record.gradients.norm).all(axis=1))
    assert gradient.step == record.gradients.step[broken[0]]
    assert gradient.severity is Severity.ERROR
    (weight,) = NonFiniteWeights().run(record)
    assert weight.step in (gradient.step, gradient.step + 1)
    assert weight.consequence_of == "GRD103"
    assert weight.symptom is Symptom.LOSS_NAN


def test_a_step_that_was_left_out_is_a_note(healthy):
    log = healthy.gradients
    finite = log.finite.copy()
    finite[3, 1] = False
    record = replace(healthy, gradient_log=replace(log, finite=finite, first_nonfinite=(3, 1)))
    (finding,) = NonFiniteGradients().run(record)
    assert finding.severity is Severity.NOTE
    assert finding.symptom is None
    assert finding.place == log.variables[1].path


def test_large_rate_takes_too_large_first_steps(recorded):
    record = recorded(rate=0.5)
    (finding,) = StepsTooLarge().run(record)
    log = record.gradients
    kernels = [i for i, v in enumerate(log.variables) if v.path.endswith("kernel")]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (log.update_norm / log.weight_norm)[:10, kernels]
    assert finding.value == pytest.approx(np.median(ratio, axis=1).max())
    assert finding.step == int(np.median(ratio, axis=1).argmax())
    assert finding.causes == (CauseKind.LEARNING_RATE_TOO_HIGH,)
    assert finding.severity > Severity.NOTE


def test_large_inputs_are_not_called_a_large_rate(recorded):
    assert StepsTooLarge().run(recorded(pixels=255.0, optimizer="sgd")) == ()


def test_tiny_rate_moves_too_little(recorded):
    record = recorded(rate=5e-6)
    (finding,) = StepsTooSmall().run(record)
    assert finding.value < 0.05
    assert finding.epoch == 5
    assert finding.causes[0] is CauseKind.LEARNING_RATE_TOO_LOW
    assert finding.symptom is Symptom.SLOW_CONVERGENCE


def test_path_counts_the_steps_between_recorded_ones(recorded):
    log = recorded().gradients
    columns = weight_columns(log)
    known = np.isfinite(log.update_norm).all(axis=1)
    assert not known.all()
    path = update_path(log, columns)
    ratio = log.update_norm[known][:, columns] / log.weight_norm[known][:, columns]
    assert path == pytest.approx(ratio.mean(axis=0) * len(log.step))


def test_zero_weights_get_no_gradient(recorded):
    record = recorded(kernel="zeros")
    (finding,) = ZeroGradients().run(record)
    assert finding.place == "digits/hidden_0/kernel"
    assert finding.value == 1.0
    assert finding.step == 0
    assert finding.severity is Severity.ERROR


def test_rate_zero_leaves_weights_still(recorded):
    (finding,) = WeightsStandStill().run(recorded(rate=0.0))
    assert finding.value == 1.0
    assert finding.severity is Severity.ERROR
    assert finding.symptom is Symptom.NO_LEARNING


def test_diverging_run_explodes_and_grows(recorded):
    record = recorded(rate=0.5, optimizer="sgd", units=1, output="linear", loss="mse")
    (finding,) = ExplodingGradients().run(record)
    assert finding.value >= 100.0
    assert finding.severity is Severity.ERROR
    norms = record.gradients.global_norm
    assert norms[finding.step] > 50 * norms[0]


def test_tight_clipping_always_bites(recorded):
    record = recorded(clipnorm=1e-3, optimizer="sgd", rate=0.05)
    (finding,) = ClippingAlwaysBites().run(record)
    assert finding.value == 1.0
    assert finding.severity is Severity.WARNING  # SGD that gets nowhere
    assert ClippingAlwaysBites().run(recorded(clipnorm=1e3, optimizer="sgd", rate=0.05)) == ()


def test_growing_kernel_is_told_with_its_growth(healthy):
    log = healthy.gradients
    column = [v.path for v in log.variables].index("digits/hidden_1/kernel")
    norms = log.weight_norm.copy()
    norms[:, column] *= np.geomspace(1.0, 50.0, len(norms))
    record = replace(healthy, gradient_log=replace(log, weight_norm=norms))
    (finding,) = WeightsGrowWithoutEnd().run(record)
    assert finding.place == "digits/hidden_1/kernel"
    assert finding.value == pytest.approx(norms[-1, column] / norms[0, column])


def test_variables_without_gradient_are_named(healthy):
    log = replace(healthy.gradients, without_gradient=(2,))
    (finding,) = MissingGradients().run(replace(healthy, gradient_log=log))
    assert finding.place == log.variables[2].path
    assert finding.value == 1.0
    assert finding.causes == (CauseKind.FROZEN_LAYERS,)


def test_few_recorded_steps_cannot_be_judged(healthy):
    log = healthy.gradients
    rows = slice(0, 3)
    names = ("step", "norm", "max_abs", "zero_share", "finite", "weight_norm", "update_norm")
    short = replace(log, **{name: getattr(log, name)[rows] for name in names})
    short = replace(short, clipped_norm=None)
    record = replace(healthy, gradient_log=short)
    for check in (ExplodingGradients(), VanishingGradients(), ZeroGradients()):
        with pytest.raises(TooShortError, match="recorded steps"):
            check.run(record)
