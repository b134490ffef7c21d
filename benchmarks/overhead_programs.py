"""Models whose training is timed, and what else is put into their training for comparison."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from keras_debugger import Recorder

L = keras.layers
ENTROPY = "sparse_categorical_crossentropy"
CLASSES = 10
TOKENS = 5000


def mlp():
    hidden = [L.Dense(256, activation="relu") for _ in range(3)]
    return keras.Sequential([L.Input((64,)), *hidden, L.Dense(CLASSES, activation="softmax")])


def cnn():
    layers = [
        L.Conv2D(32, 3, activation="relu"),
        L.MaxPooling2D(),
        L.Conv2D(64, 3, activation="relu"),
        L.MaxPooling2D(),
        L.Flatten(),
        L.Dense(64, activation="relu"),
        L.Dense(CLASSES, activation="softmax"),
    ]
    return keras.Sequential([L.Input((28, 28, 1)), *layers])


def lstm():
    return keras.Sequential([L.Input((40, 16)), L.LSTM(64), L.Dense(CLASSES, activation="softmax")])


def deep_mlp():
    hidden = [L.Dense(64, activation="relu") for _ in range(20)]
    return keras.Sequential([L.Input((64,)), *hidden, L.Dense(CLASSES, activation="softmax")])


def transformer():
    inputs = x = L.Input((32, 64))
    for _ in range(2):
        x = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(4, 16)(x, x)]))
        inner = L.Dense(64)(L.Dense(128, activation="gelu")(x))
        x = L.LayerNormalization()(L.Add()([x, inner]))
    answer = L.Dense(CLASSES, activation="softmax")(L.GlobalAveragePooling1D()(x))
    return keras.Model(inputs, answer)


def embedding():
    head = [L.GlobalAveragePooling1D(), L.Dense(CLASSES, activation="softmax")]
    return keras.Sequential([L.Input((20,)), L.Embedding(TOKENS, 32), *head])


@dataclass(frozen=True)
class Program:
    """A model, its batch size, and the steps of a timed fit."""

    build: Callable[[], keras.Model]
    batch: int
    steps: int

    def compiled(self) -> keras.Model:
        """A fresh model, compiled."""
        keras.utils.set_random_seed(0)
        model = self.build()
        model.compile(keras.optimizers.Adam(1e-3), ENTROPY)
        return model

    def data(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and labels for so many steps, drawn at random."""
        random = np.random.default_rng(0)
        model, rows = self.build(), self.batch * steps
        shape = (rows, *model.input_shape[1:])
        has_tokens = any(isinstance(layer, L.Embedding) for layer in model.layers)
        x = random.integers(0, TOKENS, shape) if has_tokens else random.normal(size=shape)
        return x.astype("int32" if has_tokens else "float32"), random.integers(0, CLASSES, rows)


PROGRAMS = {
    "mlp": Program(mlp, 32, 200),
    "cnn": Program(cnn, 64, 40),
    "lstm": Program(lstm, 32, 30),
    "deep_mlp": Program(deep_mlp, 32, 120),
    "transformer": Program(transformer, 32, 40),
    "embedding": Program(embedding, 32, 200),
}


class Replay(keras.callbacks.Callback):
    """The usual way: differentiate a batch once more after each step, and read the norms."""

    def __init__(self, x, y, *, compiled):
        super().__init__()
        self._batch = x, y
        self._function = tf.function(self._norms) if compiled else self._norms

    def _norms(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(x, y, self.model(x, training=True))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        return [tf.norm(tf.convert_to_tensor(gradient)) for gradient in gradients]

    def on_train_batch_end(self, batch, logs=None):
        """Differentiate once more."""
        [float(norm) for norm in self._function(*self._batch)]


class CheckNumerics(keras.callbacks.Callback):
    """Says that `tf.debugging.enable_check_numerics` is in force during this fit."""


RECORDERS = {"default": 10, "full": 1, "every10": 10, "every100": 100}
PEERS = ("replay_compiled", "replay_eager", "check_numerics", "tensorboard")
MODES = ("plain_again", *RECORDERS, *PEERS)


def callbacks_of(mode: str, program: Program, folder: Path) -> list[keras.callbacks.Callback]:
    """What a mode puts into `fit`."""
    if mode in RECORDERS:
        return [Recorder(every=RECORDERS[mode])]
    if mode == "tensorboard":
        return [keras.callbacks.TensorBoard(str(folder), histogram_freq=1)]
    if mode == "check_numerics":
        return [CheckNumerics()]
    if mode.startswith("replay"):
        batch = (tf.constant(part) for part in program.data(1))
        return [Replay(*batch, compiled=mode == "replay_compiled")]
    return []
