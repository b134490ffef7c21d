"""One seed for all layers is seen from the first weights."""

import keras
import numpy as np
import pytest

from keras_debugger.checks.model.same_initial_weights import SameInitialWeights
from keras_debugger.checks.runner import run_checks
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import Severity


@pytest.mark.parametrize("shared", [True, False])
def test_one_seed_for_all(shared):
    keras.utils.set_random_seed(0)
    seeds = (1, 1) if shared else (1, 2)
    model = keras.Sequential(
        [
            keras.layers.Input((8,)),
            *(
                keras.layers.Dense(8, "relu", kernel_initializer=keras.initializers.HeNormal(seed))
                for seed in seeds
            ),
            keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(32, 8)).astype("float32")
    recorder = Recorder()
    model.fit(x, x[:, :1], epochs=1, verbose=0, callbacks=[recorder])
    findings = run_checks(recorder.record, [SameInitialWeights()]).findings
    assert bool(findings) is shared
    for finding in findings:
        assert finding.severity is Severity.NOTE
        assert finding.value == 2.0
