"""What a recorder must never do: change the training, or leave anything behind."""

import copy
import json
import pickle
import random
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.errors import MissingBackendError
from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.run.run_log import RunLog
from keras_debugger.recording.step import step_statistics
from keras_debugger.recording.storage import load_record
from keras_debugger.types.vocabulary import Ending

L = keras.layers
RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(60, 5)).astype("float32")
Y = RANDOM.integers(0, 3, 60)


class Counting(keras.Sequential):
    """Counts how often its training step is traced."""

    traced = 0

    def train_step(self, data):
        type(self).traced += 1
        return super().train_step(data)


def build(kind=keras.Sequential, **arguments):
    keras.utils.set_random_seed(7)
    model = kind(
        [
            L.Input((5,)),
            L.Dense(8, activation="relu"),
            L.Dropout(0.4),
            L.BatchNormalization(),
            L.GaussianNoise(0.1),
            L.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        **arguments,
    )
    return model


def fit(model, *callbacks, **arguments):
    given = {"epochs": 2, "batch_size": 16, "verbose": 0} | arguments
    return model.fit(X, Y, callbacks=list(callbacks), **given)


def assert_same_weights(one, other):
    for a, b in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b))


def belongings(model):
    """What a model, its layers and its optimizer hold, by name, and which object each is."""
    owners = [model, model.optimizer, *model.layers]
    return [{name: type(value) for name, value in vars(owner).items()} for owner in owners]


def assert_untouched(model, plain):
    assert belongings(model) == belongings(plain)
    for owner in (model, model.optimizer, *model.layers):
        assert not {"train_step", "compute_loss", "apply", "update_step", "call"} & set(vars(owner))


@pytest.fixture(scope="module")
def plain():
    model = build()
    random.seed(1)
    model.by_fit = (
        fit(model, validation_data=(X[:9], Y[:9])).history,
        random.getstate(),
        np.random.get_state(),
    )
    return model


@pytest.mark.filterwarnings("ignore::keras_debugger.recording.live.TrainingAlarm")
def test_weights_history_and_random_states_are_those_of_a_plain_run(plain, tmp_path):
    history, python_state, numpy_state = plain.by_fit
    model = build()
    random.seed(1)
    recorder = Recorder(tmp_path, keep_bad_batch=True, alarms="warn")
    assert fit(model, recorder, validation_data=(X[:9], Y[:9])).history == history
    assert_same_weights(model, plain)
    for ours, theirs in zip(model.optimizer.variables, plain.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    assert random.getstate() == python_state
    assert str(np.random.get_state()) == str(numpy_state)
    del plain.by_fit
    assert_untouched(model, plain)
    plain.by_fit = history, python_state, numpy_state


def test_saving_cloning_and_pickling_work_as_before(tmp_path):
    model = build()
    fit(model, Recorder())
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for copied in (again, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(copied.predict(X, verbose=0), model.predict(X, verbose=0))
    keras.models.clone_model(model)
    plain = build()
    fit(plain)
    names = [
        sorted(
            name
            for name, _ in tf.train.list_variables(
                tf.train.Checkpoint(m).save(str(tmp_path / f"checkpoint{number}"))
            )
        )
        for number, m in enumerate((model, plain))
    ]
    assert names[0] == names[1]


class Fails(keras.callbacks.Callback):
    """Raises at a given place."""

    def __init__(self, hook, error):
        super().__init__()
        self._error = error
        setattr(self, hook, self._fail)

    def _fail(self, *arguments, **named):
        raise self._error


@pytest.mark.parametrize("hook", ["on_train_begin", "on_train_batch_end", "on_epoch_end"])
@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt()])
def test_nothing_is_left_when_another_callback_raises(hook, error):
    model, plain, recorder = build(), build(), Recorder()
    for one, callbacks in ((model, [recorder]), (plain, [])):
        with pytest.raises(type(error)):
            fit(one, *callbacks, Fails(hook, error))
    assert_untouched(model, plain)
    assert_same_weights(model, plain)
    written = recorder.record
    fit(model)
    fit(plain)
    assert_same_weights(model, plain)
    assert (recorder.record.step_logs is None) == (written.step_logs is None)
    if written.step_logs is not None:
        assert len(recorder.record.steps.step) == len(written.steps.step)


def test_an_exception_in_the_step_is_how_the_run_ended():
    model = build()
    labels = Y.copy()
    labels[40] = 99  # no such class
    recorder = Recorder()
    with pytest.raises(tf.errors.InvalidArgumentError):
        model.fit(X, labels, batch_size=16, verbose=0, shuffle=False, callbacks=[recorder])
    record = recorder.record
    assert record.ending is Ending.FAILED
    assert "InvalidArgumentError" in record.ending_detail
    assert len(record.steps.step) == 2
    assert "StandIn" not in type(model.train_function).__name__


def test_ctrl_c_in_the_step_is_how_the_run_ended():
    class Interrupted(keras.Sequential):
        def train_step(self, data):
            if int(self.optimizer.iterations) == 2:
                raise KeyboardInterrupt
            return super().train_step(data)

    model, recorder = build(Interrupted, run_eagerly=True), Recorder()
    with pytest.raises(KeyboardInterrupt):
        fit(model, recorder)
    assert recorder.record.ending is Ending.INTERRUPTED
    assert len(recorder.record.steps.step) == 2
    assert "compute_loss" not in vars(model)


