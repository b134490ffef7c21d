import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.metrics import (
    balanced_accuracy_score,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    roc_auc_score,
)

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.training.data import Part
from keras_debugger.training.scoring import choose_metric, constant_score, score_model


def part_of(x, y):
    rows = len(keras.tree.flatten(x)[0])
    return Part(x=x, y=y, sample_weight=None, rows=rows)


def model_of(inputs, units, activation, loss, *, metrics=(), seed=0):
    layers = [
        keras.layers.Input((inputs,)),
        keras.layers.Dense(
            units,
            activation=activation,
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        ),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", loss, metrics=list(metrics))
    return model


def score(model, x, y, name="auto"):
    metric = choose_metric(describe_model(model), profile_data(x, y), name)
    part = part_of(x, y)
    result = score_model(model, part, metric)
    if result.row_errors and result.finite:
        assert np.mean(result.row_errors) == pytest.approx(result.error)
    constant = constant_score(part, metric)
    assert constant.error == pytest.approx(result.constant_error)
    assert not constant.finite
    return metric, result


def answers_of(model, x):
    return keras.tree.map_structure(np.asarray, model(x, training=False))


def standard(x):
    return ((x - x.mean(0)) / (x.std(0) + 1e-6)).astype("float32")


@pytest.fixture(scope="module")
def wine():
    x, y = load_wine(return_X_y=True)
    return standard(x), y


@pytest.fixture(scope="module")
def cancer():
    x, y = load_breast_cancer(return_X_y=True)
    return standard(x), y


@pytest.fixture(scope="module")
def diabetes():
    x, y = load_diabetes(return_X_y=True)
    return standard(x), y.astype("float32")


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("logits", [False, True])
def test_accuracy_of_classes_is_that_of_the_largest_answer(wine, one_hot, logits):
    x, y = wine
    name = "CategoricalCrossentropy" if one_hot else "SparseCategoricalCrossentropy"
    model = model_of(
        13, 3, None if logits else "softmax", getattr(keras.losses, name)(from_logits=logits)
    )
    labels = np.eye(3, dtype="float32")[y] if one_hot else y
    metric, result = score(model, x, labels)
    answers = answers_of(model, x).argmax(axis=1)
    assert metric.name == "accuracy"
    assert result.value == pytest.approx(np.mean(answers == y))
    assert result.error == pytest.approx(min(1 - result.value, 1.5 * result.constant_error))
    assert result.constant_error == pytest.approx(1 - np.bincount(y).max() / len(y))


def test_the_loss_ratio_is_the_log_loss_over_the_entropy(wine):
    x, y = wine
    model = model_of(13, 3, "softmax", "sparse_categorical_crossentropy")
    _, result = score(model, x, y)
    shares = np.bincount(y) / len(y)
    entropy = -np.sum(shares * np.log(shares))
    probabilities = answers_of(model, x).astype(float)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    expected = log_loss(y, probabilities) / entropy
    assert result.loss_ratio == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("values", "activation", "loss", "cut"),
    [
        ((0, 1), "sigmoid", "binary_crossentropy", 0.5),
        ((0, 1), None, keras.losses.BinaryCrossentropy(from_logits=True), 0.0),
        ((0, 1), "sigmoid", keras.losses.BinaryCrossentropy(from_logits=True), 0.5),
        ((0, 1), None, "mean_squared_error", 0.5),
        ((-1, 1), "tanh", "mean_squared_error", 0.0),
        ((-1, 1), "tanh", "hinge", 0.0),
        ((1, 2), None, "mean_squared_error", 1.5),
    ],
)
def test_two_classes_in_one_unit_are_cut_where_the_head_says(cancer, values, activation, loss, cut):
    x, y = cancer
    model = model_of(30, 1, activation, loss)
    labels = np.asarray(values)[y]
    _, result = score(model, x, labels)
    answers = np.asarray(values)[(answers_of(model, x)[:, 0] > cut).astype(int)]
    assert result.value == pytest.approx(np.mean(answers == labels))


def test_two_classes_named_one_and_two_in_two_units_go_by_position(cancer):
    x, y = cancer
    model = model_of(30, 2, "softmax", "sparse_categorical_crossentropy")
    _, result = score(model, x, y + 1)
    answers = answers_of(model, x).argmax(axis=1)
    assert result.value == pytest.approx(np.mean(answers == y))


def test_unequal_classes_are_judged_by_balanced_accuracy(cancer):
    x, y = cancer
    rare = np.r_[np.flatnonzero(y == 1), np.flatnonzero(y == 0)[:25]]
    model = model_of(30, 1, "sigmoid", "binary_crossentropy")
    metric, result = score(model, x[rare], y[rare])
    answers = model.predict(x[rare], verbose=0)[:, 0] > 0.5
    assert metric.name == "balanced_accuracy"
    assert result.value == pytest.approx(balanced_accuracy_score(y[rare], answers))
    assert result.constant_error == pytest.approx(0.5)


