"""Alarms on runs with a fault, and none on their healthy twin."""

import warnings

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from keras_debugger.recording.live import ALARMS, Alarm, Alarms, TrainingAlarm
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import Ending

L = keras.layers
X, Y = load_digits(return_X_y=True)
X = (X[:320] / 16).astype("float32")
Y = Y[:320]


@pytest.fixture(autouse=True)
def _strict(monkeypatch):
    monkeypatch.setenv("KERAS_DEBUGGER_STRICT", "1")


def train(*, alarms, x=X, rate=0.01, bias="zeros", epochs=2, optimizer=None):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [L.Input((64,)), L.Dense(32, "relu", bias_initializer=bias), L.Dense(10, "softmax")]
    )
    model.compile(optimizer or keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    recorder = Recorder(alarms=alarms)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        history = model.fit(x, Y, batch_size=16, epochs=epochs, verbose=0, callbacks=[recorder])
    said = [str(w.message) for w in told if issubclass(w.category, TrainingAlarm)]
    return recorder.record, said, history


def test_a_healthy_run_is_left_alone():
    record, said, _ = train(alarms="stop")
    assert said == []
    assert record.ending is Ending.FINISHED


def test_nothing_is_judged_unless_asked():
    x = X.copy()
    x[5] = np.nan
    _, said, _ = train(alarms=None, x=x)
    assert said == []


def test_the_first_nan_stops_the_run_within_steps():
    x = X.copy()
    x[::40] = np.nan
    record, said, _ = train(alarms="stop", x=x, epochs=5)
    assert any(message.startswith("GRD103") for message in said)
    assert record.ending is Ending.STOPPED_EARLY
    assert "alarm" in record.ending_detail
    assert len(record.steps.step) <= 12


def test_a_dead_layer_stops_the_run_after_its_first_step():
    dead = keras.initializers.Constant(-30.0)
    record, said, _ = train(alarms="stop", bias=dead)
    assert any(message.startswith("ACT101") for message in said)
    assert len(record.steps.step) <= 2


def test_a_learning_rate_that_is_too_high_is_told_at_step_ten_and_goes_on():
    record, said, _ = train(alarms="warn", rate=1.0)
    assert any(message.startswith("GRD107") for message in said)
    assert len(record.steps.step) == 40
    assert len(said) == len({message.split()[0] for message in said})


def test_looks_are_few():
    alarms = Alarms("warn")
    assert [step for step in range(200) if alarms.wants_step(step)] == [1, 10, 50, 100, 150]
    assert not Alarms(None).wants_step(10)


def test_no_alarm_for_overfitting_and_late_checks_wait():
    assert "LOS110" not in {alarm.code for alarm in ALARMS}
    alarm = Alarm(code="LOS106", epochs=2, share=0.25)
    assert not alarm.is_due(steps=500, epochs=4, asked=20)
    assert alarm.is_due(steps=500, epochs=5, asked=20)