def test_a_callback_that_stops_is_how_the_run_ended():
    model, recorder = build(), Recorder()
    stop = keras.callbacks.EarlyStopping(monitor="accuracy", patience=0, mode="min")
    fit(model, recorder, stop, epochs=9)
    assert recorder.record.ending is Ending.STOPPED_EARLY
    assert recorder.record.fit.epochs == 9


def test_one_extra_trace_in_the_life_of_a_model():
    Counting.traced = 0
    model, recorder = build(Counting), Recorder()
    for callbacks in ([recorder], [recorder], [], [recorder]):
        fit(model, *callbacks)
    watched, Counting.traced = Counting.traced, 0
    model = build(Counting)
    for _ in range(4):
        fit(model)
    assert watched <= Counting.traced + 1


def test_a_model_compiled_again_trains_with_its_new_optimizer():
    seen = []
    for callbacks in ([], [Recorder()]):
        model = build()
        fit(model, *callbacks)
        model.compile(keras.optimizers.SGD(0.3, clipnorm=0.1), "sparse_categorical_crossentropy")
        history = fit(model, *callbacks)
        assert int(model.optimizer.iterations) == 8
        seen.append((history.history, model))
    assert seen[0][0] == seen[1][0]
    assert_same_weights(seen[0][1], seen[1][1])
    record = callbacks[0].record
    np.testing.assert_allclose(record.steps.learning_rate, [0.01] * 8 + [0.3] * 8, rtol=1e-6)
    assert record.epochs.restarts == (2,)
    sgd = record.gradients.clipped_norm[8:]
    assert np.nanmax(sgd) <= 0.1001


def test_a_resumed_fit_goes_on_in_the_same_record():
    model, recorder = build(), Recorder()
    fit(model, recorder)
    fit(model, recorder, epochs=4, initial_epoch=2)
    record = recorder.record
    assert record.epochs.epoch.tolist() == [0, 1, 2, 3]
    assert record.steps.step.tolist() == list(range(16))
    assert record.steps.epoch.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4
    assert record.epochs.restarts == (2,)


def test_several_recorders_see_the_same(plain):
    model, one, other = build(), Recorder(every=1), Recorder(every=1)
    fit(model, one, other)
    assert_same_weights(model, plain)
    fit(model, other, one)
    np.testing.assert_array_equal(one.record.gradients.norm, other.record.gradients.norm)
    np.testing.assert_array_equal(one.record.steps.loss, other.record.steps.loss)
    assert len(one.record.steps.step) == 16
    assert not {"apply", "update_step"} & set(vars(model.optimizer))
    fit(model, one)
    assert len(one.record.steps.step) == 24
    assert len(other.record.steps.step) == 16


@pytest.mark.parametrize("place", ["in the step", "at the end of an epoch", "at the start"])
def test_an_error_of_ours_is_told_once_and_changes_nothing(place, plain, monkeypatch):
    def fail(*arguments, **named):
        raise RuntimeError("ours")

    monkeypatch.delenv("KERAS_DEBUGGER_STRICT")
    if place == "in the step":
        monkeypatch.setattr(step_statistics, "l2_norms", fail)
    elif place == "at the start":
        monkeypatch.setattr(RunLog, "begin", fail)
    else:
        monkeypatch.setattr(RunLog, "epoch_ends", fail)
    model, recorder = build(), Recorder()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        history = fit(model, recorder, validation_data=(X[:9], Y[:9])).history
    ours = [w for w in told if "keras_debugger" in str(w.message)]
    assert len(ours) == 1
    assert history == plain.by_fit[0]
    assert_same_weights(model, plain)
    assert recorder.record is not None


def test_keras_keeps_its_asynchronous_path():
    for hook in ("on_train_batch_end", "on_batch_end", "on_test_batch_end"):
        assert getattr(Recorder, hook) is getattr(keras.callbacks.Callback, hook)


def test_files_are_there_after_each_epoch(tmp_path):
    seen = []

    def look(epoch, logs):
        history = json.loads((tmp_path / "training_history.json").read_text())
        seen.append((len(history["loss"]), load_record(tmp_path / "record.npz").epochs.count))

    model = build()
    watch = keras.callbacks.LambdaCallback(on_epoch_end=look)
    history = fit(model, Recorder(tmp_path), watch, epochs=3)
    assert seen == [(1, 1), (2, 2), (3, 3)]
    assert json.loads((tmp_path / "training_history.json").read_text()) == history.history
    assert load_record(tmp_path / "record.npz").ending is Ending.FINISHED


def test_the_first_bad_batch_is_kept(tmp_path):
    x = X.copy()
    x[20, 2] = np.nan
    model, recorder = build(), Recorder(tmp_path, keep_bad_batch=True)
    model.fit(x, Y, batch_size=16, verbose=0, shuffle=False, callbacks=[recorder])
    np.testing.assert_array_equal(recorder.bad_batch.x, x[16:32])
    np.testing.assert_array_equal(recorder.bad_batch.y.ravel(), Y[16:32])
    assert recorder.record.gradients.first_nonfinite == (1, 0)
    with np.load(tmp_path / "bad_batch.npz") as saved:
        np.testing.assert_array_equal(saved["x0"], x[16:32])


def test_another_backend_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(MissingBackendError, match="got Keras on the jax backend"):
        Recorder()


@pytest.mark.parametrize(
    "arguments", [{"every": 0}, {"alarms": "loud"}, {"probe_data": [1]}], ids=str
)
def test_arguments_that_cannot_be_used_are_refused(arguments):
    with pytest.raises(ValueError, match="expected"):
        Recorder(**arguments)
