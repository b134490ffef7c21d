"""How a run ended, and what fit was given, also where no hook of Keras tells it."""

import subprocess
import sys
import textwrap
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.run.fit_call import find_fit
from keras_debugger.recording.storage import load_record
from keras_debugger.types.vocabulary import Ending

L = keras.layers
RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(48, 4)).astype("float32")
Y = RANDOM.integers(0, 2, 48)


def build():
    model = keras.Sequential([L.Input((4,)), L.Dense(4, "relu"), L.Dense(2, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


class Raises(keras.callbacks.Callback):
    def __init__(self, error):
        super().__init__()
        self._error = error

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            raise self._error


@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt()])
@pytest.mark.parametrize("comes_first", [True, False])
def test_a_run_that_another_callback_left_is_not_running(error, comes_first, tmp_path):
    model, recorder = build(), Recorder(tmp_path)
    callbacks = [Raises(error), recorder] if comes_first else [recorder, Raises(error)]
    with pytest.raises(type(error)):
        model.fit(X, Y, epochs=5, batch_size=16, verbose=0, callbacks=callbacks)
    record = recorder.record
    assert record.ending is Ending.UNFINISHED
    assert "before its end" in record.ending_detail
    assert len(record.steps.step) == 6
    assert record.seconds == record.steps.seconds[-1]
    assert load_record(tmp_path).ending is Ending.UNFINISHED
    model.fit(X, Y, epochs=1, batch_size=16, verbose=0, callbacks=[recorder])
    assert recorder.record.ending is Ending.FINISHED


def test_a_run_that_goes_on_is_running():
    seen, recorder, model = [], Recorder(), build()
    look = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append(recorder.record.ending),
        on_epoch_end=lambda epoch, logs: seen.append(recorder.record.ending),
    )

    def train():
        model.fit(X, Y, epochs=2, verbose=0, callbacks=[recorder, look])

    thread = threading.Thread(target=train)
    thread.start()
    while thread.is_alive():
        seen.append(recorder.record.ending if recorder.record.step_logs else Ending.RUNNING)
        thread.join(0.05)
    assert set(seen[:-1]) == {Ending.RUNNING}
    assert recorder.record.ending is Ending.FINISHED


SCRIPT = """
    import os, sys
    import keras, numpy as np
    from keras_debugger import Recorder

    class Ends(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                {end}

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    recorder = Recorder(sys.argv[1])
    model.fit(np.ones((32, 4), "float32"), np.zeros(32), epochs=5, verbose=0, batch_size=8,
              callbacks=[Ends(), recorder])
"""


@pytest.mark.parametrize(
    ("end", "ending", "detail", "epochs"),
    [
        ("raise ValueError('of mine')", Ending.FAILED, "ValueError: of mine", 2),
        ("raise KeyboardInterrupt", Ending.INTERRUPTED, "Ctrl-C", 2),
        ("os.kill(os.getpid(), 9)", Ending.RUNNING, "the end of the run was not seen", 2),
    ],
    ids=["exception", "interrupt", "kill -9"],
)
def test_what_is_on_disk_when_the_process_is_gone(end, ending, detail, epochs, tmp_path):
    script = textwrap.dedent(SCRIPT.format(end=end))
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=False, text=True
    )
    assert done.returncode != 0
    record = load_record(tmp_path)
    assert record.ending is ending
    assert record.ending_detail == detail
    assert record.epochs.count == epochs
    assert len(record.steps.step) >= 8
    assert not list(tmp_path.glob("*.tmp"))


def test_what_fit_was_given():
    model, recorder = build(), Recorder()
    model.fit(
        X,
        Y,
        epochs=1,
        verbose=0,
        shuffle=False,
        class_weight={0: 1.0, 1: 3.0},
        validation_split=0.25,
        callbacks=[keras.callbacks.TerminateOnNaN(), recorder],
    )
    fit = recorder.record.fit
    assert fit.shuffle is False
    assert dict(fit.class_weight) == {0: 1.0, 1: 3.0}
    assert fit.callbacks == ("TerminateOnNaN",)
    assert fit.has_validation
    assert fit.validation_rows == 12


def test_the_order_of_a_dataset_is_not_known():
    model, recorder = build(), Recorder()
    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(16)
    model.fit(data, epochs=1, verbose=0, shuffle=False, callbacks=recorder)
    assert recorder.record.fit.shuffle is None
    assert recorder.record.fit.callbacks == ()
    assert find_fit(model) is None


def test_a_loop_of_steps_has_no_fit():
    model, recorder = build(), Recorder()
    wrong = np.where(Y == 1, 7, Y)  # no such class
    with pytest.raises(tf.errors.InvalidArgumentError), recorder.attach(model):
        model.train_on_batch(X, wrong)
    assert recorder.record.ending is Ending.FAILED
    assert recorder.record.fit.shuffle is None
