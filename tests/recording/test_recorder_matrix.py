"""Every kind of program that fit can run, against a gradient tape written by hand."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.recording.recorder import Recorder

ROWS, BATCH, EPOCHS = 40, 16, 2  # the last batch of each epoch is short
L = keras.layers


def table(features=6, classes=3):
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, features)).astype("float32")
    return x, random.integers(0, classes, ROWS)


def words():
    random = np.random.default_rng(0)
    return random.integers(0, 9, (ROWS, 5)), random.integers(0, 3, ROWS)


def head():
    return L.Dense(3, activation="softmax")


def compiled(model, optimizer=None, **arguments):
    arguments.setdefault("loss", "sparse_categorical_crossentropy")
    model.compile(optimizer or keras.optimizers.Adam(0.01), **arguments)
    return model


def sequential(optimizer=None, **arguments):
    layers = [L.Input((6,)), L.Dense(8, activation="relu"), L.Dropout(0.3), head()]
    return compiled(keras.Sequential(layers), optimizer, **arguments)


def functional():
    inputs = L.Input((6,))
    x = L.Dense(8, activation="tanh")(inputs)
    x = L.Add()([x, L.BatchNormalization()(L.Dense(8)(x))])
    return compiled(keras.Model(inputs, head()(x)))


def nested():
    inner = keras.Sequential([L.Input((8,)), L.Dense(5, activation="relu"), L.Dense(8)])
    inputs = L.Input((6,))
    return compiled(keras.Model(inputs, head()(inner(L.Dense(8)(inputs)))))


def shared():
    inputs = L.Input((6,))
    layer = L.Dense(6, activation="relu")
    return compiled(keras.Model(inputs, head()(layer(layer(inputs)))))


class Subclassed(keras.Model):
    """A model with its own training step."""

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.hidden, self.last = L.Dense(8, activation="relu"), head()

    def call(self, x):
        return self.last(self.hidden(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"loss": loss}


def embedding():
    return compiled(keras.Sequential([L.Input((5,)), L.Embedding(9, 4), L.Flatten(), head()]))


def recurrent():
    layers = [L.Input((5,)), L.Embedding(9, 4, mask_zero=True), L.LSTM(6), head()]
    return compiled(keras.Sequential(layers))


def frozen():
    model = keras.Sequential([L.Input((6,)), L.Dense(8), L.Dense(8, trainable=False), head()])
    return compiled(model)


class Unused(L.Layer):
    """A layer with a weight that takes no part."""

    def build(self, shape):
        self.kept = self.add_weight(shape=(2,), name="kept")

    def call(self, x):
        return x


def without_gradient():
    return compiled(keras.Sequential([L.Input((6,)), L.Dense(8), Unused(), head()]))


def half(policy):
    layers = [L.Input((6,)), L.Dense(8, activation="relu", dtype=policy), L.Dense(3, dtype=policy)]
    model = keras.Sequential([*layers, L.Activation("softmax", dtype="float32")])
    loss_scale = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))
    optimizer = loss_scale if policy == "mixed_float16" else keras.optimizers.SGD(0.1)
    return compiled(model, optimizer)


def sgd(**arguments):
    return sequential(keras.optimizers.SGD(0.5, **arguments))


CASES = {
    "sequential": (sequential, table),
    "functional": (functional, table),
    "nested": (nested, table),
    "shared": (shared, table),
    "subclassed": (lambda: compiled(Subclassed()), table),
    "embedding": (embedding, words),
    "embedding and LSTM": (recurrent, words),
    "frozen": (frozen, table),
    "without gradient": (without_gradient, table),
    "clipnorm": (lambda: sgd(clipnorm=0.05), table),
    "clipvalue": (lambda: sgd(clipvalue=0.01), table),
    "global_clipnorm": (lambda: sgd(global_clipnorm=0.05), table),
    "accumulation": (lambda: sgd(gradient_accumulation_steps=2), table),
    "moving average": (
        lambda: sgd(use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=2),
        table,
    ),
    "weight decay": (lambda: sequential(keras.optimizers.AdamW(0.01)), table),
    "schedule": (
        lambda: sequential(
            keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5))
        ),
        table,
    ),
    "mixed_float16": (lambda: half("mixed_float16"), table),
    "mixed_bfloat16": (lambda: half("mixed_bfloat16"), table),
    "bfloat16": (lambda: half("bfloat16"), table),
    "loss scale factor": (lambda: sgd(loss_scale_factor=64.0), table),
    "several steps a call": (lambda: sequential(steps_per_execution=2), table),
    "XLA": (lambda: sequential(jit_compile=True), table),
    "XLA embedding": (
        lambda: compiled(
            keras.Sequential([L.Input((5,)), L.Embedding(9, 4), L.Flatten(), head()]),
            jit_compile=True,
        ),
        words,
    ),
    "eager": (lambda: sequential(run_eagerly=True), table),
}


def dense(gradient):
    """A gradient as a NumPy array, repeated indices summed."""
    return None if gradient is None else tf.cast(tf.convert_to_tensor(gradient), "float32").numpy()


def by_hand(model, batches):
    """Train by hand; for each step the statistics that the recorder should see."""

    @tf.function(jit_compile=model.jit_compile)
    def gradients_of(x, y, weights):
        with tf.GradientTape() as tape:
            answer = model(x, training=True)
            loss = model.compute_loss(x, y, answer, weights, training=True)
            scaled = model.optimizer.scale_loss(loss)
        return loss, tape.gradient(scaled, model.trainable_variables)

    rows = []
    for x, y, weights in batches:
        model.optimizer.build(model.trainable_variables)
        scale = float(model.optimizer.scale_loss(tf.constant(1.0)))
        rate = float(model.optimizer.learning_rate)
        loss, gradients = gradients_of(x, y, weights)
        arrays = [None if g is None else dense(g) / scale for g in gradients]
        before = [
            keras.ops.convert_to_numpy(v).astype("float32") for v in model.trainable_variables
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.optimizer.apply(gradients, model.trainable_variables)
        after = values_of(model)
        rows.append(
            {
                "loss": float(loss),
                "learning_rate": rate,
                "norm": norms(arrays),
                "max_abs": [np.nan if g is None else np.abs(g).max() for g in arrays],
                "weight_norm": norms(before),
                "update_norm": norms([b - a for a, b in zip(before, after, strict=True)]),
            }
        )
    return rows


def values_of(model):
    return [keras.ops.convert_to_numpy(v).astype("float32") for v in model.trainable_variables]


def norms(arrays):
    return [np.nan if a is None else np.sqrt(np.sum(np.square(a, dtype="f8"))) for a in arrays]


def batches_of(x, y, weights=None, epochs=EPOCHS):
    for _ in range(epochs):
        for start in range(0, len(x), BATCH):
            part = slice(start, start + BATCH)
            yield x[part], y[part], None if weights is None else weights[part]


def assert_agrees(record, rows, tolerance=1e-5):
    """Compare a record with rows computed by hand."""
    steps, gradients = record.steps, record.gradients
    assert steps.step.tolist() == list(range(len(rows)))
    for name in ("loss", "learning_rate"):
        expected = [row[name] for row in rows]
        np.testing.assert_allclose(getattr(steps, name), expected, rtol=tolerance, err_msg=name)
    for name in ("norm", "max_abs", "weight_norm", "update_norm"):
        expected = np.array([row[name] for row in rows], "f8")
        seen = getattr(gradients, name)
        size = max(np.nanmax(np.abs(expected)), 1e-12)
        np.testing.assert_allclose(
            seen, expected, rtol=tolerance, atol=tolerance * size, err_msg=name
        )


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_what_is_recorded_is_what_a_tape_gives(name):
    build, data = CASES[name]
    x, y = data()
    keras.utils.set_random_seed(3)
    plain = build()
    plain_history = plain.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    keras.utils.set_random_seed(3)
    watched = build()
    recorder = Recorder(every=1)
    history = watched.fit(
        x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[recorder]
    )
    assert history.history == plain_history.history
    for ours, theirs in zip(watched.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    keras.utils.set_random_seed(3)
    twin = build()
    if not twin.built:
        twin(x[:1])
    assert_agrees(
        recorder.record,
        by_hand(twin, batches_of(x, y)),
        tolerance=1e-5,
    )
