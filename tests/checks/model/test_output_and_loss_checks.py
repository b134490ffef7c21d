"""Output activation, loss and labels: the combinations that train without a word and are wrong."""

import keras
import pytest
from described_models import classifier, labels, record_for

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.checks.model.output_cannot_reach_targets import OutputCannotReachTargets
from keras_debugger.checks.model.softmax_of_one_unit import SoftmaxOfOneUnit
from keras_debugger.checks.runner import run_checks
from keras_debugger.types.vocabulary import CauseKind, Severity

LOSSES = keras.losses
WRONG = [
    # units, activation, loss, labels, code, first cause
    (1, "softmax", "binary_crossentropy", "binary", "MOD101", "WRONG_OUTPUT_ACTIVATION"),
    (3, "softmax", "binary_crossentropy", "one-hot", "MOD106", "WRONG_LOSS"),
    (3, "softmax", "binary_crossentropy", "multi-hot", "MOD106", "WRONG_OUTPUT_ACTIVATION"),
    (3, "softmax", "categorical_crossentropy", "multi-hot", "MOD106", "WRONG_OUTPUT_ACTIVATION"),
    (3, "sigmoid", "categorical_crossentropy", "one-hot", "MOD105", "WRONG_OUTPUT_ACTIVATION"),
    (3, "sigmoid", "sparse_categorical_crossentropy", "classes", "MOD105", None),
    (3, None, "categorical_crossentropy", "one-hot", "MOD103", "LOGITS_MISMATCH"),
    (3, None, "sparse_categorical_crossentropy", "classes", "MOD103", "LOGITS_MISMATCH"),
    (1, None, "binary_crossentropy", "binary", "MOD103", "LOGITS_MISMATCH"),
    (1, "relu", "binary_crossentropy", "binary", "MOD102", "WRONG_OUTPUT_ACTIVATION"),
    (3, "relu", "categorical_crossentropy", "one-hot", "MOD102", "WRONG_OUTPUT_ACTIVATION"),
    (1, "tanh", "binary_crossentropy", "binary", "MOD102", "WRONG_OUTPUT_ACTIVATION"),
    (1, "sigmoid", "categorical_crossentropy", "binary", "MOD107", "WRONG_LOSS"),
    (1, "sigmoid", "mean_absolute_error", "binary", "MOD108", "WRONG_LOSS"),
    (3, "softmax", "mse", "one-hot", "MOD108", "WRONG_LOSS"),
    (3, "tanh", "hinge", "one-hot", "MOD108", "WRONG_LOSS"),
    (1, "sigmoid", "mse", "numbers", "MOD109", "WRONG_OUTPUT_ACTIVATION"),
    (1, "tanh", "huber", "numbers", "MOD109", "WRONG_OUTPUT_ACTIVATION"),
]
RIGHT = [
    (1, "sigmoid", "binary_crossentropy", "binary"),
    (3, "softmax", "categorical_crossentropy", "one-hot"),
    (3, "softmax", "sparse_categorical_crossentropy", "classes"),
    (3, "sigmoid", "binary_crossentropy", "multi-hot"),
    (3, None, LOSSES.SparseCategoricalCrossentropy(from_logits=True), "classes"),
    (1, None, LOSSES.BinaryCrossentropy(from_logits=True), "binary"),
    (1, None, "mse", "numbers"),
    (1, "sigmoid", "mse", "unit interval"),
    (1, "softplus", "mse", "unit interval"),
    (1, None, "mse", "classes"),  # counts, as far as anyone can tell
]


@pytest.mark.parametrize(("units", "activation", "loss", "form", "code", "cause"), WRONG)
def test_a_wrong_combination_is_named(units, activation, loss, form, code, cause):
    record = record_for(classifier(units, activation, loss), labels(form))
    results = run_checks(record, ALL_CHECKS)
    assert not results.crashed
    problems = {f.code: f for f in results.findings if f.severity > Severity.NOTE}
    assert set(problems) == {code}
    assert problems[code].place == "answer"
    if cause:
        assert problems[code].causes[0] is CauseKind[cause]


@pytest.mark.parametrize(("units", "activation", "loss", "form"), RIGHT)
def test_a_right_combination_is_silent(units, activation, loss, form):
    record = record_for(classifier(units, activation, loss), labels(form))
    results = run_checks(record, ALL_CHECKS)
    assert not results.crashed
    assert [f for f in results.findings if f.severity > Severity.NOTE] == []


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_probabilities_as_logits_are_a_note_since_keras_finds_the_logits(activation):
    units = 3 if activation == "softmax" else 1
    loss = (
        LOSSES.SparseCategoricalCrossentropy(from_logits=True)
        if units == 3
        else LOSSES.BinaryCrossentropy(from_logits=True)
    )
    record = record_for(classifier(units, activation, loss))
    (finding,) = [f for f in run_checks(record, ALL_CHECKS).findings if f.code == "MOD104"]
    assert finding.severity is Severity.NOTE
    assert finding.causes == (CauseKind.LOGITS_MISMATCH,)


@pytest.mark.parametrize(("loss", "form"), [("mse", "classes"), ("poisson", "binary")])
def test_labels_that_may_be_counts_need_an_accuracy_to_be_called_classes(loss, form):
    for metrics, named in (["mae"], False), (["accuracy"], True):
        record = record_for(classifier(1, None, loss, metrics=metrics), labels(form))
        assert ("MOD108" in {f.code for f in run_checks(record, ALL_CHECKS).findings}) is named


def test_the_certain_ones_are_errors_with_high_confidence():
    record = record_for(classifier(1, "softmax", "binary_crossentropy"), labels("binary"))
    (finding,) = SoftmaxOfOneUnit().run(record)
    assert finding.severity is Severity.ERROR
    assert finding.confidence >= 0.95


def test_excess_is_told_in_standard_deviations_of_the_targets():
    y = labels("numbers")
    (finding,) = OutputCannotReachTargets().run(record_for(classifier(1, "sigmoid", "mse"), y))
    assert finding.value == pytest.approx((y.max() - 1.0) / y.std(), rel=1e-4)
    (negative,) = OutputCannotReachTargets().run(record_for(classifier(1, "relu", "mse"), -y))
    assert negative.value == pytest.approx(y.max() / y.std(), rel=1e-4)


def test_an_activation_layer_of_its_own_counts_as_the_last_activation():
    model = keras.Sequential(
        [
            keras.layers.Input((6,)),
            keras.layers.Dense(3, name="answer"),
            keras.layers.Softmax(),
        ]
    )
    model.compile("adam", "categorical_crossentropy")
    results = run_checks(record_for(model, labels("one-hot")), ALL_CHECKS)
    assert [f.code for f in results.findings if f.severity > Severity.NOTE] == []
