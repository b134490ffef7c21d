"""The rows of the baseline, each as a faulty program and its healthy twin on the same data.

Real data that ship with scikit-learn, except where no bundled set shows the fault. Used by the
tests of this folder and by `benchmarks/rows.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import layers
from sklearn import datasets
from sklearn.preprocessing import scale

Data = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: what is wrong, what must be found, what may be named as its cause and its fix.

    Args:
        name: the row of the baseline.
        symptoms: symptoms of which at least one must be found, by name.
        causes: causes of which one must be ranked first, by name.
        fixes: kinds of fixes of which one must be in the proved plan, by name.
        faulty: makes the faulty compiled model.
        healthy: makes its twin without the fault.
        data: makes inputs and labels.
        healthy_data: data of the twin, where the fault is in the data.
        fit: arguments of fit.
    """

    name: str
    symptoms: frozenset[str]
    causes: frozenset[str]
    fixes: frozenset[str]
    faulty: Callable[[], keras.Model]
    healthy: Callable[[], keras.Model]
    data: Callable[[], Data]
    healthy_data: Callable[[], Data] | None = None
    fit: Mapping[str, Any] = field(default_factory=dict)


def digits() -> Data:
    bunch = datasets.load_digits()
    return (bunch.data / 16.0).astype("float32"), bunch.target


def digits_as_images() -> Data:
    x, y = digits()
    return x.reshape(-1, 8, 8, 1), y


def digits_one_hot() -> Data:
    x, y = digits()
    return x, keras.utils.to_categorical(y, 10)


def cancer() -> Data:
    bunch = datasets.load_breast_cancer()
    return scale(bunch.data).astype("float32"), bunch.target


def wine_raw() -> Data:
    bunch = datasets.load_wine()
    return bunch.data.astype("float32"), bunch.target


def wine() -> Data:
    x, y = wine_raw()
    return scale(x.astype("float64")).astype("float32"), y


def diabetes() -> Data:
    bunch = datasets.load_diabetes()
    return scale(bunch.data).astype("float32"), scale(bunch.target).astype("float32")


def diabetes_raw_targets() -> Data:
    bunch = datasets.load_diabetes()
    return scale(bunch.data).astype("float32"), bunch.target.astype("float32")


def diabetes_positive_targets() -> Data:
    """Targets between 0.3 and 4.5, in units of their standard deviation."""
    x, y = diabetes_raw_targets()
    return x, y / y.std()


def two_classes(*, common: float) -> Data:
    """Twelve generated features, two classes, this share of rows in the common one."""
    x, y = datasets.make_classification(
        n_samples=4000,
        n_features=12,
        n_informative=6,
        n_redundant=0,
        n_clusters_per_class=1,
        weights=[common],
        class_sep=0.4,
        flip_y=0.0,
        random_state=1,
    )
    return x.astype("float32"), y


def digits_as_rows() -> Data:
    """Digits as sequences of eight rows of eight pixels."""
    x, y = digits()
    return x.reshape(-1, 8, 8), y


def mlp(
    inputs: int,
    hidden: tuple[int, ...],
    units: int,
    output: str | None,
    loss: Any,
    *,
    optimizer: Any = None,
    activation: str = "relu",
    metrics: tuple[str, ...] = ("accuracy",),
    functional: bool = False,
) -> keras.Model:
    stack = [
        *(layers.Dense(width, activation=activation) for width in hidden),
        layers.Dense(units, activation=output),
    ]
    if functional:
        tensor = first = keras.Input((inputs,))
        for layer in stack:
            tensor = layer(tensor)
        model = keras.Model(first, tensor)
    else:
        model = keras.Sequential([keras.Input((inputs,)), *stack])
    model.compile(optimizer or keras.optimizers.Adam(1e-3), loss, metrics=list(metrics))
    return model


def digit_mlp(**changes: Any) -> keras.Model:
    settings: dict[str, Any] = {
        "hidden": (64, 32),
        "units": 10,
        "output": "softmax",
        "loss": "sparse_categorical_crossentropy",
        **changes,
    }
    return mlp(64, **settings)


def cancer_mlp(**changes: Any) -> keras.Model:
    settings: dict[str, Any] = {
        "hidden": (16,),
        "units": 1,
        "output": "sigmoid",
        "loss": "binary_crossentropy",
        **changes,
    }
    return mlp(30, **settings)


