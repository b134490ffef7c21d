"""The four checks by their usual names."""

import keras
import numpy as np

from keras_debugger.baseline import (
    check_convergence_rate,
    check_gradient_health,
    check_loss_divergence,
    check_overfitting,
)
from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.storage import save_record

NAN = float("nan")


def codes(findings):
    return [found.code for found in findings]


def test_each_runs_its_own_checks():
    assert codes(check_loss_divergence({"loss": [1.0, 0.5, NAN]})) == ["LOS101"]
    assert codes(check_convergence_rate({"loss": [0.5] * 6})) == ["LOS106"]
    curves = {"loss": [0.9, 0.5, 0.3, 0.2, 0.1], "val_loss": [0.9, 0.6, 0.7, 0.9, 1.2]}
    assert codes(check_overfitting(curves)) == ["LOS110"]
    assert check_loss_divergence(curves) == ()


def test_gradients_of_a_recorder_and_of_its_file(tmp_path):
    x = np.linspace(-1, 1, 64, dtype="float32").reshape(-1, 1)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e18), "mse")
    recorder = Recorder()
    model.fit(x, 1e6 * x, epochs=3, verbose=0, callbacks=[recorder])
    found = check_gradient_health(recorder)
    assert found
    assert all(code.startswith("GRD") for code in codes(found))
    file = save_record(recorder.record, tmp_path / "run.npz")
    assert codes(check_gradient_health(file)) == codes(found)
    assert check_gradient_health({"loss": [1.0, 0.5]}) == ()
