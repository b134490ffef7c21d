"""Programs whose gradients are not those of one compiled loss on arrays."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.recording.recorder import Recorder

L = keras.layers


def numbers(rows=32, features=4):
    random = np.random.default_rng(1)
    x = random.normal(size=(rows, features)).astype("float32")
    return x, random.integers(0, 2, rows)


def classifier(optimizer=None, **arguments):
    keras.utils.set_random_seed(5)
    model = keras.Sequential([L.Input((4,)), L.Dense(6, activation="relu"), L.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer or keras.optimizers.SGD(0.1), loss, **arguments)
    return model


def tape_norms(model, x, y, weights=None):
    """Norms of the gradients at the present weights."""
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True), weights, training=True)
    return [
        np.linalg.norm(tf.convert_to_tensor(g))
        for g in tape.gradient(loss, model.trainable_variables)
    ]


class Gan(keras.Model):
    """Two networks, two optimizers, random numbers before and between the two updates."""

    def __init__(self):
        super().__init__()
        self.critic = keras.Sequential([L.Input((4,)), L.Dense(5, activation="relu"), L.Dense(1)])
        self.artist = keras.Sequential([L.Input((3,)), L.Dense(5, activation="relu"), L.Dense(4)])
        self.critic_loss = keras.metrics.Mean(name="critic_loss")
        self.entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        self.by_hand = []

    @property
    def metrics(self):
        return [self.critic_loss]

    def compile(self, critic_optimizer, artist_optimizer, **arguments):
        super().compile(**arguments)
        self.critic_optimizer, self.artist_optimizer = critic_optimizer, artist_optimizer

    def train_step(self, real):
        rows = tf.shape(real)[0]
        fake = self.artist(tf.random.normal((rows, 3)))
        labels = tf.concat([tf.ones((rows, 1)), tf.zeros((rows, 1))], 0)
        labels += 0.05 * tf.random.uniform(tf.shape(labels))
        with tf.GradientTape() as tape:
            loss = self.entropy(labels, self.critic(tf.concat([fake, real], 0)))
        first = tape.gradient(loss, self.critic.trainable_weights)
        self.critic_optimizer.apply(first, self.critic.trainable_weights)
        noise = tf.random.normal((rows, 3))
        with tf.GradientTape() as tape:
            cheat = self.entropy(tf.zeros((rows, 1)), self.critic(self.artist(noise)))
        second = tape.gradient(cheat, self.artist.trainable_weights)
        self.artist_optimizer.apply(second, self.artist.trainable_weights)
        if self.run_eagerly:
            self.by_hand.append([np.linalg.norm(g) for g in (*first, *second)])
        self.critic_loss.update_state(loss)
        return {"critic_loss": self.critic_loss.result()}


@pytest.mark.parametrize("eager", [False, True])
def test_two_optimizers_are_both_seen_and_random_numbers_stay(eager):
    x, _ = numbers()
    seen = []
    recorder = Recorder(every=1)
    for callbacks in ([], [recorder]):
        keras.utils.set_random_seed(0)
        model = Gan()
        model.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.02), run_eagerly=eager)
        history = model.fit(x, epochs=2, batch_size=8, verbose=0, callbacks=callbacks)
        seen.append((history.history, model.get_weights()))
    assert seen[0][0] == seen[1][0]
    for one, other in zip(seen[0][1], seen[1][1], strict=True):
        np.testing.assert_array_equal(one, other)
    record = recorder.record
    assert record.gradients.norm.shape == (8, 8)
    assert np.isfinite(record.gradients.update_norm).all()
    assert np.isfinite(record.steps.loss).all()
    if eager:
        np.testing.assert_allclose(record.gradients.norm, model.by_hand, rtol=1e-5)


@pytest.mark.parametrize("kind", ["tf.data", "PyDataset", "generator"])
def test_any_source_of_batches(kind):
    x, y = numbers()
    parts = [(x[i : i + 8], y[i : i + 8]) for i in range(0, 32, 8)]

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return len(parts)

        def __getitem__(self, number):
            return parts[number]

    sources = {
        "tf.data": lambda: tf.data.Dataset.from_tensor_slices((x, y)).batch(8),
        "PyDataset": Batches,
        "generator": lambda: (part for part in parts),
    }
    recorder = Recorder(every=1)
    steps = {"steps_per_epoch": 4} if kind == "generator" else {}
    model = classifier()
    model.fit(sources[kind](), verbose=0, shuffle=False, callbacks=[recorder], **steps)
    twin = classifier()
    expected = []
    for part in parts:
        expected.append(tape_norms(twin, *part))
        twin.train_on_batch(*part)
    np.testing.assert_allclose(recorder.record.gradients.norm, expected, rtol=1e-5, atol=1e-7)
    assert recorder.record.steps.batch_size.tolist() == [8] * 4
    assert recorder.record.data.rows == 32


@pytest.mark.parametrize("kind", ["sample_weight", "class_weight"])
def test_weights_of_rows_and_classes(kind):
    x, y = numbers()
    weights = np.where(y == 1, 3.0, 0.5)
    given = (
        {"sample_weight": weights}
        if kind == "sample_weight"
        else {"class_weight": {0: 0.5, 1: 3.0}}
    )
    recorder = Recorder(every=1)
    classifier().fit(x, y, batch_size=32, verbose=0, callbacks=[recorder], shuffle=False, **given)
    expected = tape_norms(classifier(), x, y, weights.astype("float32"))
    np.testing.assert_allclose(recorder.record.gradients.norm[0], expected, rtol=1e-5)
    assert recorder.record.data.weighted
    assert recorder.record.fit.class_weight == {0: 0.5, 1: 3.0}


def test_several_outputs():
    def build():
        keras.utils.set_random_seed(2)
        inputs = L.Input((4,))
        hidden = L.Dense(6, activation="relu")(inputs)
        model = keras.Model(
            inputs,
            {"label": L.Dense(2, name="label")(hidden), "size": L.Dense(1, name="size")(hidden)},
        )
        entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", {"label": entropy, "size": "mse"}, {"label": 1.0, "size": 0.5})
        return model

    x, y = numbers()
    labels = {"label": y, "size": x[:, :1]}
    recorder = Recorder(every=1)
    build().fit(x, labels, batch_size=32, verbose=0, callbacks=[recorder], shuffle=False)
    np.testing.assert_allclose(
        recorder.record.gradients.norm[0], tape_norms(build(), x, labels), rtol=1e-5
    )
    assert len(recorder.record.data.labels) == 2


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool", "float64"])
@pytest.mark.parametrize("compiled", [False, True])
def test_data_of_any_type_are_profiled(dtype, compiled):
    x = (np.random.default_rng(0).normal(size=(24, 4)) > 0).astype(dtype)
    model = classifier(jit_compile=compiled)
    recorder = Recorder()
    model.fit(
        x, x[:, 0].astype("int32"), batch_size=8, verbose=0, shuffle=False, callbacks=[recorder]
    )
    rows = recorder.record.data
    assert (rows.rows, rows.sampled, rows.complete) == (24, 24, True)
    np.testing.assert_allclose(rows.inputs[0].mean, x.mean(axis=0), rtol=1e-5)


def test_inputs_by_name_and_text_are_no_trouble():
    inputs = {
        "size": L.Input((2,), name="size"),
        "words": L.Input((1,), dtype="string", name="words"),
    }
    lookup = L.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")
    both = L.Concatenate()([inputs["size"], lookup(inputs["words"])])
    model = keras.Model(inputs, L.Dense(1)(both))
    model.compile("sgd", "mse")
    x = {"size": np.ones((8, 2)), "words": np.array([["a"], ["b"]] * 4)}
    data = tf.data.Dataset.from_tensor_slices((x, np.ones((8, 1)))).batch(4)
    recorder = Recorder()
    model.fit(data, verbose=0, shuffle=False, callbacks=[recorder])
    assert recorder.record.gradients.norm.shape == (2, 2)
    assert any("batches hold text" in note for note in recorder.record.notes)


def test_norms_after_clipping_are_those_the_update_saw():
    x, y = numbers()
    for optimizer, clip in (
        (keras.optimizers.SGD(0.5, clipnorm=0.05), lambda n: np.minimum(n, 0.05)),
        (
            keras.optimizers.SGD(0.5, global_clipnorm=0.05),
            lambda n: n * np.minimum(1, 0.05 / np.sqrt(np.sum(n**2, 1, keepdims=True))),
        ),
    ):
        recorder = Recorder(every=1)
        classifier(optimizer).fit(x, y, batch_size=8, verbose=0, callbacks=[recorder])
        gradients = recorder.record.gradients
        np.testing.assert_allclose(gradients.clipped_norm, clip(gradients.norm), rtol=1e-5)
        np.testing.assert_allclose(gradients.update_norm, 0.5 * gradients.clipped_norm, rtol=1e-4)


def test_an_accumulating_optimizer_updates_now_and_then():
    x, y = numbers()
    recorder = Recorder(every=1)
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
    classifier(optimizer).fit(x, y, batch_size=8, verbose=0, callbacks=[recorder], shuffle=False)
    gradients = recorder.record.gradients
    assert (gradients.update_norm[0::2] == 0).all()
    assert np.isnan(gradients.clipped_norm[0::2]).all()
    twin = classifier()
    pairs = [tape_norms(twin, x[i : i + 16], y[i : i + 16]) for i in (0,)]
    np.testing.assert_allclose(gradients.clipped_norm[1], pairs[0], rtol=1e-5)
    np.testing.assert_allclose(
        gradients.update_norm[1::2], 0.1 * gradients.clipped_norm[1::2], rtol=1e-4
    )


def test_a_step_that_loss_scaling_skips_is_a_row_without_update():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([L.Input((4,)), L.Dense(6), L.Dense(1)])
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=2.0**120)
    model.compile(scaled, "mse", jit_compile=False)
    x, _ = numbers(48)
    recorder = Recorder(every=1)
    model.fit(1e3 * x, 1e3 * x[:, 0], batch_size=8, verbose=0, callbacks=[recorder])
    gradients = recorder.record.gradients
    skipped = ~gradients.finite.all(axis=1)
    assert skipped[0]
    assert (gradients.update_norm[skipped] == 0).all()
    assert gradients.first_nonfinite == (0, 0)
    assert len(gradients.step) == 6


def test_repeated_words_are_summed_before_the_norm():
    words = np.array([[1, 1, 2], [2, 1, 0]])
    keras.utils.set_random_seed(0)
    model = keras.Sequential([L.Input((3,)), L.Embedding(5, 2), L.Flatten(), L.Dense(1)])
    model.compile("sgd", "mse")
    expected = tape_norms(model, words, np.ones((2, 1)))
    recorder = Recorder(every=1)
    model.fit(words, np.ones((2, 1)), verbose=0, callbacks=[recorder], shuffle=False)
    gradients = recorder.record.gradients
    np.testing.assert_allclose(gradients.norm[0], expected, rtol=1e-5)
    assert gradients.zero_share[0, 0] == pytest.approx(2 / 5)  # words 3 and 4 are not there


def test_a_loop_of_train_on_batch():
    x, y = numbers()
    plain, model = classifier(), classifier()
    recorder = Recorder(every=1)
    expected = []
    keys = set(vars(model))
    with recorder.attach(model):
        for start in range(0, 32, 8):
            part = x[start : start + 8], y[start : start + 8]
            expected.append(tape_norms(plain, *part))
            assert model.train_on_batch(*part) == plain.train_on_batch(*part)
    model.train_on_batch(x, y)
    record = recorder.record
    np.testing.assert_allclose(record.gradients.norm, expected, rtol=1e-5)
    assert record.ending == "finished"
    assert set(vars(model)) == keys
    assert len(record.activations.step) >= 1


@pytest.mark.slow
def test_two_replicas():
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("two_replicas.py"))],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
