"""How far an optimizer moves each variable, against the weights before and after a step."""

import keras
import numpy as np
import pytest

from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.step.updates import build_optimizer, tells_moves

L = keras.layers
optimizers = keras.optimizers
TELLING = {
    "sgd": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda: optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adam": lambda: optimizers.Adam(0.01, amsgrad=True, clipnorm=0.1),
    "adagrad": lambda: optimizers.Adagrad(0.1),
    "adadelta": lambda: optimizers.Adadelta(1.0),
    "adamax": lambda: optimizers.Adamax(0.01),
    "nadam": lambda: optimizers.Nadam(0.01),
    "lion": lambda: optimizers.Lion(0.01),
}
COPIED = {
    "decay": lambda: optimizers.AdamW(0.01, weight_decay=0.1),
    "average": lambda: optimizers.Adam(0.01, use_ema=True, ema_overwrite_frequency=2),
    "accumulated": lambda: optimizers.Adam(0.01, gradient_accumulation_steps=2),
    "unknown": lambda: type("Own", (optimizers.SGD,), {})(0.1),
    "ftrl": lambda: optimizers.Ftrl(0.1),
}


class Weights(keras.callbacks.Callback):
    """Keeps the weights before each step, and after the last."""

    def on_train_begin(self, logs=None):
        """Start."""
        self.seen = []

    def on_train_batch_begin(self, batch, logs=None):
        """Keep the weights."""
        self.seen.append([weight.numpy() for weight in self.model.trainable_weights])

    def on_epoch_end(self, epoch, logs=None):
        """Keep the last weights."""
        self.seen.append([weight.numpy() for weight in self.model.trainable_weights])


def assert_norms_are_those_of(gradients, seen):
    before, after = seen[:-1], seen[1:]
    for step, (old, new) in enumerate(zip(before, after, strict=True)):
        moved = [np.linalg.norm(n - o) for n, o in zip(new, old, strict=True)]
        size = [np.linalg.norm(o) for o in old]
        np.testing.assert_allclose(gradients.update_norm[step], moved, rtol=2e-5, atol=1e-6)
        np.testing.assert_allclose(gradients.weight_norm[step], size, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [*TELLING, *COPIED])
def test_updates_are_the_changes_of_the_weights(name):
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(40, 5)).astype("float32")
    layers = [L.Dense(4, activation="tanh"), L.Dense(4), L.Dense(4), L.Dense(2)]
    model = keras.Sequential([L.Input((5,)), *layers])
    optimizer = {**TELLING, **COPIED}[name]()
    model.compile(optimizer, "mse")
    assert tells_moves(optimizer, model.trainable_weights) is (name in TELLING)
    recorder, weights = Recorder(), Weights()
    model.fit(x, x[:, :2], batch_size=8, verbose=0, callbacks=[recorder, weights])
    assert_norms_are_those_of(recorder.record.gradients, weights.seen)


@pytest.mark.parametrize("every", [1, 10])
@pytest.mark.parametrize("name", [*TELLING, *COPIED])
def test_updates_of_an_embedding_are_the_changes_of_its_table(name, every):
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).integers(0, 9, (40, 6))  # rows repeat in a batch
    layers = [L.Embedding(30, 4), L.GlobalAveragePooling1D(), L.Dense(2)]
    model = keras.Sequential([L.Input((6,)), *layers])
    model.compile({**TELLING, **COPIED}[name](), "mse")
    recorder, weights = Recorder(every=every), Weights()
    y = np.random.default_rng(1).normal(size=(40, 2))
    model.fit(x, y, batch_size=8, verbose=0, callbacks=[recorder, weights])
    assert_norms_are_those_of(recorder.record.gradients, weights.seen)


def test_an_optimizer_is_built_as_the_first_step_would():
    def build():
        keras.utils.set_random_seed(0)
        keras.backend.clear_session()
        model = keras.Sequential([L.Input((3,)), L.Dense(2)])
        model.compile("adam", "mse")
        return model

    built, plain = build(), build()
    build_optimizer(built)
    x = np.ones((4, 3), "float32")
    plain.fit(x, x[:, :2], verbose=0)
    paths = [[v.path for v in model.optimizer.variables] for model in (built, plain)]
    assert built.optimizer.built
    assert [p.split("/")[-1] for p in paths[0]] == [p.split("/")[-1] for p in paths[1]]


def test_an_optimizer_of_a_training_step_of_ones_own_is_left_alone():
    class Own(keras.Sequential):
        def train_step(self, data):
            return super().train_step(data)

    model = Own([L.Input((3,)), L.Dense(2)])
    model.compile("adam", "mse")
    build_optimizer(model)
    assert not model.optimizer.built


def test_a_recorded_first_fit_traces_the_step_once():
    traces = []

    class Traced(L.Dense):
        def call(self, x):
            traces.append(1)
            return super().call(x)

    model = keras.Sequential([L.Input((3,)), Traced(2)])
    model.compile("adam", "mse")
    x = np.ones((12, 3), "float32")
    model(x)
    traces.clear()
    calls_of_probes = 3  # before training, and at the end of each of two epochs
    model.fit(x, x[:, :2], batch_size=4, epochs=2, verbose=0, callbacks=[Recorder()])
    assert len(traces) == 1 + calls_of_probes
