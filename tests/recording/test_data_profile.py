import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine

from keras_debugger.recording.data_profile import compare_data, profile_data
from keras_debugger.types.vocabulary import LabelForm


def labels_of(y, x=None):
    y = np.asarray(y)
    return profile_data(np.zeros((len(y), 2)) if x is None else x, y).labels[0]


@pytest.fixture(scope="module")
def wine():
    bunch = load_wine()
    return bunch.data.astype("float32"), bunch.target


def test_statistics_of_the_wine_data(wine):
    x, y = wine
    profile = profile_data(x, y)
    (found,) = profile.inputs
    table = x.astype(np.float64)
    assert (profile.rows, profile.sampled) == (178, 178)
    np.testing.assert_allclose(found.mean, table.mean(axis=0))
    np.testing.assert_allclose(found.sd, table.std(axis=0))
    np.testing.assert_allclose(found.median, np.median(table, axis=0))
    np.testing.assert_allclose(found.robust_sd, stats.iqr(table, axis=0) / 1.349)
    np.testing.assert_allclose(found.maximum, table.max(axis=0))
    assert found.largest == pytest.approx(1680.0)
    assert found.nonfinite_rows == 0
    assert not found.mean.flags.writeable


def test_classes_of_the_wine_data_are_in_order(wine):
    labels = profile_data(*wine).labels[0]
    assert labels.form is LabelForm.INTEGER_CLASSES
    assert labels.classes == (0.0, 1.0, 2.0)
    assert labels.counts == (59, 71, 48)
    assert labels.order > 0.9
    shuffled = np.random.default_rng(0).permutation(wine[1])
    assert labels_of(shuffled).order < 0.2


def test_targets_of_the_diabetes_data_are_numbers():
    bunch = load_diabetes()
    labels = profile_data(bunch.data, bunch.target).labels[0]
    assert labels.form is LabelForm.CONTINUOUS
    assert labels.integer_valued
    assert (labels.minimum, labels.maximum) == (25.0, 346.0)
    assert labels.sd == pytest.approx(bunch.target.std())
    assert labels.mean_abs_deviation == pytest.approx(
        np.abs(bunch.target - np.median(bunch.target)).mean()
    )


@pytest.mark.parametrize(
    ("labels", "form"),
    [
        (np.arange(60) % 3, LabelForm.INTEGER_CLASSES),
        (np.arange(60) % 3 + 1, LabelForm.INTEGER_CLASSES),
        ((np.arange(60) % 3)[:, np.newaxis], LabelForm.INTEGER_CLASSES),
        ((np.arange(60) % 3).astype("float32"), LabelForm.INTEGER_CLASSES),
        (np.arange(60) % 2 == 0, LabelForm.BINARY),
        (np.arange(60) % 2 * 2 - 1, LabelForm.BINARY),
        (np.arange(60) % 2 + 1.0, LabelForm.BINARY),
        (np.zeros(60, dtype=int), LabelForm.BINARY),
        (np.eye(4)[np.arange(60) % 4], LabelForm.ONE_HOT),
        (255 * np.eye(4, dtype="uint8")[np.arange(60) % 4], LabelForm.ONE_HOT),
        (0.9 * np.eye(4)[np.arange(60) % 4] + 0.025, LabelForm.ONE_HOT),
        (2.0 * np.eye(3)[np.arange(60) % 3] - 1.0, LabelForm.ONE_HOT),
        (np.random.default_rng(0).integers(0, 2, (60, 5)), LabelForm.MULTI_HOT),
        (np.random.default_rng(0).integers(0, 2, (60, 5)) > 0, LabelForm.MULTI_HOT),
        (np.random.default_rng(0).normal(size=60), LabelForm.CONTINUOUS),
        (np.random.default_rng(0).normal(size=(60, 3)), LabelForm.CONTINUOUS),
        (np.random.default_rng(0).integers(0, 9, (60, 7)), LabelForm.PER_STEP),
        (np.random.default_rng(0).integers(0, 4, (60, 7, 1)), LabelForm.PER_STEP),
        (np.eye(3)[np.random.default_rng(0).integers(0, 3, (60, 7))], LabelForm.PER_STEP),
        (np.random.default_rng(0).random((60, 8, 8, 1)), LabelForm.CONTINUOUS),
        (np.array(["a", "b"] * 30), LabelForm.OTHER),
        (np.arange(60) * 37, LabelForm.CONTINUOUS),
    ],
)
def test_form_of_labels(labels, form):
    assert labels_of(labels).form is form


