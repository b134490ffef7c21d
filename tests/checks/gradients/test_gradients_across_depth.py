"""Gradients and steps that differ from layer to layer, or fade in the course of the run."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn import datasets

from keras_debugger.checks.base import TooShortError
from keras_debugger.checks.gradients.columns import weight_columns
from keras_debugger.checks.gradients.exploding_with_depth import ExplodingWithDepth
from keras_debugger.checks.gradients.fading import FadingGradients
from keras_debugger.checks.gradients.uneven_steps import UnevenSteps
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import Severity

CHECKS = (ExplodingWithDepth(), FadingGradients(), UnevenSteps())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_the_healthy_twin_is_silent(check, healthy):
    assert check.run(healthy) == ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_few_recorded_steps_cannot_be_judged(check, healthy):
    log = healthy.gradients
    rows = {
        name: getattr(log, name)[:4]
        for name in (
            *("step", "norm", "max_abs", "zero_share", "finite"),
            *("weight_norm", "update_norm"),
        )
    }
    with pytest.raises(TooShortError):
        check.run(replace(healthy, gradient_log=replace(log, **rows)))


def test_large_weights_of_a_deep_network_explode_with_depth(recorded):
    record = recorded(hidden=(24,) * 10, activation="tanh", kernel="normal 3")
    (finding,) = ExplodingWithDepth().run(record)
    log = record.gradients
    paths = [variable.path for variable in log.variables]
    second, last = paths.index("digits/hidden_1/kernel"), paths.index("digits/answer/kernel")
    early = np.where(np.isfinite(log.norm), log.norm, np.nan)[: len(log.step) // 5]
    expected = np.nanmedian(early[:, second]) / np.nanmedian(early[:, last])
    assert finding.place == "digits/hidden_1/kernel"
    assert finding.value == pytest.approx(expected)


def test_a_kernel_that_hardly_moves_is_told(healthy):
    log = healthy.gradients
    slow = weight_columns(log)[1]
    updates = log.update_norm.copy()
    updates[:, slow] *= 1e-3
    record = replace(healthy, gradient_log=replace(log, update_norm=updates))
    (finding,) = UnevenSteps().run(record)
    assert finding.place == log.variables[slow].path
    assert finding.value < 0.02


def test_a_strong_penalty_leaves_no_gradient():
    keras.utils.set_random_seed(0)
    bunch = datasets.load_digits()
    x, y = bunch.data[:360] / 16.0, bunch.target[:360]
    penalty = keras.regularizers.L2(0.7)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(16, "relu", kernel_regularizer=penalty, name="hidden"),
            keras.layers.Dense(10, "softmax", kernel_regularizer=penalty),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    recorder = Recorder(probe_data=(x, y))
    model.fit(x, y, epochs=6, batch_size=24, verbose=0, callbacks=[recorder])
    (finding,) = FadingGradients().run(recorder.record)
    log = recorder.record.gradients
    column = [variable.layer for variable in log.variables].index("hidden")
    assert finding.place == log.variables[column].path
    rest = np.median(log.norm[-9:, column]) / np.median(log.norm[:18, column])
    assert finding.value == pytest.approx(rest)
    assert finding.severity > Severity.NOTE
