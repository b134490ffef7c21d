"""Values, scale, balance and meaning of labels."""

from dataclasses import replace

import numpy as np
import pytest
from profiled_data import diabetes, network, profiled, wine

from keras_debugger.checks.base import TooShortError
from keras_debugger.checks.data.class_imbalance import ClassImbalance
from keras_debugger.checks.data.labels_do_not_fit import LabelsDoNotFitLoss
from keras_debugger.checks.data.labels_without_signal import LabelsWithoutSignal
from keras_debugger.checks.data.memorised_labels import MemorisedLabels
from keras_debugger.checks.data.nan_in_labels import NanInLabels
from keras_debugger.checks.data.target_outliers import TargetOutliers
from keras_debugger.checks.data.target_scale import TargetsNotScaled
from keras_debugger.types.record import EpochLogs, FitDescription, PredictionLog, SimpleModel
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom

SPARSE = "sparse_categorical_crossentropy"


@pytest.mark.parametrize(
    ("loss", "units", "labels", "cause"),
    [
        ("binary_crossentropy", 1, lambda y: np.where(y > 0, 1.0, -1.0), "LABELS_CORRUPTED"),
        ("binary_crossentropy", 1, lambda y: y.astype("float32"), "WRONG_LOSS"),
        ("binary_crossentropy", 1, lambda y: 255.0 * (y > 0), "LABELS_CORRUPTED"),
        (SPARSE, 3, lambda y: y / 255.0, "LABELS_CORRUPTED"),
        (SPARSE, 3, lambda y: y + 1, "LABELS_CORRUPTED"),
        (SPARSE, 3, lambda y: y - 1, "LABELS_CORRUPTED"),
        (SPARSE, 3, lambda y: np.zeros_like(y), "LABELS_CORRUPTED"),
        ("poisson", 1, lambda y: y - 1.5, "WRONG_LOSS"),
        ("mean_squared_logarithmic_error", 1, lambda y: y - 2.5, "WRONG_LOSS"),
        ("mean_absolute_percentage_error", 1, lambda y: y - 0.5, "WRONG_LOSS"),
        ("mean_absolute_percentage_error", 1, lambda y: y, "WRONG_LOSS"),  # zeros among them
    ],
)
def test_labels_that_the_loss_cannot_use(loss, units, labels, cause):
    x, y = wine()
    activation = {1: "sigmoid", 3: "softmax"}[units]
    model = network(13, loss=loss, units=units, activation=activation)
    (finding,) = LabelsDoNotFitLoss().run(profiled(x, labels(y), model=model))
    assert finding.severity is Severity.ERROR
    assert finding.confidence >= 0.95
    assert finding.causes[0] is CauseKind[cause]


@pytest.mark.parametrize(
    ("loss", "units", "labels"),
    [
        ("binary_crossentropy", 1, lambda y: (y > 0) * 1),
        ("binary_crossentropy", 1, lambda y: 0.05 + 0.9 * (y > 0)),  # smoothed
        (SPARSE, 3, lambda y: y),
        (SPARSE, 3, lambda y: y.astype("float32")),
        (SPARSE, 4, lambda y: y + 1),  # class 0 never occurs
        ("hinge", 1, lambda y: np.where(y > 0, 1.0, -1.0)),
        ("mse", 1, lambda y: 1000.0 * y),
        ("poisson", 1, lambda y: y),
        ("mean_absolute_percentage_error", 1, lambda y: y + 1.0),
    ],
)
def test_labels_that_the_loss_can_use(loss, units, labels):
    x, y = wine()
    model = network(13, loss=loss, units=units, activation="softmax" if units > 1 else None)
    assert LabelsDoNotFitLoss().run(profiled(x, labels(y), model=model)) == ()


def test_nan_in_labels():
    x, y = diabetes()
    assert NanInLabels().run(profiled(x, y)) == ()
    y = y.copy()
    y[[2, 9]] = np.nan
    (finding,) = NanInLabels().run(profiled(x, y))
    assert finding.value == 2.0
    assert finding.causes == (CauseKind.NAN_IN_DATA,)


def test_targets_that_were_not_reached_are_a_problem_and_reached_ones_are_not():
    x, y = diabetes()
    model = network(10)
    large = 100.0 + 80.0 * y
    variance = float(np.var(large))

    def record(targets, last):
        losses = np.array([variance * 1.5, last])
        logs = EpochLogs(epoch=np.arange(2), values={"loss": losses})
        return replace(profiled(x, targets, model=model), epoch_logs=logs)

    (finding,) = TargetsNotScaled().run(record(large, 0.95 * variance))
    assert finding.severity > Severity.NOTE
    assert finding.value == pytest.approx(np.median(large), rel=1e-3)
    (note,) = TargetsNotScaled().run(record(large, 0.4 * variance))
    assert note.severity is Severity.NOTE
    assert TargetsNotScaled().run(record(y, 0.95)) == ()


def test_mistyped_targets_are_outliers_and_no_scale():
    x, y = diabetes()
    y = y.copy()
    y[:9] = 60.0
    record = profiled(x, y, model=network(10))
    (finding,) = TargetOutliers().run(record)
    deviation = np.abs(y - np.median(y)).mean()
    assert finding.value == pytest.approx((60.0 - np.median(y)) / deviation, rel=1e-3)
    assert finding.causes == (CauseKind.OUTLIERS,)
    assert TargetsNotScaled().run(record) == ()
    robust = profiled(x, y, model=network(10, loss="mae"))
    assert TargetOutliers().run(robust)[0].severity is Severity.NOTE


