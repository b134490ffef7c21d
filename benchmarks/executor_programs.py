"""The programs that executors.py trains, on data that ship with scikit-learn."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from sklearn.datasets import load_digits, load_wine

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.training.data import split_data
from keras_debugger.training.scoring import choose_metric
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.record import FitDescription
from keras_debugger.types.setup import TrainingSetup

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
    model = model_of(kind)
    parts = split_data(kind.data(), seed=0)
    description = describe_model(model)
    profile = profile_data(parts.train.x, parts.train.y)
    blueprint = read_blueprint(model, description)
    setup = TrainingSetup(
        model=description,
        data=profile,
        fit=FitDescription(epochs=epochs, batch_size=kind.batch_size, shuffle=True),
        graph=blueprint.graph,
    )
    metric = choose_metric(description, profile)
    return Trainer(blueprint, parts, metric, setup=setup, model=model)
