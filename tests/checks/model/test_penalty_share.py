"""Usual factors of a penalty dwarf the loss where layers are wide."""

import keras
import numpy as np
import pytest
from sklearn import datasets

from keras_debugger.checks.model.penalty_too_strong import PenaltyTooStrong
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import CauseKind


def recorded(width):
    """A real run of digits with a factor of .02, which is below the limit of factors."""
    keras.utils.set_random_seed(0)
    bunch = datasets.load_digits()
    x, y = bunch.data[:300] / 16.0, bunch.target[:300]
    hidden = [
        keras.layers.Dense(
            width, "relu", kernel_regularizer=keras.regularizers.L2(0.02), name=f"hidden_{i}"
        )
        for i in range(2)
    ]
    model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    before = sum(0.02 * float(np.square(layer.kernel.numpy()).sum()) for layer in hidden)
    recorder = Recorder(probe_data=(x, y))
    model.fit(x, y, epochs=2, verbose=0, callbacks=[recorder])
    return recorder.record, before


def test_wide_layers_pay_more_than_the_loss():
    record, penalty = recorded(256)
    (finding,) = PenaltyTooStrong().run(record)
    assert finding.value == pytest.approx(penalty / record.steps.loss[0], rel=1e-3)
    assert finding.value > 0.5
    assert finding.place == "hidden_0"
    assert finding.causes == (CauseKind.TOO_MUCH_REGULARIZATION,)


def test_narrow_layers_pay_little():
    assert PenaltyTooStrong().run(recorded(16)[0]) == ()
