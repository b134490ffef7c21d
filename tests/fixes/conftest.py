"""Set-ups of real models on real data, as the fixes see them."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers
from sklearn import datasets

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.record import FitDescription
from keras_debugger.types.setup import TrainingSetup


def digits(rows=300):
    bunch = datasets.load_digits()
    return bunch.data[:rows].astype("float32"), bunch.target[:rows]


def diabetes():
    bunch = datasets.load_diabetes()
    return bunch.data.astype("float32"), bunch.target.astype("float32")[:, None]


def mlp(inputs, outputs, *, activation="relu", output="softmax", **dense):
    return keras.Sequential(
        [
            layers.Input((inputs,)),
            layers.Dense(16, activation=activation, name="first", **dense),
            layers.Dense(12, activation=activation, name="second", **dense),
            layers.Dense(outputs, activation=output, name="head"),
        ]
    )


@pytest.fixture(scope="session")
def blueprints():
    """What the models of the set-ups are rebuilt from, by the identity of their description."""
    return {}


@pytest.fixture(scope="session")
def make_setup(blueprints):
    """Makes a set-up of a model, compiled if it is not yet, and its data."""

    def make(model, x, y, *, loss="sparse_categorical_crossentropy", optimizer="sgd", **fit):
        rebuildable = fit.pop("rebuildable", True)
        if not model.compiled:
            model.compile(optimizer=optimizer, loss=loss, metrics=fit.pop("metrics", None))
        description = describe_model(model)
        blueprint = read_blueprint(model, description)
        blueprints[id(description)] = blueprint
        described = FitDescription(epochs=10, batch_size=32, shuffle=True, has_validation=True)
        return TrainingSetup(
            model=description,
            data=profile_data(x, y),
            fit=replace(described, **fit),
            graph=blueprint.graph if rebuildable else None,
            refusal="" if rebuildable else "a model that we cannot take apart",
        )

    return make


@pytest.fixture(scope="session")
def classifier(make_setup):
    """A plain classifier of digits with raw pixels."""
    return make_setup(mlp(64, 10), *digits())


@pytest.fixture(scope="session")
def regression(make_setup):
    """A plain regression with targets as shipped."""
    return make_setup(mlp(10, 1, output=None), *diabetes(), loss="mse")


@pytest.fixture(scope="session")
def setups(make_setup, classifier, regression, blueprints):
    """Set-ups of many kinds, by name; models are built once."""
    keras.utils.set_random_seed(0)
    pixels, numbers = digits()
    table, targets = diabetes()
    images = pixels.reshape(-1, 8, 8, 1)
    rows = pixels.reshape(-1, 8, 8)
    bare = replace(classifier.model, optimizer=None)
    blueprints[id(bare)] = blueprints[id(classifier.model)]
    return {
        "classifier": classifier,
        "regression": regression,
        "not rebuildable": make_setup(mlp(64, 10), pixels, numbers, rebuildable=False),
        "sigmoid": make_setup(mlp(64, 10, activation="sigmoid"), pixels, numbers),
        "linear": make_setup(mlp(64, 10, activation=None), pixels, numbers),
        "zero weights": make_setup(mlp(64, 10, kernel_initializer="zeros"), pixels, numbers),
        "penalised": make_setup(mlp(64, 10, kernel_regularizer="l2"), pixels, numbers),
        "regularised": make_setup(regularised(), pixels, numbers),
        "normalised": make_setup(normalised(), pixels, numbers, optimizer="adam"),
        "convolutional": make_setup(convolutional(), images, numbers),
        "recurrent": make_setup(recurrent(), rows, numbers, optimizer="rmsprop"),
        "residual": make_setup(residual(), pixels, numbers, epochs=2, shuffle=False),
        "frozen": make_setup(frozen(), pixels, numbers, batch_size=4),
        "logits": make_setup(mlp(64, 10, output=None), pixels, numbers),
        "cut logits": make_setup(cut_logits(), pixels, numbers),
        "squashed": make_setup(mlp(10, 1, output="sigmoid"), table, targets, loss="mse"),
        "outliers": make_setup(
            mlp(10, 1, output=None), table, np.where(targets > 300, 1e4, targets / 77), loss="mse"
        ),
        "clipped": make_setup(
            mlp(64, 10),
            pixels,
            numbers,
            optimizer=keras.optimizers.AdamW(0.01, weight_decay=0.01, clipnorm=1.0),
            callbacks=("EarlyStopping", "LearningRateScheduler"),
        ),
        "broken": make_setup(
            mlp(64, 10), np.where(np.arange(300)[:, None] < 3, np.nan, pixels), numbers
        ),
        "own loss": make_setup(
            mlp(10, 1, output=None), table, targets, loss=lambda y, p: keras.ops.abs(y - p)
        ),
        "deep": make_setup(deep(), pixels, numbers),
        "two outputs": make_setup(
            two_outputs(),
            pixels,
            {"rare": (numbers == 0).astype("int32"), "number": numbers.astype("float32")[:, None]},
            loss={"rare": "binary_crossentropy", "number": "mse"},
        ),
        "scheduled": make_setup(
            mlp(64, 10),
            pixels,
            numbers,
            optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 100)),
        ),
        "sorted": replace(classifier, can_split_anew=True),
        "not compiled": replace(classifier, model=bare),
    }


def regularised():
    return keras.Sequential(
        [
            layers.Input((64,)),
            layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(1.0)),
            layers.Dropout(0.8, name="strong"),
            layers.Dense(10, activation="softmax"),
            layers.Dropout(0.8, name="after_head"),
        ]
    )


def cut_logits():
    """ReLU in front of the softmax."""
    return keras.Sequential([mlp(64, 10, output="relu"), layers.Softmax(name="shares")])


def normalised():
    return keras.Sequential(
        [
            layers.Input((64,)),
            layers.Dense(16, name="first"),
            layers.BatchNormalization(name="norm"),
            layers.Activation("relu", name="act"),
            layers.Dense(12, activation="relu", name="second"),
            layers.Dense(10, activation="softmax", name="head"),
        ]
    )


def convolutional():
    return keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="tanh", name="conv"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(8, activation="relu", name="dense"),
            layers.Dense(10, activation="softmax", name="head"),
        ]
    )


def recurrent():
    return keras.Sequential(
        [
            layers.Input((8, 8)),
            layers.Bidirectional(layers.LSTM(4, activation="relu", return_sequences=True)),
            layers.GRU(4, activation="relu", name="gru"),
            layers.Dense(10, activation="softmax", name="head"),
        ]
    )


def deep():
    hidden = [layers.Dense(16, activation="tanh", name=f"hidden_{i}") for i in range(10)]
    return keras.Sequential(
        [layers.Input((64,)), *hidden, layers.Dense(10, activation="softmax", name="head")]
    )


def two_outputs():
    inputs = keras.Input((64,), name="pixels")
    hidden = layers.Dense(16, activation="relu", name="hidden")(inputs)
    rare = layers.Dense(1, activation="sigmoid", name="rare")(hidden)
    number = layers.Dense(1, name="number")(hidden)
    return keras.Model(inputs, {"rare": rare, "number": number})


def residual():
    inputs = keras.Input((64,), name="pixels")
    one = layers.Dense(16, activation="tanh", name="one")(inputs)
    two = layers.Dense(16, name="two")(one)
    added = layers.Add(name="add")([one, two])
    outputs = layers.Dense(10, activation="softmax", name="head")(added)
    return keras.Model(inputs, outputs)


def frozen():
    model = mlp(64, 10)
    for layer in model.layers:
        layer.trainable = False
    return model
