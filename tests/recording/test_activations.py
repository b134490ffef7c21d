"""Activation statistics against NumPy, on every way to write a model."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.recording.activations import EAGER_PROBES, ActivationProbe
from keras_debugger.recording.layer_statistics import STATISTICS, describe_output
from keras_debugger.recording.model.listening import Heard
from keras_debugger.recording.model.probes import FIRST_PROBES
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import Activation

L = keras.layers
X = np.random.default_rng(0).normal(size=(32, 5)).astype("float32")


def test_a_dense_layer_against_numpy():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [L.Input((5,)), L.Dense(6, "relu", name="hidden"), L.Dense(2, "tanh", name="out")]
    )
    kernel, bias, *_ = model.get_weights()
    bias[:3] = -50  # three dead units
    model.layers[0].set_weights([kernel, bias])
    probe = ActivationProbe(model=model, x=X)
    probe.run(7)
    log = probe.log()
    before = X @ kernel + bias
    after = np.maximum(before, 0)
    assert log.layers == ("hidden", "out")
    assert log.step.tolist() == [7]
    assert log.dead_share[0, 0] == pytest.approx((after == 0).all(axis=0).mean())
    assert log.dead_share[0, 0] >= 0.5
    assert log.pre_activation_sd[0, 0] == pytest.approx(before.std(), rel=1e-4)
    assert log.output_sd[0, 0] == pytest.approx(after.std(axis=0).mean(), rel=1e-4)
    assert log.mean_abs[0, 0] == pytest.approx(after.mean(), rel=1e-4)
    out = model.predict(X, verbose=0)
    assert log.saturated_share[0, 1] == pytest.approx((np.abs(out) > 0.98).mean())
    assert np.isnan(log.saturated_share[0, 0])
    assert np.isnan(log.dead_share[0, 1])


def test_an_activation_layer_is_given_what_it_judges():
    model = keras.Sequential([L.Input((5,)), L.Dense(6), L.BatchNormalization(), L.ReLU()])
    probe = ActivationProbe(model=model, x=X)
    probe.run(0)
    log = probe.log()
    last = log.layers.index(model.layers[-1].name)
    assert np.isfinite(log.dead_share[0, last])
    assert np.isfinite(log.pre_activation_sd[0, last])


class Twice(keras.Model):
    """A subclassed model that uses one layer twice and draws random numbers."""

    def __init__(self):
        super().__init__()
        self.block = keras.Sequential([L.Input((5,)), L.Dense(5, "relu", name="inner")])
        self.noise = L.Dropout(0.5)

    def call(self, x):
        return self.noise(self.block(self.block(x)), training=True)


def test_nested_shared_and_subclassed_layers_are_seen_and_no_state_moves():
    model = Twice()
    model(X)
    state = [v.numpy().copy() for v in model.variables]
    probe = ActivationProbe(model=model, x=X)
    probe.run(0)
    name = model.block.name
    assert f"{name}/inner" in probe.log().layers
    assert f"{name}/inner (call 2)" in probe.log().layers
    for before, variable in zip(state, model.variables, strict=True):
        np.testing.assert_array_equal(before, variable.numpy())
    for layer in (model, model.block, *model.block.layers, model.noise):
        assert not {"call", "activation"} & set(vars(layer)) - {"activation"}


def test_a_probe_can_use_the_weights_of_another_time():
    model = keras.Sequential([L.Input((5,)), L.Dense(3)])
    other = {model.weights[0].path: np.zeros((5, 3), "float32")}
    probe = ActivationProbe(model=model, x=X)
    np.testing.assert_array_equal(probe.run(0, other), np.zeros((32, 3)))
    assert probe.log().output_sd[0, 0] == 0


def described(outputs, activation):
    row = describe_output(Heard("layer", activation, tf.constant(outputs), None))
    return dict(zip(STATISTICS, row.numpy(), strict=True))


@pytest.mark.parametrize(
    ("activation", "outputs", "share"),
    [
        (Activation.SIGMOID, [[0.0, 0.5, 0.995, 0.98]], 0.5),
        (Activation.TANH, [[-0.99, 0.0, 0.97, 0.985]], 0.5),
    ],
)
def test_saturation_is_nearness_to_the_limits(activation, outputs, share):
    assert described(outputs, activation)["saturated_share"] == share


def test_not_finite_is_told():
    assert described([[np.nan, 1.0]], Activation.LINEAR)["finite"] == 0


def test_a_compiled_probe_sees_what_an_eager_one_sees():
    model = Twice()
    model(X)
    probe = ActivationProbe(model=model, x=X)
    answers = [probe.run(step) for step in range(EAGER_PROBES + 2)]
    np.testing.assert_allclose(answers[-1], answers[0], rtol=1e-5, atol=1e-6)
    log = probe.log()
    for name in STATISTICS:
        values = getattr(log, name)
        np.testing.assert_allclose(values[-1], values[0], rtol=1e-5, err_msg=name)
    assert len(log.step) == EAGER_PROBES + 2


def test_later_probes_are_many_steps_apart():
    model = keras.Sequential([L.Input((5,)), L.Dense(3)])
    model.compile("sgd", "mse", steps_per_execution=50)
    recorder = Recorder()
    data = tf.data.Dataset.from_tensors((X[:2], X[:2, :3])).repeat()
    model.fit(data, steps_per_epoch=50, epochs=33, shuffle=False, verbose=0, callbacks=[recorder])
    steps = recorder.record.activations.step
    first = list(range(0, 50 * FIRST_PROBES + 1, 50))
    assert steps.tolist() == [*first, 1000, 1500, 33 * 50]
    assert any("were not looked at" in note for note in recorder.record.notes)
