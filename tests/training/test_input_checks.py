import types

import keras
import numpy as np
import pytest
from keras import layers
from sklearn.linear_model import LinearRegression

from keras_debugger.errors import InvalidDataError, InvalidModelError
from keras_debugger.training.data import Part, check_fit, check_model

ROWS = 20
NUMBERS = np.random.default_rng(0).normal(size=(ROWS, 4)).astype("float32")
CLASSES = np.arange(ROWS) % 3
ONE_HOT = np.eye(3)[CLASSES]


def dense(units, loss, *, activation=None, shape=(4,)):
    model = keras.Sequential([layers.Input(shape), layers.Dense(units, activation=activation)])
    model.compile("sgd", loss)
    return model


def per_step(loss, units=3):
    model = keras.Sequential(
        [layers.Input((5, 2)), layers.Dense(units, activation="softmax" if units > 1 else None)]
    )
    model.compile("sgd", loss)
    return model


def two_inputs():
    one, other = layers.Input((4,), name="one"), layers.Input((4,), name="other")
    model = keras.Model([one, other], layers.Dense(1)(layers.Add()([one, other])))
    model.compile("sgd", "mse")
    return model


def part(x, y):
    return Part(x=x, y=y, sample_weight=None, rows=ROWS)


def keras_takes(model, x, y):
    try:
        model.fit(x, y, batch_size=10, verbose=0)
    except Exception:
        return False
    return True


def legacy_model():
    kind = type("Sequential", (), {"fit": None})
    kind.__module__ = "tf_keras.src.engine.sequential"
    return kind()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "got None"),
        ("model.keras", "load_model"),
        (LinearRegression(), "scikit-learn"),
        (keras.Sequential, "the class Sequential"),
        (lambda: None, "call it"),
        (legacy_model(), "tf_keras"),
        (layers.Dense(1), "a Dense of"),
        (types.SimpleNamespace(), "SimpleNamespace"),
        (keras.Sequential([layers.Dense(1)]), "not compiled"),
    ],
)
def test_what_is_no_compiled_model_is_refused_in_words(given, words):
    with pytest.raises(InvalidModelError, match=words) as caught:
        check_model(given)
    assert caught.value.expected == "a compiled Keras 3 model"
    assert caught.value.do


def test_a_model_without_layers():
    model = keras.Sequential()
    model.compile("sgd", "mse")
    with pytest.raises(InvalidModelError, match="without layers"):
        check_model(model)


def test_a_model_without_a_loss():
    model = dense(1, None)
    with pytest.raises(InvalidModelError, match="without a loss"):
        check_model(model)


def test_a_loss_inside_the_model_is_enough():
    class Penalty(layers.Layer):
        def call(self, inputs):
            self.add_loss(keras.ops.mean(inputs))
            return inputs

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1), Penalty()])
    model.compile("sgd")
    check_model(model)


def test_compiled_models_of_every_kind_pass():
    check_model(dense(1, "mse"))
    unbuilt = keras.Sequential([layers.Dense(1)])
    unbuilt.compile("sgd", "mse")
    check_model(unbuilt, build=lambda: unbuilt)
    check_fit(unbuilt, part(NUMBERS, CLASSES))


def test_build_must_be_a_function():
    with pytest.raises(InvalidModelError, match="build="):
        check_model(dense(1, "mse"), build=dense(1, "mse").name)


