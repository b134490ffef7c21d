"""Whatever holds weights or answers back is seen: any penalty, a bound, decay of the optimizer."""

import keras
import pytest
from sklearn import datasets

from keras_debugger import diagnose
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import CauseKind, Severity

CODES = {"MOD114", "MOD128", "OPT106"}


def own_penalty(weights):
    return 0.3 * keras.ops.sum(keras.ops.square(weights))


def recorded(optimizer="adam", epochs=8, **settings):
    """A real run of digits with settings of both hidden layers."""
    keras.utils.set_random_seed(0)
    bunch = datasets.load_digits()
    x, y = bunch.data[:1000] / 16.0, bunch.target[:1000]
    hidden = [keras.layers.Dense(32, "relu", **settings) for _ in range(2)]
    model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    recorder = Recorder(probe_data=(x, y))
    model.fit(x, y, epochs=epochs, verbose=0, callbacks=[recorder])
    return recorder.record


@pytest.mark.parametrize(
    ("code", "program"),
    [
        ("MOD114", lambda: recorded(activity_regularizer=keras.regularizers.L1(0.1))),
        ("MOD114", lambda: recorded(kernel_regularizer=own_penalty)),
        ("MOD128", lambda: recorded(kernel_constraint=keras.constraints.MaxNorm(0.02))),
        ("OPT106", lambda: recorded(keras.optimizers.SGD(0.1, weight_decay=1.0))),
    ],
)
def test_a_model_that_is_held_back_is_named(code, program):
    diagnosis = diagnose(program())
    (found,) = [finding for finding in diagnosis.findings if finding.code in CODES]
    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert diagnosis.causes[0].kind is CauseKind.TOO_MUCH_REGULARIZATION


@pytest.mark.parametrize(
    "program",
    [
        recorded,
        lambda: recorded(activity_regularizer=keras.regularizers.L1(1e-5)),
        lambda: recorded(kernel_regularizer=lambda w: 1e-4 * keras.ops.sum(keras.ops.square(w))),
        lambda: recorded(kernel_constraint=keras.constraints.MaxNorm(3.0)),
        lambda: recorded(kernel_constraint="unit_norm"),
        lambda: recorded(keras.optimizers.AdamW(1e-3)),
        lambda: recorded(keras.optimizers.SGD(0.1, weight_decay=1e-3)),
    ],
)
def test_usual_strengths_are_silent(program):
    assert not {finding.code for finding in diagnose(program()).findings} & CODES
