"""Rows with wild targets are left out of scores, where they would hide all other errors."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.training.judged_rows import is_judged
from keras_debugger.training.part import Part
from keras_debugger.training.scoring import choose_metric, score_model
from keras_debugger.training.wild_targets import limit_metric, note_on_wild_targets


@pytest.fixture(scope="module")
def model():
    made = keras.Sequential([keras.layers.Input((10,)), keras.layers.Dense(1)])
    made.compile("adam", "mse")
    return made


def diabetes(wild_rows=()):
    x, y = load_diabetes(return_X_y=True)
    y = ((y - y.mean()) / y.std())[:, np.newaxis]
    y[list(wild_rows)] = 60.0
    return Part(x=x.astype("float32"), y=y, sample_weight=None, rows=len(y))


def metric_for(model, part):
    metric = choose_metric(describe_model(model), profile_data(part.x, part.y))
    return metric, limit_metric(metric, part.y)


def test_wild_targets_are_not_judged(model):
    part = diabetes(wild_rows=(3, 50, 100))
    whole, limited = metric_for(model, part)
    assert np.flatnonzero(~is_judged(part, limited)).tolist() == [3, 50, 100]
    kept = np.delete(np.arange(part.rows), [3, 50, 100])
    sound = Part(x=part.x[kept], y=part.y[kept], sample_weight=None, rows=len(kept))
    expected = score_model(model, sound, whole)
    found = score_model(model, part, limited)
    assert found.error == pytest.approx(expected.error)
    assert len(found.row_errors) == part.rows - 3
    (note,) = note_on_wild_targets(part, limited)
    assert "3 of 442 held-out rows" in note


def test_sound_targets_are_all_judged(model):
    part = diabetes()
    whole, limited = metric_for(model, part)
    assert limited == whole
    assert is_judged(part, limited).all()
    assert note_on_wild_targets(part, limited) == ()


def test_many_far_targets_are_no_outliers(model):
    part = diabetes(wild_rows=range(0, 442, 4))
    assert metric_for(model, part)[0] == metric_for(model, part)[1]


def test_classes_have_no_limits():
    made = keras.Sequential([keras.layers.Input((10,)), keras.layers.Dense(3, "softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    part = diabetes()
    y = np.arange(part.rows) % 3
    metric = choose_metric(describe_model(made), profile_data(part.x, y))
    assert limit_metric(metric, y) == metric
