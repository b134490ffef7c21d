"""Records of real data before any training: profile of both parts and how they differ."""

import keras
import numpy as np
from sklearn import datasets

from keras_debugger.recording.data_profile import compare_data, profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.types.record import FitDescription, TrainingRecord


def wine(*, scaled=True):
    """178 rows of 13 measurements in random order, and three classes."""
    bunch = datasets.load_wine()
    order = np.random.default_rng(0).permutation(len(bunch.data))
    x, y = bunch.data[order].astype("float32"), bunch.target[order]
    return ((x - x.mean(0)) / x.std(0) if scaled else x), y


def diabetes():
    """442 rows of 10 standardised measurements, and standardised targets."""
    bunch = datasets.load_diabetes()
    x = (bunch.data / bunch.data.std(0)).astype("float32")
    return x, ((bunch.target - bunch.target.mean()) / bunch.target.std()).astype("float32")


def profiled(x, y, *, held_out=None, model=None, shuffle=True, simple_models=False):
    """A record of data and, if given, validation data and a model."""
    validation = shift = None
    if held_out is not None:
        validation = profile_data(*held_out)
        shift = compare_data(x, y, *held_out)
    return TrainingRecord(
        data_profile=profile_data(x, y, simple_models=simple_models),
        validation_profile=validation,
        shift=shift,
        model_description=None if model is None else describe_model(model),
        fit_description=FitDescription(shuffle=shuffle),
    )


def network(features, *, loss="mse", units=1, activation=None, first=()):
    layers = [keras.layers.Input((features,)), *first, keras.layers.Dense(8, activation="relu")]
    model = keras.Sequential([*layers, keras.layers.Dense(units, activation=activation)])
    model.compile("adam", loss)
    return model
