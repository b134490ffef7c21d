"""Scale, NaN, constant values and outliers of inputs."""

import keras
import numpy as np
import pytest
from profiled_data import network, profiled, wine
from sklearn import datasets

from keras_debugger.checks.data.constant_features import ConstantFeatures
from keras_debugger.checks.data.input_outliers import InputOutliers
from keras_debugger.checks.data.inputs_constant import InputsConstant
from keras_debugger.checks.data.nan_in_inputs import NanInInputs
from keras_debugger.checks.data.not_normalised import InputsNotNormalised
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom

CHECKS = (
    InputsNotNormalised(),
    NanInInputs(),
    InputsConstant(),
    ConstantFeatures(),
    InputOutliers(),
)


def sound_inputs():
    random = np.random.default_rng(0)
    cancer = datasets.load_breast_cancer().data
    return {
        "standardised": wine()[0],
        "standardised with natural tails": (cancer - cancer.mean(0)) / cancer.std(0),
        "one-hot": np.eye(30, dtype="float32")[random.integers(0, 30, 500)],
        "rare truth values": (random.random((500, 6)) < 0.02).astype("float32") + 0.0,
        "images from 0 to 1": random.random((40, 8, 8, 3)).astype("float32"),
        "series": random.normal(size=(50, 20, 2)).astype("float32"),
        "small whole numbers": random.integers(0, 5, (200, 4)).astype("float32"),
        "diabetes as shipped": datasets.load_diabetes().data,
    }


@pytest.mark.parametrize("name", sound_inputs())
def test_sound_inputs_have_no_problem(name):
    x = sound_inputs()[name]
    record = profiled(x, np.arange(len(x)) % 2)
    found = [f for check in CHECKS for f in check.run(record) if f.severity > Severity.NOTE]
    assert found == []


def test_raw_wine_is_told_with_its_largest_feature():
    x, y = wine(scaled=False)
    (finding,) = InputsNotNormalised().run(profiled(x, y))
    assert finding.place == "feature 12"  # proline, 278 to 1680
    assert finding.value == pytest.approx(x[:, 12].max())
    assert finding.severity is Severity.WARNING
    assert finding.causes == (CauseKind.INPUTS_NOT_NORMALIZED,)


def test_pixels_of_whole_numbers():
    x = (datasets.load_digits().images * 15).astype("uint8")[..., None]
    (finding,) = InputsNotNormalised().run(profiled(x, datasets.load_digits().target))
    assert finding.value == 240.0


def test_far_from_zero_and_tiny():
    random = np.random.default_rng(0)
    years = random.normal(20.0, 0.1, (300, 3))
    (far,) = InputsNotNormalised().run(profiled(years, np.arange(300) % 2))
    assert far.value == pytest.approx(200, rel=0.1)
    tiny = random.random((300, 3)) / 255 / 255
    (small,) = InputsNotNormalised().run(profiled(tiny, np.arange(300) % 2))
    assert small.value < 1e-5


def test_a_model_that_normalises_makes_it_a_note():
    x, y = wine(scaled=False)
    normalise = keras.layers.Normalization()
    normalise.adapt(x)
    for layer in (normalise, keras.layers.BatchNormalization(), keras.layers.Rescaling(0.001)):
        model = network(13, loss="sparse_categorical_crossentropy", units=3, first=[layer])
        (finding,) = InputsNotNormalised().run(profiled(x, y, model=model))
        assert finding.severity is Severity.NOTE


def test_tokens_for_an_embedding_are_no_measurements():
    tokens = np.random.default_rng(0).integers(0, 5000, (100, 12))
    model = keras.Sequential(
        [
            keras.layers.Input((12,), dtype="int32"),
            keras.layers.Embedding(5000, 4),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    assert InputsNotNormalised().run(profiled(tokens, np.arange(100) % 2, model=model)) == ()


def test_nan_in_training_and_in_validation():
    x, y = wine()
    broken = x.copy()
    broken[3:5, 2] = np.nan
    broken[5, 7] = np.inf
    (finding,) = NanInInputs().run(profiled(broken, y))
    assert finding.value == 3.0
    assert finding.place == "feature 2"
    assert finding.severity is Severity.ERROR
    (held_out,) = NanInInputs().run(profiled(x, y, held_out=(broken[:60], y[:60])))
    assert "validation" in held_out.summary


def test_inputs_that_carry_nothing():
    x = np.tile(np.linspace(0.0, 1.0, 5), (50, 1))
    (finding,) = InputsConstant().run(profiled(x, np.arange(50) % 2))
    assert finding.severity is Severity.ERROR
    assert finding.symptom is Symptom.CONSTANT_PREDICTIONS
    assert finding.causes == (CauseKind.INPUTS_CONSTANT,)
    assert ConstantFeatures().run(profiled(x, np.arange(50) % 2)) == ()


def test_some_constant_features_are_a_note():
    x, y = wine()
    x = np.column_stack([x, np.ones(len(x))])
    (finding,) = ConstantFeatures().run(profiled(x, y))
    assert (finding.severity, finding.place, finding.value) == (Severity.NOTE, "feature 13", 1.0)


def test_one_mistyped_value_is_an_outlier_and_no_scale():
    x, y = wine()
    x[7, 4] = 1e4
    record = profiled(x, y)
    (finding,) = InputOutliers().run(record)
    column = x[:, 4]
    low, high = np.quantile(column, [0.25, 0.75])
    expected = (1e4 - np.median(column)) / ((high - low) / 1.349)
    assert finding.place == "feature 4"
    assert finding.value == pytest.approx(expected, rel=1e-3)
    assert finding.severity is Severity.WARNING
    assert InputsNotNormalised().run(record) == ()
