"""Short real runs, healthy and faulty, shared by the tests of the curve checks."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

from keras_debugger.checks.runner import run_checks
from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.storage import read_source

EPOCHS = 12


def digits():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order]
    return x[:600], y[:600], x[600:900], y[600:900]


def classifier(*, hidden=32, rate=0.01, optimizer="adam", activation="relu", **dense):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((64,)),
            keras.layers.Dense(hidden, activation, **dense),
            keras.layers.Dense(10, "softmax", **dense),
        ]
    )
    rate_of = keras.optimizers.get({"class_name": optimizer, "config": {"learning_rate": rate}})
    model.compile(rate_of, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, data, *, recorded=False, callbacks=(), **arguments):
    """The record of a real run: all of it, or only what Keras logs."""
    x, y, x_validation, y_validation = data
    recorder = [Recorder(probe_data=data, keep_initial_weights=False)] if recorded else []
    history = model.fit(
        x,
        y,
        validation_data=(x_validation, y_validation),
        verbose=0,
        callbacks=[*callbacks, *recorder],
        **{"epochs": EPOCHS, "batch_size": 64, **arguments},
    )
    return recorder[0].record if recorded else read_source(history)


@pytest.fixture(scope="session")
def judge():
    """What one check says of a record: findings, and codes of what it could not judge."""

    def judge_record(check, record):
        results = run_checks(record, [check])
        assert results.crashed == ()
        return results.findings, results.skipped

    return judge_record


@pytest.fixture(scope="session")
def healthy_run():
    return fit(classifier(), digits(), recorded=True)


@pytest.fixture(scope="session")
def healthy_regression():
    x, y = load_diabetes(return_X_y=True)
    x, y = (x / x.std(0)).astype("float32"), ((y - y.mean()) / y.std()).astype("float32")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((10,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return fit(model, (x[:300], y[:300], x[300:], y[300:]), epochs=15, batch_size=32)


@pytest.fixture(scope="session")
def does_not_learn():
    """All weights zero: every input gets the same answer."""
    model = classifier(kernel_initializer="zeros")
    return fit(model, digits(), recorded=True)


@pytest.fixture(scope="session")
def diverges():
    """Linear regression with a rate just above what is stable."""
    x, y = load_diabetes(return_X_y=True)
    x, y = (x / x.std(0)).astype("float32"), ((y - y.mean()) / y.std()).astype("float32")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((10,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.27), "mse")
    return fit(model, (x[:300], y[:300], x[300:], y[300:]), batch_size=300)


@pytest.fixture(scope="session")
def becomes_nan():
    """The same with a rate far above it."""
    x, y = load_diabetes(return_X_y=True)
    x, y = (x / x.std(0)).astype("float32"), y.astype("float32")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((10,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(50.0), "mse")
    return fit(model, (x[:300], y[:300], x[300:], y[300:]), recorded=True, epochs=4)


@pytest.fixture(scope="session")
def oscillates():
    return fit(classifier(rate=0.3, activation="tanh"), digits(), epochs=14, batch_size=16)


@pytest.fixture(scope="session")
def unfinished():
    return fit(classifier(rate=0.001, optimizer="sgd"), digits())


@pytest.fixture(scope="session")
def underfits():
    """Pixels squeezed through one unit."""
    return fit(classifier(hidden=1, activation="tanh"), digits(), recorded=True, epochs=40)


@pytest.fixture(scope="session")
def overfits():
    """Few rows, and a third of the labels drawn at random."""
    x, y, x_validation, y_validation = digits()
    x, y = x[:100], y[:100].copy()
    y[::3] = np.random.default_rng(1).integers(0, 10, len(y[::3]))
    data = (x, y, x_validation, y_validation)
    return fit(classifier(hidden=128), data, epochs=40, batch_size=16)


@pytest.fixture(scope="session")
def preprocessed_twice():
    """The pixels of the validation rows come in another order."""
    x, y, x_validation, y_validation = digits()
    return fit(classifier(), (x, y, x_validation[:, ::-1], y_validation))


@pytest.fixture(scope="session")
def one_unit_softmax():
    """Its loss falls, its answer is always 1."""
    x, y = load_breast_cancer(return_X_y=True)
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((30,)),
            keras.layers.Dense(16, "relu"),
            keras.layers.Dense(1, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return fit(model, (x[:400], y[:400], x[400:], y[400:]))


@pytest.fixture(scope="session")
def ignores_a_class():
    """One malignant case in twenty, two noisy features, a loss without class weights."""
    x, y = load_breast_cancer(return_X_y=True)
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[:, [9, 11]]
    keep = np.concatenate([np.flatnonzero(y == 1), np.flatnonzero(y == 0)[:19]])
    keep = np.random.default_rng(0).permutation(keep)
    x, y = x[keep], 1 - y[keep]
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    return fit(model, (x, y, x[:20], y[:20]), recorded=True)