def wine_mlp() -> keras.Model:
    loss = "sparse_categorical_crossentropy"
    return mlp(13, (32, 16), 3, "softmax", loss, optimizer=sgd(0.05))


def regression_mlp(**changes: Any) -> keras.Model:
    settings: dict[str, Any] = {
        "hidden": (16,),
        "units": 1,
        "output": None,
        "loss": "mse",
        "metrics": ("mae",),
        **changes,
    }
    return mlp(10, **settings)


def recurrent(*, gain: float, learning_rate: float) -> keras.Model:
    """A recurrent network whose gradient grows by `gain` at every step back in time."""
    model = keras.Sequential(
        [
            keras.Input((8, 8)),
            layers.SimpleRNN(
                32,
                activation="relu",
                recurrent_initializer=keras.initializers.Orthogonal(gain=gain),
            ),
            layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def sgd(learning_rate: float) -> keras.optimizers.Optimizer:
    return keras.optimizers.SGD(learning_rate)


def adam(learning_rate: float) -> keras.optimizers.Optimizer:
    return keras.optimizers.Adam(learning_rate)


def names(*words: str) -> frozenset[str]:
    return frozenset(words)


ROWS = (
    Row(
        name="loss divergence",
        symptoms=names("LOSS_NAN", "LOSS_DIVERGES", "EXPLODING_GRADIENTS"),
        causes=names("LEARNING_RATE_TOO_HIGH"),
        fixes=names("LOWER_LEARNING_RATE"),
        faulty=lambda: regression_mlp(optimizer=sgd(0.6)),
        healthy=lambda: regression_mlp(optimizer=sgd(0.01)),
        data=diabetes,
        fit={"epochs": 30},
    ),
    Row(
        name="NaN loss",
        symptoms=names("LOSS_NAN"),
        causes=names("LEARNING_RATE_TOO_HIGH", "TARGETS_NOT_SCALED", "UNCLIPPED_GRADIENTS"),
        fixes=names("LOWER_LEARNING_RATE", "SCALE_TARGETS", "CLIP_GRADIENTS"),
        faulty=lambda: regression_mlp(optimizer=sgd(0.01), functional=True),
        healthy=lambda: regression_mlp(optimizer=sgd(0.01), functional=True),
        data=diabetes_raw_targets,
        healthy_data=diabetes,
        fit={"epochs": 40},
    ),
    Row(
        name="overfitting",
        symptoms=names("OVERFITTING"),
        causes=names("OVERCAPACITY"),
        fixes=names("ADD_REGULARIZATION"),
        faulty=lambda: regression_mlp(hidden=(256, 256)),
        healthy=regression_mlp,
        data=diabetes,
        fit={"epochs": 60},
    ),
    Row(
        name="slow convergence",
        symptoms=names("SLOW_CONVERGENCE", "NO_LEARNING", "UNDERFITTING"),
        causes=names("LEARNING_RATE_TOO_LOW"),
        fixes=names("RAISE_LEARNING_RATE"),
        faulty=lambda: digit_mlp(optimizer=adam(1e-5)),
        healthy=digit_mlp,
        data=digits,
        fit={"epochs": 15},
    ),
    Row(
        name="vanishing gradients",
        symptoms=names("VANISHING_GRADIENTS", "NO_LEARNING"),
        causes=names("SATURATING_ACTIVATION"),
        fixes=names("CHANGE_HIDDEN_ACTIVATION", "ADD_BATCH_NORM"),
        faulty=lambda: digit_mlp(hidden=(32,) * 8, activation="sigmoid", functional=True),
        healthy=lambda: digit_mlp(hidden=(32,) * 8, functional=True),
        data=digits,
        fit={"epochs": 15},
    ),
    Row(
        name="exploding gradients",
        symptoms=names("EXPLODING_GRADIENTS", "LOSS_OSCILLATES", "LOSS_DIVERGES", "UNDERFITTING"),
        causes=names(
            "UNCLIPPED_GRADIENTS",
            "UNBOUNDED_RECURRENT_ACTIVATION",
            "LEARNING_RATE_TOO_HIGH",
            "BAD_INITIALIZATION",
        ),
        fixes=names(
            "CLIP_GRADIENTS",
            "CHANGE_HIDDEN_ACTIVATION",
            "LOWER_LEARNING_RATE",
            "CHANGE_INITIALIZER",
        ),
        faulty=lambda: recurrent(gain=2.0, learning_rate=0.05),
        healthy=lambda: recurrent(gain=1.0, learning_rate=0.01),
        data=digits_as_rows,
        fit={"epochs": 15},
    ),
    Row(
        name="class imbalance",
        symptoms=names("MINORITY_CLASS_IGNORED"),
        causes=names("CLASS_IMBALANCE"),
        fixes=names("WEIGHT_CLASSES"),
        faulty=lambda: mlp(12, (8,), 1, "sigmoid", "binary_crossentropy"),
        healthy=lambda: mlp(12, (8,), 1, "sigmoid", "binary_crossentropy"),
        data=lambda: two_classes(common=0.97),
        healthy_data=lambda: two_classes(common=0.5),
        fit={"epochs": 10},
    ),
    Row(
        name="missing normalisation",
        symptoms=names("NO_LEARNING", "UNDERFITTING", "LOSS_OSCILLATES", "SATURATED_ACTIVATIONS"),
        causes=names("INPUTS_NOT_NORMALIZED"),
        fixes=names("NORMALIZE_INPUTS"),
        faulty=wine_mlp,
        healthy=wine_mlp,
        data=wine_raw,
        healthy_data=wine,
        fit={"epochs": 30},
    ),
    Row(
        name="softmax on one unit",
        symptoms=names("CONSTANT_PREDICTIONS", "NO_LEARNING", "LOSS_METRIC_DISAGREE"),
        causes=names("WRONG_OUTPUT_ACTIVATION"),
        fixes=names("CHANGE_OUTPUT_ACTIVATION"),
        faulty=lambda: cancer_mlp(output="softmax"),
        healthy=cancer_mlp,
        data=cancer,
        fit={"epochs": 15},
    ),
    Row(
        name="ReLU before the loss",
        symptoms=names("NO_LEARNING", "UNDERFITTING", "DEAD_RELU", "CONSTANT_PREDICTIONS"),
        causes=names("WRONG_OUTPUT_ACTIVATION", "LOGITS_MISMATCH"),
        fixes=names("CHANGE_OUTPUT_ACTIVATION", "SET_FROM_LOGITS", "CHANGE_LOSS"),
        faulty=lambda: digit_mlp(output="relu", functional=True),
        healthy=lambda: digit_mlp(functional=True),
        data=digits,
        fit={"epochs": 15},
    ),
    Row(
        name="tanh before a regression",
        symptoms=names("UNDERFITTING", "CONSTANT_PREDICTIONS", "SATURATED_ACTIVATIONS"),
        causes=names("WRONG_OUTPUT_ACTIVATION", "TARGETS_NOT_SCALED"),
        fixes=names("CHANGE_OUTPUT_ACTIVATION", "SCALE_TARGETS"),
        faulty=lambda: regression_mlp(output="tanh", optimizer=adam(0.003)),
        healthy=lambda: regression_mlp(optimizer=adam(0.003)),
        data=diabetes_positive_targets,
        fit={"epochs": 30},
    ),
    Row(
        name="squared error on classes",
        symptoms=names("NO_LEARNING", "UNDERFITTING", "LOSS_METRIC_DISAGREE"),
        causes=names("WRONG_LOSS", "WRONG_OUTPUT_ACTIVATION"),
        fixes=names("CHANGE_LOSS", "CHANGE_OUTPUT_ACTIVATION"),
        faulty=lambda: digit_mlp(units=1, output=None, loss="mse"),
        healthy=digit_mlp,
        data=digits,
        fit={"epochs": 15},
    ),
    Row(
        name="logits taken for probabilities",
        symptoms=names("UNDERFITTING", "LOSS_OSCILLATES", "NO_LEARNING"),
        causes=names("LOGITS_MISMATCH", "WRONG_OUTPUT_ACTIVATION"),
        fixes=names("SET_FROM_LOGITS", "CHANGE_OUTPUT_ACTIVATION"),
        faulty=lambda: digit_mlp(output=None),
        healthy=digit_mlp,
        data=digits,
        fit={"epochs": 15},
    ),
)