def test_one_hot_classes_are_counted():
    labels = labels_of(np.eye(3)[[0, 0, 2, 2, 2]])
    assert (labels.classes, labels.counts) == ((0.0, 1.0, 2.0), (2, 0, 3))


def test_many_whole_numbers_are_classes_only_if_they_are_dense_from_zero():
    generator = np.random.default_rng(0)
    dense, spread = generator.integers(0, 100, 5000), generator.integers(0, 100, 5000) * 977
    assert labels_of(dense).form is LabelForm.INTEGER_CLASSES
    assert labels_of(spread).form is LabelForm.CONTINUOUS


def test_nan_in_labels_is_counted_and_left_out():
    labels = labels_of([1.5, 2.5, np.nan, np.inf, 3.5])
    assert labels.nonfinite == 2
    assert (labels.minimum, labels.maximum, labels.mean) == (1.5, 3.5, 2.5)


def test_nan_and_infinity_in_inputs_are_counted_in_all_rows():
    x = np.random.default_rng(0).normal(size=(50_000, 3)).astype("float32")
    x[123, 1] = np.nan
    x[123, 2] = np.inf
    x[-1, 1] = -np.inf
    profile = profile_data(x, None)
    (found,) = profile.inputs
    assert profile.sampled < profile.rows == 50_000
    assert found.nonfinite.tolist() == [0, 2, 1]
    assert found.nonfinite_rows == 2
    assert np.isfinite(found.maximum).all()
    assert np.isfinite(found.mean).all()
    assert profile.labels == ()


def test_a_feature_of_nan_alone_has_no_statistics():
    x = np.column_stack([np.full(20, np.nan), np.arange(20.0)])
    (found,) = profile_data(x, None).inputs
    assert np.isnan(found.mean[0])
    assert np.isnan(found.maximum[0])
    assert found.mean[1] == 9.5


def test_huge_values_do_not_overflow():
    (found,) = profile_data(np.array([[1e300], [-1e300], [1e300], [0.0]]), None).inputs
    assert found.sd[0] == pytest.approx(np.std([1.0, -1.0, 1.0, 0.0]) * 1e300)


def test_channels_are_the_features_of_images():
    images = load_digits().images[:, :, :, np.newaxis]
    (found,) = profile_data(images, None).inputs
    assert found.shape == (8, 8, 1)
    assert found.mean.shape == (1,)
    assert found.mean[0] == pytest.approx(images.mean())


def test_outliers_are_counted():
    x = np.random.default_rng(0).normal(size=(1000, 2))
    x[:5, 1] = 1e6
    (found,) = profile_data(x, None).inputs
    assert found.outlier_share.tolist() == [0.0, 0.005]


def test_constant_features_and_repeated_rows():
    x = np.random.default_rng(0).normal(size=(100, 4))
    x[:, 2] = 7.0
    x[50:60] = x[:10]
    profile = profile_data(x, None)
    assert profile.constant_features == 1
    assert profile.duplicate_rows == 10


def test_nested_inputs_and_labels_keep_their_names():
    x = {"b": np.zeros((9, 2)), "a": np.zeros((9, 3), "uint8")}
    profile = profile_data(x, [np.arange(9), np.ones((9, 1))], np.ones(9))
    assert [(item.name, item.dtype) for item in profile.inputs] == [
        ("a", "uint8"),
        ("b", "float64"),
    ]
    assert len(profile.labels) == 2
    assert profile.weighted


def test_column_names_of_a_table_are_kept():
    class Table:
        columns = ("height", "weight")

        def __array__(self, dtype=None, copy=None):
            return np.zeros((5, 2))

    assert profile_data(Table(), None).inputs[0].names == ("height", "weight")


def test_text_has_no_statistics():
    (found,) = profile_data(np.array([["a"], ["b"]]), None).inputs
    assert found.mean.size == 0
    assert found.nonfinite_rows == 0


def test_very_many_features_are_sampled_and_named_by_number():
    x = np.zeros((50, 30_000), dtype="float32")
    (found,) = profile_data(x, None).inputs
    assert found.mean.shape == (10_000,)
    assert found.names[-1] == "feature 29999"


def test_a_tensor_is_read():
    tensorflow = pytest.importorskip("tensorflow")
    assert profile_data(tensorflow.ones((4, 2)), tensorflow.zeros(4)).rows == 4


def test_the_same_seed_gives_the_same_profile():
    x = np.random.default_rng(0).normal(size=(30_000, 2))
    first, second = (profile_data(x, None, seed=3).inputs[0] for _ in range(2))
    np.testing.assert_array_equal(first.mean, second.mean)
    assert profile_data(x, None, seed=4).inputs[0].mean[0] != first.mean[0]


