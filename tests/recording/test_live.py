"""Alarms on runs with a fault, and none on their healthy twin."""

import warnings

import keras
import numpy as np
from sklearn.datasets import load_digits

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.recording.live import ALARMS, Alarm, Alarms, TrainingAlarm
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import Ending, Symptom

L = keras.layers
X, Y = load_digits(return_X_y=True)
X = (X[:320] / 16).astype("float32")
Y = Y[:320]


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


def told_in_epochs(model, x=X, labels=Y, *, alarms="warn", epochs=1):
    """Codes of the alarms that were new at each epoch end, and the record."""
    recorder, seen = Recorder(alarms=alarms), []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        count = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: seen.append(len(told)))
        model.fit(
            x,
            labels,
            batch_size=16,
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=[recorder, count],
        )
    parts = [told[low:high] for low, high in zip([0, *seen], seen, strict=False)]
    return [
        [str(w.message).split()[0] for w in part if issubclass(w.category, TrainingAlarm)]
        for part in parts
    ], recorder.record


def network(*hidden, optimizer):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([L.Input((64,)), *hidden, L.Dense(10, "softmax")])
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model


def test_weights_that_are_zero_are_told_after_the_first_step():
    model = network(L.Dense(32, "relu", kernel_initializer="zeros"), optimizer="sgd")
    told, record = told_in_epochs(model, alarms="stop", epochs=2)
    assert {"ACT106", "MOD110"} & set(told[0])
    assert record.ending is Ending.STOPPED_EARLY
    assert len(record.steps.step) <= 2


def test_gradients_that_vanish_are_told_at_the_end_of_the_first_epoch():
    hidden = [L.Dense(32, "sigmoid") for _ in range(10)]
    told, _ = told_in_epochs(network(*hidden, optimizer=keras.optimizers.SGD(0.01)), epochs=2)
    assert "GRD102" in told[0]


def test_a_learning_rate_that_is_too_low_is_told_at_the_end_of_the_first_epoch():
    model = network(L.Dense(32, "relu"), optimizer=keras.optimizers.SGD(1e-7))
    assert "GRD108" in told_in_epochs(model, epochs=2)[0][0]


def test_a_long_run_with_a_low_rate_that_does_its_work_is_left_alone():
    model = network(L.Dense(32, "relu"), optimizer=keras.optimizers.Adam(2e-4))
    told, record = told_in_epochs(model, alarms="stop", epochs=30)
    assert told == [[]] * 30
    assert record.epochs.values["loss"][-1] < 0.7 * record.epochs.values["loss"][0]


def test_a_run_that_does_not_learn_is_told_at_a_quarter_and_goes_on():
    model = network(L.Dense(32, "relu"), optimizer=keras.optimizers.SGD(1e-7))
    told, _ = told_in_epochs(model, epochs=12)
    assert len(told) == 12
    assert [epoch for epoch, codes in enumerate(told) if "LOS106" in codes] == [2]


def test_looks_are_few_and_glances_are_regular():
    alarms = Alarms("warn")
    assert [s for s in range(400) if alarms.wants_step(s)] == [1, 10, 50, 75, 112, 168, 252, 378]
    assert [s for s in range(200) if alarms.wants_glance(s)] == [50, 100, 150]
    epochs = [epoch for epoch in range(1, 60) if alarms.wants_epoch(epoch, {"loss": 1.0})]
    assert epochs[:40] == list(range(1, 41))
    assert epochs[40:44] == [42, 44, 46, 48]
    assert alarms.wants_epoch(epochs[-1] + 1, {"loss": float("nan")})
    for wants in (Alarms(None).wants_step, Alarms(None).wants_glance):
        assert not wants(100)
    assert not Alarms(None).wants_epoch(1, {"loss": float("nan")})


def test_a_value_that_stops_being_finite_late_is_told_within_fifty_steps():
    x = np.concatenate([X] * 16)
    x[16 * 217] = np.nan
    model = network(L.Dense(8, "relu"), optimizer="sgd")
    told, record = told_in_epochs(model, x, np.concatenate([Y] * 16), alarms="stop")
    assert "GRD103" in told[0]
    assert record.gradients.first_nonfinite[0] == 217
    assert 217 < record.steps.step[-1] <= 217 + 51
    assert record.ending is Ending.STOPPED_EARLY


def test_no_alarm_for_overfitting_and_late_checks_wait():
    alarms = {alarm.code for alarm in ALARMS}
    assert alarms <= {check.code for check in ALL_CHECKS}
    overfitting = {check.code for check in ALL_CHECKS if check.symptom is Symptom.OVERFITTING}
    assert overfitting
    assert not overfitting & alarms
    alarm = Alarm(code="LOS106", epochs=2, share=0.25)
    assert not alarm.is_due(steps=500, epochs=4, asked=20)
    assert alarm.is_due(steps=500, epochs=5, asked=20)
