"""The programs that executors.py trains, on data that ship with scikit-learn."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from sklearn.datasets import load_digits, load_wine
from trainers import trainer_on

from keras_debugger.training.trainer import Trainer

L = keras.layers


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A program: data, model and epochs."""

    data: Callable[[], tuple[np.ndarray, np.ndarray]]
    layers: Callable[[], list]
    epochs: int
    batch_size: int = 32


def wine() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_wine(return_X_y=True)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


def digits() -> tuple[np.ndarray, np.ndarray]:
    bunch = load_digits()
    return (bunch.images[..., None] / 16.0).astype("float32"), bunch.target


KINDS = {
    "small dense": Kind(
        data=wine,
        layers=lambda: [L.Input((13,)), L.Dense(16, "relu"), L.Dense(3, "softmax")],
        epochs=30,
    ),
    "wide dense": Kind(
        data=digits,
        layers=lambda: [
            L.Input((8, 8, 1)),
            L.Flatten(),
            L.Dense(1024, "relu"),
            L.Dense(1024, "relu"),
            L.Dense(10, "softmax"),
        ],
        epochs=12,
        batch_size=128,
    ),
    "convolutions": Kind(
        data=digits,
        layers=lambda: [
            L.Input((8, 8, 1)),
            L.Conv2D(32, 3, padding="same", activation="relu"),
            L.Conv2D(64, 3, padding="same", activation="relu"),
            L.GlobalAveragePooling2D(),
            L.Dense(10, "softmax"),
        ],
        epochs=8,
    ),
    "recurrent": Kind(
        data=lambda: (digits()[0][..., 0], digits()[1]),
        layers=lambda: [L.Input((8, 8)), L.LSTM(64), L.Dense(10, "softmax")],
        epochs=8,
    ),
}


def model_of(kind: Kind, *, rate: float = 1e-3) -> keras.Model:
    """A compiled model."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(kind.layers())
    optimizer = keras.optimizers.Adam(rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def trainer_of(kind: Kind, *, epochs: int) -> Trainer:
    """What makes the trainings of a program, in this process until it gets another executor."""
    return trainer_on(model_of(kind), kind.data(), epochs=epochs, batch_size=kind.batch_size)