SPARSE, CATEGORICAL = "sparse_categorical_crossentropy", "categorical_crossentropy"
BINARY = "binary_crossentropy"
REFUSED = {
    "whole numbers, categorical": (lambda: dense(3, CATEGORICAL), NUMBERS, CLASSES, "use sparse"),
    "one-hot, sparse": (lambda: dense(3, SPARSE), NUMBERS, ONE_HOT, r"y.argmax\(-1\)"),
    "more classes than units": (lambda: dense(2, SPARSE), NUMBERS, CLASSES, "3 units"),
    "counted from 1": (lambda: dense(3, SPARSE), NUMBERS, CLASSES + 1, "y - 1"),
    "negative classes": (lambda: dense(3, SPARSE), NUMBERS, CLASSES - 1, "LabelEncoder"),
    "other number of classes": (lambda: dense(4, CATEGORICAL), NUMBERS, ONE_HOT, "same size"),
    "a column, categorical": (
        lambda: dense(3, CATEGORICAL),
        NUMBERS,
        CLASSES[:, np.newaxis],
        "use sparse",
    ),
    "two units, binary": (lambda: dense(2, BINARY), NUMBERS, CLASSES % 2, "1 unit"),
    "one-hot, one unit": (lambda: dense(1, BINARY), NUMBERS, np.eye(2)[CLASSES % 2], "same size"),
    "three units, squared error": (lambda: dense(3, "mse"), NUMBERS, CLASSES * 1.0, "1 unit"),
    "other number of targets": (lambda: dense(3, "mse"), NUMBERS, np.zeros((ROWS, 4)), "same size"),
    "no labels": (lambda: dense(1, "mse"), NUMBERS, None, "without labels"),
    "too many features": (lambda: dense(1, "mse"), np.zeros((ROWS, 5)), CLASSES, r"\(rows, 4\)"),
    "too few axes": (lambda: dense(1, "mse"), NUMBERS[:, 0], CLASSES, "Input"),
    "flat images": (
        lambda: dense(1, "mse", shape=(2, 2, 1)),
        NUMBERS,
        np.zeros((ROWS, 2, 2, 1)),
        r"x.reshape\(-1, 2, 2, 1\)",
    ),
    "one class for a sequence": (
        lambda: per_step(SPARSE),
        np.zeros((ROWS, 5, 2)),
        CLASSES,
        "one class number for each answer",
    ),
    "one of two inputs": (two_inputs, NUMBERS, CLASSES, "'one', 'other'"),
    "wrong name": (two_inputs, {"one": NUMBERS, "wrong": NUMBERS}, CLASSES, "'one', 'wrong'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_keras_refuses_is_refused_in_words(name):
    make, x, y, words = REFUSED[name]
    with pytest.raises(InvalidDataError, match=words) as caught:
        check_fit(make(), part(x, y))
    assert caught.value.expected
    assert not keras_takes(make(), x, y)


ACCEPTED = {
    "class numbers": (lambda: dense(3, SPARSE), NUMBERS, CLASSES),
    "a column of class numbers": (lambda: dense(3, SPARSE), NUMBERS, CLASSES[:, np.newaxis]),
    "class numbers as floats": (lambda: dense(3, SPARSE), NUMBERS, CLASSES * 1.0),
    "class numbers with fractions": (lambda: dense(3, SPARSE), NUMBERS, CLASSES + 0.5),
    "a class for each step": (
        lambda: per_step(SPARSE),
        np.zeros((ROWS, 5, 2)),
        np.ones((ROWS, 5), int),
    ),
    "a column for each step": (
        lambda: per_step(SPARSE),
        np.zeros((ROWS, 5, 2)),
        np.ones((ROWS, 5, 1), int),
    ),
    "one-hot": (lambda: dense(3, CATEGORICAL), NUMBERS, ONE_HOT),
    "one-hot, squared error": (lambda: dense(3, "mse"), NUMBERS, ONE_HOT),
    "one-hot, binary": (lambda: dense(3, BINARY), NUMBERS, ONE_HOT),
    "labels of -1 and 1": (lambda: dense(1, BINARY), NUMBERS, CLASSES % 2 * 2 - 1),
    "labels of 1 and 2": (lambda: dense(1, BINARY), NUMBERS, CLASSES % 2 + 1),
    "truth values": (lambda: dense(1, BINARY), NUMBERS, CLASSES == 1),
    "one unit, categorical": (lambda: dense(1, CATEGORICAL), NUMBERS, CLASSES % 2),
    "numbers": (lambda: dense(1, "mse"), NUMBERS, CLASSES * 1.0),
    "a column of numbers": (lambda: dense(1, "mse"), NUMBERS, CLASSES[:, np.newaxis] * 1.0),
    "three targets, one unit": (lambda: dense(1, "mse"), NUMBERS, ONE_HOT),
    "one target, three units": (lambda: dense(3, "mse"), NUMBERS, CLASSES[:, np.newaxis] * 1.0),
    "a last axis too many": (lambda: dense(1, "mse"), NUMBERS[..., np.newaxis], CLASSES),
    "a last axis too few": (
        lambda: dense(1, "mse", shape=(2, 2, 1)),
        np.zeros((ROWS, 2, 2)),
        np.zeros((ROWS, 2, 2, 1)),
    ),
    "a single column": (lambda: dense(1, "mse", shape=(1,)), NUMBERS[:, 0], CLASSES),
    "NaN in the inputs": (lambda: dense(1, "mse"), NUMBERS * np.nan, CLASSES),
    "NaN in numeric labels": (lambda: dense(1, "mse"), NUMBERS, CLASSES * np.nan),
    "two inputs by name": (two_inputs, {"other": NUMBERS, "one": NUMBERS}, CLASSES),
    "two inputs in a list": (two_inputs, [NUMBERS, NUMBERS], CLASSES),
    "whole numbers as inputs": (lambda: dense(1, "mse"), np.ones((ROWS, 4), "uint8"), CLASSES),
}


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")
@pytest.mark.filterwarnings("ignore:In loss categorical:SyntaxWarning")
@pytest.mark.parametrize("name", ACCEPTED)
def test_what_keras_takes_is_no_error_even_if_it_makes_no_sense(name):
    make, x, y = ACCEPTED[name]
    check_fit(make(), part(x, y))
    assert keras_takes(make(), x, y)


def test_nan_labels_with_a_loss_on_class_numbers():
    labels = CLASSES.astype(float)
    labels[3] = np.nan
    with pytest.raises(InvalidDataError, match="1 labels that are NaN"):
        check_fit(dense(3, SPARSE), part(NUMBERS, labels))


def test_an_ignored_class_may_lie_outside():
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    check_fit(dense(3, loss), part(NUMBERS, CLASSES - 1))


def test_several_outputs_are_checked_each():
    inputs = layers.Input((4,))
    outputs = {
        "kind": layers.Dense(3, activation="softmax")(inputs),
        "size": layers.Dense(1)(inputs),
    }
    model = keras.Model(inputs, outputs)
    model.compile("sgd", {"kind": SPARSE, "size": "mse"})
    check_fit(model, part(NUMBERS, {"size": NUMBERS[:, 0], "kind": CLASSES}))
    with pytest.raises(InvalidDataError, match="3 units"):
        check_fit(model, part(NUMBERS, {"size": NUMBERS[:, 0], "kind": CLASSES + 9}))
    with pytest.raises(InvalidDataError, match="1 label arrays"):
        check_fit(model, part(NUMBERS, CLASSES))


def test_a_loss_of_the_users_own_is_not_judged():
    def own(y_true, y_pred):
        return keras.ops.mean(keras.ops.one_hot(keras.ops.cast(y_true, "int32"), 3) - y_pred)

    check_fit(dense(3, own), part(NUMBERS, CLASSES))


def test_a_subclassed_model_is_checked_as_far_as_it_is_known():
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(1)

        def call(self, inputs):
            return self.last(inputs)

    model = Mine()
    model.compile("sgd", "mse")
    check_model(model)
    check_fit(model, part(NUMBERS, CLASSES))
    with pytest.raises(InvalidDataError, match="without labels"):
        check_fit(model, part(NUMBERS, None))


def test_checking_changes_nothing():
    model = dense(3, SPARSE)
    weights = [np.array(w) for w in model.get_weights()]
    x, y = NUMBERS.copy(), CLASSES.copy()
    x.setflags(write=False)
    y.setflags(write=False)
    check_model(model)
    check_fit(model, part(x, y))
    assert not x.flags.writeable
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