def test_ten_equal_classes_are_not_called_unequal():
    x, y = load_digits(return_X_y=True)
    model = model_of(64, 10, "softmax", "sparse_categorical_crossentropy")
    metric, _ = score(model, x.astype("float32"), y)
    assert metric.name == "accuracy"


def test_the_area_under_the_curve_is_that_of_scikit_learn(cancer, wine):
    x, y = cancer
    model = model_of(30, 1, "sigmoid", "binary_crossentropy")
    _, result = score(model, x, y, "auc")
    area = roc_auc_score(y, answers_of(model, x)[:, 0])
    assert result.value == pytest.approx(area, abs=1e-6)
    x, y = wine
    model = model_of(13, 3, "softmax", "sparse_categorical_crossentropy")
    _, result = score(model, x, y, "auc")
    shares = answers_of(model, x).astype(float)
    shares /= shares.sum(axis=1, keepdims=True)
    assert result.value == pytest.approx(roc_auc_score(y, shares, multi_class="ovr"), abs=1e-5)


def test_the_spread_of_the_rows_of_the_area_is_its_standard_error(cancer):
    x, y = cancer
    model = model_of(30, 1, "sigmoid", "binary_crossentropy", seed=4)
    _, result = score(model, x, y, "auc")
    answers = answers_of(model, x)[:, 0]
    generator = np.random.default_rng(0)
    areas = []
    for _ in range(300):
        rows = generator.integers(0, len(y), len(y))
        areas.append(roc_auc_score(y[rows], answers[rows]))
    error = np.std(result.row_errors) / np.sqrt(len(y))
    assert error == pytest.approx(np.std(areas), rel=0.15)


def test_numbers_are_judged_by_r2(diabetes):
    x, y = diabetes
    y = (y - y.mean()) / y.std()
    model = model_of(10, 1, None, "mean_squared_error")
    metric, result = score(model, x, y)
    answers = answers_of(model, x)[:, 0]
    assert metric.name == "r2"
    assert result.value == pytest.approx(r2_score(y, answers), abs=1e-5)
    assert result.constant_error == pytest.approx(1.0)
    assert result.error == pytest.approx(min(1 - result.value, 1.5))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mae", mean_absolute_error),
        ("mse", mean_squared_error),
        ("mean_squared_error", mean_squared_error),
        ("loss", mean_squared_error),
    ],
)
def test_errors_can_be_asked_for_by_name(diabetes, name, expected):
    x, y = diabetes
    model = model_of(10, 1, None, "mean_squared_error")
    _, result = score(model, x, y, name)
    answers = answers_of(model, x)[:, 0]
    assert result.value == pytest.approx(expected(y, answers), rel=1e-5)
    guess = np.median(y) if name == "mae" else y.mean()
    assert result.constant_error == pytest.approx(expected(y, np.full(len(y), guess)), rel=1e-5)


@pytest.mark.parametrize("form", ["classes", "one-hot", "two"])
def test_a_crossentropy_is_computed_from_the_probabilities(wine, cancer, form):
    x, y = cancer if form == "two" else wine
    if form == "two":
        model = model_of(30, 1, None, keras.losses.BinaryCrossentropy(from_logits=True))
    else:
        name = (
            "categorical_crossentropy" if form == "one-hot" else "sparse_categorical_crossentropy"
        )
        model = model_of(13, 3, "softmax", name)
    labels = np.eye(3)[y] if form == "one-hot" else y
    _, result = score(model, x, labels, "loss")
    expected = model.evaluate(x, labels[:, None] if form == "two" else labels, verbose=0)
    assert result.value == pytest.approx(expected, rel=1e-4)


def test_an_own_loss_is_taken_from_the_model(diabetes):
    def pinball(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(0.9 * error, -0.1 * error), axis=-1)

    x, y = diabetes
    model = model_of(10, 1, None, pinball)
    metric, result = score_own(model, x, y)
    assert metric.name == "loss"
    assert result.value == pytest.approx(model.evaluate(x, y[:, None], verbose=0), rel=1e-4)
    assert len(result.row_errors) == len(y)
    other = model_of(10, 1, None, "mean_squared_error")
    with pytest.raises(ValueError, match="pinball is compared"):
        score_model(other, part_of(x, y), metric)


def score_own(model, x, y):
    metric = choose_metric(describe_model(model), profile_data(x, y), "loss")
    return metric, score_model(model, part_of(x, y), metric)


def test_a_head_that_a_fix_has_changed_is_read_anew(wine):
    x, y = wine
    original = model_of(13, 1, "sigmoid", "binary_crossentropy")
    metric = choose_metric(describe_model(original), profile_data(x, y))
    fixed = model_of(13, 3, "softmax", "sparse_categorical_crossentropy")
    before, after = (score_model(model, part_of(x, y), metric) for model in (original, fixed))
    assert metric.name == "accuracy"
    ones = np.rint(answers_of(original, x)[:, 0])
    assert before.value == pytest.approx(np.mean(ones == y))
    assert after.value == pytest.approx(np.mean(answers_of(fixed, x).argmax(1) == y))