NUMBERS = hnp.arrays(
    st.sampled_from(["float32", "float64", "int8", "int64", "uint8", "bool", "float16"]),
    hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6),
)


@settings(max_examples=150, deadline=None)
@given(x=NUMBERS, y=NUMBERS)
def test_any_numbers_can_be_profiled_and_compared(x, y):
    before = x.tobytes(), y.tobytes()
    x.setflags(write=False)
    profile = profile_data(x, y)
    assert profile.rows == len(x)
    labels = profile.labels[0]
    assert sum(labels.counts) >= 0
    assert 0.0 <= labels.order <= 1.0
    assert 0.0 <= labels.outlier_share <= 1.0
    shift = compare_data(x, y, x, y)
    assert shift.missing_classes == ()
    assert np.nan_to_num(shift.feature_distance).max(initial=0.0) == 0.0
    assert (x.tobytes(), y.tobytes()) == before


def test_simple_models_see_the_signal_and_its_absence(wine):
    x, y = wine
    for model in profile_data(x, y, simple_models=True).simple_models:
        assert model.score > 0.9
        assert model.chance == pytest.approx(1 / 3)
        assert model.chance_high < 0.6
    mixed = np.random.default_rng(1).permutation(y)
    for model in profile_data(x, mixed, simple_models=True).simple_models:
        assert model.score < 0.55


def test_simple_models_on_numbers_with_broken_values():
    bunch = load_diabetes()
    x = bunch.data.copy()
    x[3, 2], x[5, 1] = np.nan, np.inf
    models = profile_data(x, bunch.target, simple_models=True).simple_models
    assert max(model.score for model in models) > 0.35
    assert all(model.chance_high < 0.2 for model in models)


def test_simple_models_are_not_tried_where_they_say_nothing():
    x, halves = np.random.default_rng(0).normal(size=(100, 3)), np.arange(100) % 2
    assert profile_data(x[:10], np.arange(10) % 2, simple_models=True).simple_models == ()
    assert profile_data(x, np.zeros(100), simple_models=True).simple_models == ()
    assert profile_data(x, np.arange(100) % 50, simple_models=True).simple_models == ()
    assert profile_data(np.zeros((100, 3)), halves, simple_models=True).simple_models == ()


def test_halves_of_one_set_do_not_differ():
    bunch = load_breast_cancer()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    x, y = bunch.data[order], bunch.target[order]
    shift = compare_data(x[:400], y[:400], x[400:], y[400:])
    assert shift.p_value > 0.05
    assert shift.missing_classes == shift.absent_classes == ()
    assert shift.duplicates == 0


def test_distance_is_that_of_scipy():
    x = load_wine().data
    shift = compare_data(x[:100], None, x[100:], None)
    expected = [stats.ks_2samp(a, b).statistic for a, b in zip(x[:100].T, x[100:].T, strict=True)]
    np.testing.assert_allclose(shift.feature_distance, expected)


def test_another_scale_in_validation_is_seen():
    images = load_digits().images[..., np.newaxis]
    shift = compare_data(images[:900] / 16.0, None, images[900:], None)
    assert shift.p_value < 1e-6
    assert shift.scale_ratio == pytest.approx(16.0, rel=0.1)
    assert shift.offset > 3.0


def test_classes_that_one_part_lacks():
    x, y = load_digits(return_X_y=True)
    rising = np.argsort(y, kind="stable")
    x, y = x[rising], y[rising]
    shift = compare_data(x[:1400], y[:1400], x[1400:], y[1400:])
    assert shift.missing_classes == (8.0, 9.0)
    assert 0.0 in shift.absent_classes
    one_hot = np.eye(10)[y]
    same = compare_data(x[:1400], one_hot[:1400], x[1400:], one_hot[1400:])
    assert same.missing_classes == shift.missing_classes


def test_rows_in_both_parts_are_counted():
    x = np.random.default_rng(0).normal(size=(500, 3)).astype("float32")
    validation = np.concatenate([x[:30], x[:10] + 1.0])
    assert compare_data(x, None, validation, None).duplicates == 30


def test_parts_of_unlike_form_are_compared_as_far_as_possible():
    shift = compare_data(np.zeros((9, 3)), np.arange(9), np.zeros((9, 4)), np.zeros((9, 2)))
    assert shift.feature_distance.size == 0
    assert shift.missing_classes == ()
    assert compare_data(None, None, None, None).duplicates == 0
