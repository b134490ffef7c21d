"""What simple models reach is looked at when a diagnosis is asked for, not while a model trains."""

import keras
import numpy as np
import pytest

from keras_debugger import diagnose
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import Severity

L = keras.layers
RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(300, 6)).astype("float32")
SIGNAL = (X[:, 0] > 0).astype("int64")


def trained(labels, **arguments):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([L.Input((6,)), L.Dense(8, "relu"), L.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    recorder = Recorder(**arguments)
    model.fit(X, labels, epochs=8, verbose=0, validation_split=0.2, callbacks=[recorder])
    return recorder


@pytest.mark.parametrize("given", [True, False])
def test_labels_without_signal_are_told(given):
    labels = RANDOM.integers(0, 2, 300)
    recorder = trained(labels, probe_data=(X, labels) if given else None)
    assert recorder.record.data.simple_models == ()
    state = str(np.random.get_state())
    found = {finding.code for finding in diagnose(recorder).problems}
    assert "DAT111" in found
    assert str(np.random.get_state()) == state
    assert recorder.record.data.simple_models == recorder.full_record().data.simple_models != ()


def test_labels_with_signal_are_left_alone():
    diagnosis = diagnose(trained(SIGNAL))
    assert "DAT111" in diagnosis.checked
    assert not [f for f in diagnosis.findings if f.code == "DAT111" and f.severity > Severity.NOTE]


def test_nothing_was_trained():
    assert Recorder().full_record().data_profile is None
