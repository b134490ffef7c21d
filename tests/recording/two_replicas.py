"""Two replicas on two virtual devices: a process of its own, as devices are set at its start."""

import os

os.environ["KERAS_DEBUGGER_STRICT"] = "1"

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.recording.recorder import Recorder

L = keras.layers
RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(36, 4)).astype("float32"), RANDOM.integers(0, 2, 36)


def build():
    return keras.Sequential([L.Input((4,)), L.Dense(5), L.Dense(2)])


def train(callbacks, inside):
    """Fit under a strategy, inside or outside of its scope."""
    keras.utils.set_random_seed(0)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    arguments = {"batch_size": 8, "verbose": 0, "shuffle": False, "callbacks": callbacks}
    with strategy.scope():
        model = build()
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.1, clipnorm=0.2), loss)
        if inside:
            return model, model.fit(X, Y, **arguments).history
    return model, model.fit(X, Y, **arguments).history


def norms_by_hand(weights, rows, share):
    """Loss on some rows, and norms of that share of its gradients."""
    model = build()
    model.set_weights(weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(Y[rows], model(X[rows]))
    gradients = tape.gradient(value, model.trainable_variables)
    return float(value), np.array([np.linalg.norm(g) * share for g in gradients])


def check(inside):
    plain, history = train([], inside)
    recorder = Recorder(every=1)
    watched, other = train([recorder], inside)
    assert history == other
    for one, two in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert set(vars(plain)) == set(vars(watched))
    record = recorder.record
    assert len(record.gradients.step) == 5
    first = list(recorder.initial_weights.values())
    value, expected = norms_by_hand(first, slice(0, 4), 0.5)  # first replica's half of a batch
    np.testing.assert_allclose(record.gradients.norm[0], expected, rtol=1e-5)
    np.testing.assert_allclose(record.steps.loss[0], value, rtol=1e-5)
    assert (record.gradients.clipped_norm <= 0.4001).all()  # the sum of two clipped ones
    assert any("replica" in note for note in record.notes)


if __name__ == "__main__":
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    check(inside=False)
    check(inside=True)