@pytest.mark.parametrize("kind", ["normal", "exponential", "half zero", "uniform"])
def test_natural_targets_have_no_outliers(kind):
    random = np.random.default_rng(0)
    y = {
        "normal": random.normal(size=400),
        "exponential": random.exponential(size=400),
        "half zero": np.maximum(random.normal(size=400), 0.0),
        "uniform": random.uniform(-5, 5, 400),
    }[kind]
    assert TargetOutliers().run(profiled(random.normal(size=(400, 10)), y, model=network(10))) == ()


def test_imbalance_is_a_note_unless_the_rare_class_is_ignored():
    x, _ = diabetes()
    y = (np.arange(len(x)) % 25 == 0).astype(int)  # 4 %
    record = profiled(x, y)
    (note,) = ClassImbalance().run(record)
    assert note.severity is Severity.NOTE
    shares = np.bincount(y) / len(y)
    assert note.value == pytest.approx(-(shares * np.log2(shares)).sum())
    ignored = replace(record, prediction_log=answers(recall=(1.0, 0.1)))
    (finding,) = ClassImbalance().run(ignored)
    assert finding.severity is Severity.WARNING
    assert finding.causes == (CauseKind.CLASS_IMBALANCE,)
    weighted = replace(ignored, fit_description=FitDescription(class_weight={0: 0.5, 1: 12.0}))
    assert ClassImbalance().run(weighted)[0].severity is Severity.NOTE
    fine = replace(record, prediction_log=answers(recall=(1.0, 0.9)))
    assert ClassImbalance().run(fine)[0].severity is Severity.NOTE


def test_too_few_rows_of_a_class_to_know_anything_of_it():
    x, _ = diabetes()
    y = (np.arange(len(x)) % 40 == 0).astype(int)
    record = replace(profiled(x, y), prediction_log=answers(recall=(1.0, 0.9)))
    (finding,) = ClassImbalance().run(record)
    assert finding.severity is Severity.WARNING
    assert finding.causes == (CauseKind.CLASS_IMBALANCE,)
    assert f"{y.sum()} in all" in finding.summary
    weighted = replace(record, fit_description=FitDescription(class_weight={0: 0.5, 1: 20.0}))
    assert ClassImbalance().run(weighted)[0].severity is Severity.NOTE
    first_batches = replace(record, data_profile=replace(record.data, complete=False))
    assert ClassImbalance().run(first_batches)[0].severity is Severity.NOTE


def test_class_weights_that_work_against_the_rare_class():
    x, _ = diabetes()
    y = (np.arange(len(x)) % 10 == 0).astype(int)
    record = replace(profiled(x, y), prediction_log=answers(recall=(1.0, 0.6)))
    reversed_weights = FitDescription(class_weight={0: 10.0, 1: 1.0})
    (finding,) = ClassImbalance().run(replace(record, fit_description=reversed_weights))
    assert finding.severity is Severity.WARNING
    assert finding.symptom is Symptom.MINORITY_CLASS_IGNORED
    assert "class weights make it 1.1%" in finding.summary
    (note,) = ClassImbalance().run(record)
    assert note.severity is Severity.NOTE


def test_equal_classes_are_silent():
    assert ClassImbalance().run(profiled(*wine())) == ()


def test_permuted_labels_carry_no_signal():
    x, y = wine()
    shuffled = np.random.default_rng(3).permutation(y)
    record = profiled(x, shuffled, simple_models=True)
    (note,) = LabelsWithoutSignal().run(record)
    assert note.severity is Severity.NOTE  # the network may do better
    guess = replace(record, prediction_log=answers(recall=(0.3, 0.4, 0.3)))
    (finding,) = LabelsWithoutSignal().run(guess)
    assert finding.severity is Severity.ERROR
    assert finding.value <= finding.limit
    assert finding.causes == (CauseKind.LABELS_CORRUPTED,)
    assert LabelsWithoutSignal().run(profiled(x, y, simple_models=True)) == ()
    with pytest.raises(TooShortError, match="simple models"):
        LabelsWithoutSignal().run(profiled(x, y))


def test_labels_learnt_by_heart():
    x, y = wine()
    model = network(13, loss=SPARSE, units=3, activation="softmax")
    record = profiled(x[:100], y[:100], held_out=(x[100:], y[100:]), model=model)
    chance = np.bincount(y).max() / len(y)

    def with_curves(train, held_out):
        values = {"accuracy": np.array(train), "val_accuracy": np.array(held_out)}
        return replace(record, epoch_logs=EpochLogs(epoch=np.arange(4), values=values))

    memorised = with_curves([0.4, 0.6, 0.8, 0.9], [chance] * 4)
    (finding,) = MemorisedLabels().run(memorised)
    assert abs(finding.value) < 1.5
    assert finding.severity is Severity.ERROR
    assert MemorisedLabels().run(with_curves([0.4, 0.6, 0.8, 0.9], [0.4, 0.6, 0.7, 0.8])) == ()
    assert MemorisedLabels().run(with_curves([chance] * 4, [chance] * 4)) == ()

    def beside_simple_model(progress):
        simple = SimpleModel(
            name="tree", score=0.33 + 0.1 * progress, chance=0.33, chance_high=0.43
        )
        profile = replace(memorised.data_profile, simple_models=(simple,))
        return replace(memorised, data_profile=profile)

    assert MemorisedLabels().run(beside_simple_model(2.0)) == ()
    (doubtful,) = MemorisedLabels().run(beside_simple_model(1.2))
    assert doubtful.severity is Severity.WARNING
    assert doubtful.confidence < finding.confidence
    assert doubtful.causes == (CauseKind.LABELS_CORRUPTED, CauseKind.OVERCAPACITY)


def answers(*, recall):
    one = np.zeros(1)
    return PredictionLog(
        step=one.astype(int),
        rows=100,
        spread=one,
        mean=one,
        finite=np.ones(1, bool),
        recall=np.array([recall]),
    )
