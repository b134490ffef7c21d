"""Records that hold a real model's description and a real data profile, without any training."""

import keras
import numpy as np

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.types.record import TrainingRecord

ROWS = 60


def record_for(model, y=None, *, features=6):
    """What is known before training: the model, and the labels if given."""
    x = np.random.default_rng(0).normal(size=(ROWS, features)).astype("float32")
    data = None if y is None else profile_data(x, y)
    return TrainingRecord(model_description=describe_model(model), data_profile=data)


def compiled(*layers, loss="mse", metrics=(), optimizer="adam", shape=(6,)):
    model = keras.Sequential([keras.layers.Input(shape), *layers])
    model.compile(optimizer, loss, metrics=list(metrics))
    return model


def classifier(units, activation, loss, **settings):
    return compiled(
        keras.layers.Dense(8, activation="relu", name="hidden"),
        keras.layers.Dense(units, activation=activation, name="answer"),
        loss=loss,
        **settings,
    )


def labels(kind):
    """Labels of one form, ROWS of them."""
    random = np.random.default_rng(1)
    numbers = random.integers(0, 3, ROWS)
    return {
        "binary": (numbers > 0).astype("float32"),
        "classes": numbers,
        "one-hot": np.eye(3, dtype="float32")[numbers],
        "multi-hot": (random.random((ROWS, 3)) < 0.5).astype("float32"),
        "unit interval": random.random(ROWS).astype("float32"),
        "numbers": random.normal(5.0, 2.0, ROWS).astype("float32"),
    }[kind]