def test_whole_numbers_under_a_loss_for_numbers_are_numbers_unless_accuracy_is_compiled(wine):
    x, y = wine
    assert score(model_of(13, 1, None, "mse"), x, y)[0].name == "r2"
    model = model_of(13, 1, None, "mse", metrics=["accuracy"])
    metric, result = score(model, x, y)
    assert metric.name == "accuracy"
    answers = np.clip(np.rint(answers_of(model, x)[:, 0]), 0, 2)
    assert result.value == pytest.approx(np.mean(answers == y), abs=0.01)


def test_a_model_that_answers_nan_scores_the_constant_predictor(wine):
    x, y = wine
    model = model_of(13, 3, "softmax", "sparse_categorical_crossentropy")
    model.set_weights([np.full(weight.shape, np.nan) for weight in model.get_weights()])
    _, result = score(model, x, y)
    assert not result.finite
    assert result.error == result.constant_error
    assert result.value == pytest.approx(np.bincount(y).max() / len(y))


def test_a_row_with_a_broken_input_counts_as_a_guess_and_the_others_as_answered(wine):
    x, y = wine
    model = model_of(13, 3, "softmax", "sparse_categorical_crossentropy")
    answers = answers_of(model, x).argmax(axis=1)
    broken = x.copy()
    broken[:5, 2] = np.nan
    _, result = score(model, broken, y)
    assert result.finite
    guess = np.bincount(y).argmax()
    expected = np.where(np.arange(len(y)) < 5, guess, answers)
    assert result.value == pytest.approx(np.mean(expected == y))


def test_an_exploded_model_counts_at_most_one_and_a_half_times_the_guess(diabetes):
    x, y = diabetes
    model = model_of(10, 1, None, "mse")
    model.set_weights([1e6 * np.ones(weight.shape) for weight in model.get_weights()])
    _, result = score(model, x, y)
    assert result.value < -1e3
    assert result.error == pytest.approx(1.5)


def test_several_outputs_count_alike(wine):
    x, y = wine
    inputs = keras.Input((13,))
    outputs = [
        keras.layers.Dense(3, activation="softmax", name="kind")(inputs),
        keras.layers.Dense(1, name="colour")(inputs),
    ]
    model = keras.Model(inputs, outputs)
    model.compile("adam", ["sparse_categorical_crossentropy", "mse"])
    metric, result = score(model, x, [y, x[:, 0]])
    kind, colour = answers_of(model, x)
    assert metric.name == "accuracy and r2"
    accuracy, r2 = np.mean(kind.argmax(1) == y), r2_score(x[:, 0], colour[:, 0])
    assert result.value == pytest.approx((accuracy + r2) / 2, abs=1e-5)


def test_labels_in_a_dict_meet_their_outputs(wine):
    x, y = wine
    inputs = keras.Input((13,))
    model = keras.Model(
        inputs,
        {
            "a": keras.layers.Dense(1, name="a")(inputs),
            "b": keras.layers.Dense(3, activation="softmax", name="b")(inputs),
        },
    )
    model.compile("adam", {"a": "mse", "b": "sparse_categorical_crossentropy"})
    metric, result = score(model, x, {"b": y, "a": x[:, :1]})
    assert {output.name: output.measure.value for output in metric.outputs} == {
        "a": "r2",
        "b": "accuracy",
    }
    answers = answers_of(model, x)
    parts = np.mean(answers["b"].argmax(1) == y), r2_score(x[:, 0], answers["a"][:, 0])
    assert result.value == pytest.approx(np.mean(parts), abs=1e-5)


def test_several_labels_a_row_are_judged_label_by_label(cancer):
    x, y = cancer
    labels = np.stack([y, x[:, 0] > 0, x[:, 1] > 0], axis=1).astype("float32")
    model = model_of(30, 3, "sigmoid", "binary_crossentropy")
    _, result = score(model, x, labels)
    answers = answers_of(model, x) > 0.5
    assert result.value == pytest.approx(np.mean(answers == labels))


def test_labels_for_each_step_are_judged_step_by_step():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(40, 6, 2)).astype("float32")
    y = generator.integers(0, 3, size=(40, 6))
    model = keras.Sequential(
        [keras.layers.Input((6, 2)), keras.layers.Dense(3, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    metric, result = score(model, x, y)
    assert metric.name == "accuracy"
    assert result.value == pytest.approx(np.mean(answers_of(model, x).argmax(-1) == y))
    assert len(result.row_errors) == 40


def test_a_metric_that_does_not_fit_is_refused(diabetes):
    x, y = diabetes
    model = describe_model(model_of(10, 1, None, "mse"))
    with pytest.raises(InvalidArgumentError, match="got metric='accuracy' for labels"):
        choose_metric(model, profile_data(x, y), "accuracy")
    with pytest.raises(InvalidArgumentError, match="expected auto or one of"):
        choose_metric(model, profile_data(x, y), "speed")
