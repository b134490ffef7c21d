"""When a large record is written again."""

import keras
import numpy as np

from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.run import saving
from keras_debugger.recording.storage import load_record


def test_a_record_that_takes_long_to_write_is_written_less_often(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DEBUGGER_STRICT", "1")
    monkeypatch.setattr(saving, "SLOW_SAVING", 0.0)
    monkeypatch.setattr(saving, "SHARE_OF_SAVING", 1e-6)
    written = []
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: written.append(load_record(tmp_path).epochs.count)
    )
    x = np.ones((8, 2), "float32")
    model.fit(x, x[:, :1], epochs=4, verbose=0, callbacks=[Recorder(tmp_path), look])
    assert written == [1, 1, 1, 1]
    assert load_record(tmp_path).epochs.count == 4
