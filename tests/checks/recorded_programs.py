"""Small real programs that are recorded once a session; each fault is one changed field."""

from dataclasses import dataclass
from functools import cache

import keras
import numpy as np
from sklearn import datasets

from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.record import TrainingRecord


@dataclass(frozen=True, kw_only=True)
class Program:
    """A classifier of 480 digits with pixels from 0 to 1, unless something is changed."""

    hidden: tuple[int, ...] = (32, 16)
    activation: str = "relu"
    output: str = "softmax"
    units: int = 10
    loss: str = "sparse_categorical_crossentropy"
    kernel: str = "glorot_uniform"
    bias: float = 0.0
    optimizer: str = "adam"
    rate: float = 5e-3
    clipnorm: float | None = None
    pixels: float = 1.0
    nan_rows: int = 0
    epochs: int = 6
    steps_to_zero: int = 0


@cache
def record_of(program: Program) -> TrainingRecord:
    """Train a program and return what the recorder saw."""
    keras.utils.set_random_seed(0)
    x, y = digits(program)
    model = build(program)
    recorder = Recorder(probe_data=(x[:360], y[:360], x[360:], y[360:]))
    model.fit(
        x[:360],
        y[:360],
        validation_data=(x[360:], y[360:]),
        epochs=program.epochs,
        batch_size=24,
        verbose=0,
        callbacks=[recorder],
    )
    return recorder.record


def digits(program: Program) -> tuple[np.ndarray, np.ndarray]:
    bunch = datasets.load_digits()
    x = (bunch.data[:480] / 16.0 * program.pixels).astype("float32")
    x[: program.nan_rows, 10] = np.nan
    return x, bunch.target[:480]


def build(program: Program) -> keras.Model:
    kernel = program.kernel
    if kernel.startswith("normal "):
        kernel = keras.initializers.RandomNormal(stddev=float(kernel.split()[1]), seed=1)
    layers = [keras.layers.Input((64,))]
    for number, width in enumerate(program.hidden):
        layers.append(
            keras.layers.Dense(
                width,
                activation=program.activation,
                kernel_initializer=kernel,
                bias_initializer=keras.initializers.Constant(program.bias),
                name=f"hidden_{number}",
            )
        )
    layers.append(keras.layers.Dense(program.units, activation=program.output, name="answer"))
    model = keras.Sequential(layers, name="digits")
    rate = program.rate
    if program.steps_to_zero:
        rate = keras.optimizers.schedules.PolynomialDecay(rate, program.steps_to_zero, 0.0)
    optimizers = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}
    optimizer = optimizers[program.optimizer](rate, clipnorm=program.clipnorm)
    model.compile(optimizer, program.loss, metrics=["accuracy"])
    return model
