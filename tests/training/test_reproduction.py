"""Callbacks as code: what the fixed model was trained with, for a script without this package."""

import keras
import numpy as np
import pytest

from keras_debugger.training.reproduction import callback_code

EPOCHS = 4


def made_again(callback, *, rate=0.1):
    return eval(callback_code(callback, rate=rate, epochs=EPOCHS), {"keras": keras})


@pytest.mark.parametrize(
    "callback",
    [
        keras.callbacks.EarlyStopping(
            monitor="val_accuracy",
            mode="max",
            min_delta=0.01,
            patience=4,
            baseline=0.5,
            restore_best_weights=True,
            start_from_epoch=2,
        ),
        keras.callbacks.EarlyStopping(min_delta=0.02),
        keras.callbacks.ReduceLROnPlateau(
            monitor="loss",
            mode="min",
            factor=0.3,
            patience=2,
            min_delta=0.05,
            cooldown=3,
            min_lr=1e-5,
        ),
        keras.callbacks.TerminateOnNaN(),
    ],
)
def test_a_callback_is_written_with_all_that_it_was_made_with(callback):
    again = made_again(callback)
    assert type(again) is type(callback)
    told = {name: value for name, value in vars(callback).items() if not callable(value)}
    assert {name: vars(again)[name] for name in told} == told


def rates_of(callback):
    """Rate after each epoch of a training with a callback."""
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    rates = []
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: rates.append(float(model.optimizer.learning_rate))
    )
    model.fit(
        np.ones((4, 2)), np.ones((4, 1)), epochs=EPOCHS, callbacks=[callback, keep], verbose=0
    )
    return rates


@pytest.mark.parametrize(
    "schedule", [lambda epoch: 0.3 / (1 + epoch), lambda epoch, rate: 0.5 * rate]
)
def test_a_schedule_of_the_users_is_written_as_its_rates(schedule):
    callback = keras.callbacks.LearningRateScheduler(schedule)
    again = made_again(callback)
    assert rates_of(again) == pytest.approx(rates_of(callback), rel=1e-6)
    assert len(set(rates_of(again))) == EPOCHS
