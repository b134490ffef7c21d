"""The user's LearningRateScheduler under a plan that scales the rate."""

import keras
import numpy as np
import pytest

from keras_debugger.training.callbacks import callbacks_of_trial
from keras_debugger.types.edit import ScaleLearningRate, Schedule, SetSchedule

EPOCHS = 4


def by_epoch(epoch):
    return 0.1 / (1 + epoch)


def from_the_present(epoch, rate):
    return rate if epoch == 0 else 0.5 * rate


def rates(callbacks, start):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(start), "mse")
    x = np.ones((4, 2), "float32")
    log = model.fit(x, x[:, :1], epochs=EPOCHS, callbacks=callbacks, verbose=0).history
    return np.array(log["learning_rate"])


@pytest.mark.parametrize("schedule", [by_epoch, from_the_present])
@pytest.mark.parametrize("factor", [0.1, 10.0])
def test_every_rate_is_scaled_once(schedule, factor):
    users = [keras.callbacks.LearningRateScheduler(schedule)]
    plain = rates(callbacks_of_trial(users, ()), 0.1)
    edits = (ScaleLearningRate(factor=factor),)
    scaled = rates(callbacks_of_trial(users, edits), 0.1 * factor)
    np.testing.assert_allclose(scaled, factor * plain, rtol=1e-5)
    assert users[0].schedule is schedule


def test_a_schedule_of_an_edit_takes_its_place():
    users = [keras.callbacks.LearningRateScheduler(by_epoch)]
    edits = (ScaleLearningRate(factor=10.0), SetSchedule(schedule=Schedule.COSINE))
    assert callbacks_of_trial(users, edits) == []
