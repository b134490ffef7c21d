"""Activations inside the step: what they are, and that they change nothing."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.storage import load_record

L = keras.layers
RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(48, 5)).astype("float32")
Y = RANDOM.integers(0, 3, 48)


def functional():
    inputs = L.Input((5,))
    inner = keras.Sequential([L.Input((5,)), L.Dense(6, "relu", name="inner")], name="block")
    hidden = L.Dropout(0.4)(L.BatchNormalization()(inner(inputs)))
    return keras.Model(inputs, L.Dense(3, "softmax", name="head")(L.GaussianNoise(0.1)(hidden)))


def recurrent():
    layers = [L.Input((5,)), L.Reshape((5, 1)), L.LSTM(4, name="memory"), L.Dense(3, "softmax")]
    return keras.Sequential(layers)


def trained(build, *callbacks, **arguments):
    keras.utils.set_random_seed(3)
    model = build()
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", **arguments)
    history = model.fit(
        X, Y, batch_size=16, epochs=3, verbose=0, shuffle=False, callbacks=[*callbacks]
    )
    return model, history.history


class Answers(keras.callbacks.Callback):
    """Outputs of a layer on the batch of each step, right after it, computed by hand."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        """Compute them."""
        part = X[16 * batch : 16 * batch + 16]
        kernel, bias = self.layer.get_weights()
        self.seen.append(part @ kernel + bias)


@pytest.mark.parametrize("build", [functional, recurrent])
@pytest.mark.parametrize("arguments", [{}, {"run_eagerly": True}, {"steps_per_execution": 3}])
def test_weights_and_history_are_those_of_a_plain_run(build, arguments):
    plain, expected = trained(build, **arguments)
    recorder = Recorder(activations="steps")
    model, history = trained(build, recorder, **arguments)
    assert history == expected
    for one, other in zip(model.variables, plain.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    log = recorder.record.step_activation_log
    assert log.step.tolist() == list(range(1, 10))
    assert any(name in layer for layer in log.layers for name in ("inner", "memory"))


@pytest.mark.parametrize("every", [1, 10])
def test_values_are_those_of_the_batch_right_after_its_step(every, tmp_path):
    keras.utils.set_random_seed(0)
    hidden = L.Dense(6, "relu", name="hidden")
    model = keras.Sequential([L.Input((5,)), hidden, L.Dense(3, "softmax")])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    recorder, answers = Recorder(tmp_path, every=every, activations="steps"), Answers(hidden)
    model.fit(
        X, Y, batch_size=16, epochs=2, verbose=0, shuffle=False, callbacks=[recorder, answers]
    )
    log = load_record(tmp_path).step_activation_log
    column = log.layers.index("hidden")
    for row, before in enumerate(answers.seen):
        after = np.maximum(before, 0)
        assert log.pre_activation_sd[row, column] == pytest.approx(before.std(), rel=1e-4)
        assert log.mean_abs[row, column] == pytest.approx(after.mean(), rel=1e-4)
        assert log.output_sd[row, column] == pytest.approx(after.std(axis=0).mean(), rel=1e-4)
        assert log.dead_share[row, column] == pytest.approx((after == 0).all(axis=0).mean())
    assert len(log.step) == len(answers.seen)


def test_only_chosen_steps_are_looked_at():
    model = keras.Sequential([L.Input((5,)), L.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    recorder = Recorder(every=20, activations="steps")
    model.fit(np.tile(X, (2, 1)), np.tile(Y, 2), batch_size=1, verbose=0, callbacks=[recorder])
    assert recorder.record.step_activation_log.step.tolist() == [*range(1, 51), 61, 81]


class Own(keras.Sequential):
    """A model with a training step of its own."""

    def train_step(self, data):
        """Train."""
        return super().train_step(data)


def test_what_cannot_be_run_once_more_is_said():
    for kind, arguments, reason in (
        (Own, {}, "training step of its own"),
        (keras.Sequential, {"jit_compile": True}, "XLA"),
    ):
        recorder = Recorder(activations="steps")
        trained(
            lambda kind=kind: kind([L.Input((5,)), L.Dense(3, "softmax")]), recorder, **arguments
        )
        record = recorder.record
        assert record.step_activation_log is None
        assert any(reason in note for note in record.notes)
        assert np.isfinite(record.gradients.norm).all()


def test_the_step_is_traced_once():
    traces = []

    class Traced(L.Dense):
        def call(self, x, training=None):
            if training:
                traces.append(tf.executing_eagerly())
            return super().call(x)

    trained(
        lambda: keras.Sequential([L.Input((5,)), Traced(3, "softmax")]),
        Recorder(activations="steps"),
    )
    assert len(traces) == 1
