"""A record that takes long to write is written whole now and then; nothing is lost between."""

import dataclasses
import os
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.run import saving
from keras_debugger.recording.run.plain_values import to_plain
from keras_debugger.recording.storage import load_record, save_record

X = np.random.default_rng(0).normal(size=(600, 2)).astype("float32")
PROGRAM = """
import sys, time
import keras
import numpy as np
from keras_debugger import Recorder
from keras_debugger.recording.run import saving

saving.SLOW_SAVING, saving.SHARE_OF_SAVING = 0.0, 1e-9
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.random.default_rng(0).normal(size=(600, 2)).astype("float32")
tell = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: print("epoch", flush=True))
callbacks = [Recorder(sys.argv[1]), tell]
model.fit(x, x[:, :1], epochs=9999, batch_size=8, verbose=0, callbacks=callbacks)
"""


@pytest.fixture
def _slow(monkeypatch):
    monkeypatch.setattr(saving, "SLOW_SAVING", 0.0)
    monkeypatch.setattr(saving, "SHARE_OF_SAVING", 1e-9)


def assert_same(one, other):
    """Compare two records, but for the time that passed between them."""
    arrays = {}, {}
    plain = [
        to_plain(dataclasses.replace(record, seconds=0.0), found)
        for record, found in zip((one, other), arrays, strict=True)
    ]
    assert plain[0] == plain[1]
    for name, array in arrays[0].items():
        np.testing.assert_array_equal(array, arrays[1][name], err_msg=name)


@pytest.mark.usefixtures("_slow")
def test_a_file_and_its_tail_are_the_whole_record(tmp_path):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    recorder = Recorder(tmp_path)
    sizes = []

    def compare(epoch, logs):
        assert_same(load_record(tmp_path), recorder.record)
        sizes.append((tmp_path / "record.npz").stat().st_size)

    look = keras.callbacks.LambdaCallback(on_epoch_end=compare)
    model.fit(X, X[:, :1], batch_size=8, epochs=6, verbose=0, callbacks=[recorder, look])
    assert len(set(sizes)) == 1  # one file was written, all the rest went to the tail
    assert not (tmp_path / "record.tail.npz").exists()
    assert_same(load_record(tmp_path), recorder.record)


@pytest.mark.usefixtures("_slow")
def test_the_tail_of_another_record_is_left_out(tmp_path):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    recorder = Recorder(tmp_path)
    kept = []

    def keep(epoch, logs):
        if epoch == 2:
            kept.append((tmp_path / "record.tail.npz").read_bytes())

    look = keras.callbacks.LambdaCallback(on_epoch_end=keep)
    model.fit(X, X[:, :1], batch_size=8, epochs=3, verbose=0, callbacks=[recorder, look])
    save_record(recorder.record, tmp_path)
    (tmp_path / "record.tail.npz").write_bytes(kept[0])
    assert_same(load_record(tmp_path), recorder.record)


def test_a_killed_process_loses_at_most_an_epoch(tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            for _ in range(5):
                assert program.stdout.readline() == "epoch\n"
        finally:
            os.kill(program.pid, signal.SIGKILL)
        seen = 5 + program.stdout.read().count("epoch")
    record = load_record(tmp_path)
    assert record.ending == "running"
    assert seen <= record.epochs.count <= seen + 1
    steps = 75 * record.epochs.count
    assert record.steps.step.tolist() == record.gradients.step.tolist() == list(range(steps))
    assert np.isfinite(record.gradients.norm).all()
