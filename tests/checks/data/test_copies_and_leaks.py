"""Features that are copies of others, and features that give the answer away."""

import numpy as np
import pytest
from profiled_data import diabetes, profiled, wine
from sklearn import datasets

from keras_debugger.checks.base import TooShortError
from keras_debugger.checks.data.duplicate_features import DuplicateFeatures
from keras_debugger.checks.data.leakage import LeakageSuspect
from keras_debugger.types.vocabulary import Severity


def with_column(x, column):
    return np.concatenate([x, np.asarray(column, "float32").reshape(-1, 1)], axis=1)


def test_a_feature_in_another_unit_is_a_copy():
    x, y = wine()
    (finding,) = DuplicateFeatures().run(profiled(with_column(x, 1.8 * x[:, 4] + 32.0), y))
    assert finding.place == "feature 13"
    assert "feature 13 of feature 4" in finding.summary
    assert finding.value == 1.0
    assert finding.severity is Severity.NOTE


def test_grey_images_with_three_channels_are_copies():
    grey = datasets.load_digits().images[:200, :, :, np.newaxis] / 16.0
    (finding,) = DuplicateFeatures().run(profiled(np.repeat(grey, 3, axis=3), np.arange(200) % 10))
    assert finding.value == 2.0


@pytest.mark.parametrize("name", ["wine", "iris", "breast_cancer", "digits", "diabetes"])
def test_sound_data_have_neither_copies_nor_leaks(name):
    bunch = getattr(datasets, f"load_{name}")()
    record = profiled(bunch.data, bunch.target, simple_models=True)
    assert DuplicateFeatures().run(record) == ()
    assert LeakageSuspect().run(record) == ()


def test_rare_truth_values_agree_by_chance():
    x = np.zeros((300, 4), "float32")
    x[7, 1:3] = 1.0
    x[:, 3] = np.random.default_rng(0).normal(size=300)
    assert DuplicateFeatures().run(profiled(x, np.arange(300) % 2)) == ()


def test_the_label_among_the_features_is_the_answer_itself():
    x, y = wine()
    record = profiled(with_column(x, np.array([5.0, -1.0, 2.0])[y]), y, simple_models=True)
    (finding,) = LeakageSuspect().run(record)
    assert finding.place == "feature 13"
    assert finding.severity is Severity.WARNING
    assert finding.symptom is None


def test_the_target_in_another_unit_is_the_answer_itself():
    x, y = diabetes()
    (finding,) = LeakageSuspect().run(
        profiled(with_column(x, 3.0 * y + 7.0), y, simple_models=True)
    )
    assert finding.place == "feature 10"
    assert finding.severity is Severity.WARNING


def test_a_noisy_trace_of_the_target_is_a_suspect():
    x, y = diabetes()
    noise = np.random.default_rng(0).normal(size=len(y))
    record = profiled(with_column(x, y + 0.05 * noise), y, simple_models=True)
    (finding,) = LeakageSuspect().run(record)
    best = max(model.score for model in profiled(x, y, simple_models=True).data.simple_models)
    assert finding.severity is Severity.NOTE
    assert finding.value == pytest.approx(1.0 - best, abs=0.1)  # the trace leaves next to no error


def test_an_easy_class_is_no_leak():
    bunch = datasets.load_iris()
    record = profiled(bunch.data, (bunch.target == 0) * 1, simple_models=True)
    assert record.data.strong_feature.score == 1.0  # petals alone tell setosa
    assert LeakageSuspect().run(record) == ()


def test_an_autoencoder_does_not_leak():
    pixels = datasets.load_digits().data[:300]
    record = profiled(pixels, pixels + 0.0, simple_models=True)
    assert LeakageSuspect().run(record) == ()


def test_without_simple_models_it_cannot_judge():
    with pytest.raises(TooShortError, match="simple models"):
        LeakageSuspect().run(profiled(*wine()))
