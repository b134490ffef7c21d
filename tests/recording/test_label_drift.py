"""Labels that change from batch to batch, measured and recorded."""

import keras
import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_digits

from keras_debugger.checks.data.label_drift import LabelsDriftBetweenBatches
from keras_debugger.checks.runner import run_checks
from keras_debugger.recording.data.label_drift import label_drift
from keras_debugger.recording.recorder import Recorder


def test_numbers_are_an_f_ratio():
    values = np.random.default_rng(0).normal(size=400) + np.repeat(np.arange(10), 40) * 0.2
    groups = values.reshape(10, 40)
    between = 40 * groups.mean(axis=1).var(ddof=1)
    assert label_drift(values, 40, classes=False) == pytest.approx(between / values.var())


def test_classes_are_about_chi_square():
    labels = np.random.default_rng(0).integers(0, 2, 640)
    table = np.stack([labels.reshape(20, 32).sum(axis=1), 32 - labels.reshape(20, 32).sum(axis=1)])
    expected = stats.chi2_contingency(table, correction=False).statistic / 19
    assert label_drift(labels, 32, classes=True) == pytest.approx(expected)
    assert label_drift(np.sort(labels), 32, classes=True) > 25


def test_too_few_batches_or_equal_labels_say_nothing():
    assert np.isnan(label_drift(np.arange(60), 32, classes=False))
    assert np.isnan(label_drift(np.ones(600), 32, classes=True))


@pytest.mark.parametrize("shuffled", [True, False])
def test_a_dataset_that_is_not_shuffled_is_seen(shuffled):
    x, y = load_digits(return_X_y=True)
    order = np.argsort(y, kind="stable")
    if shuffled:
        order = np.random.default_rng(0).permutation(order)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((64,)), keras.layers.Dense(10, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    recorder = Recorder()
    x = (x[order] / 16.0).astype("float32")
    model.fit(x, y[order], batch_size=64, epochs=2, shuffle=False, verbose=0, callbacks=[recorder])
    results = run_checks(recorder.record, [LabelsDriftBetweenBatches()])
    assert bool(results.findings) is not shuffled
    assert not results.skipped
