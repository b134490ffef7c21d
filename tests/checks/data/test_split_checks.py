"""How training and validation relate, and the order of rows."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from profiled_data import diabetes, network, profiled, wine
from sklearn import datasets

from keras_debugger import Recorder
from keras_debugger.checks.data.duplicates import DuplicatesAcrossParts
from keras_debugger.checks.data.fed_in_order import swing
from keras_debugger.checks.data.not_shuffled import OrderedRowsNotShuffled
from keras_debugger.checks.data.preprocessing_mismatch import PreprocessingMismatch
from keras_debugger.checks.data.unrepresentative_split import UnrepresentativeSplit
from keras_debugger.types.record import PredictionLog
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom

CHECKS = (
    DuplicatesAcrossParts(),
    OrderedRowsNotShuffled(),
    PreprocessingMismatch(),
    UnrepresentativeSplit(),
)


@pytest.mark.parametrize("load", [wine, diabetes])
@pytest.mark.parametrize("rows", [16, 60])
def test_a_random_split_is_silent(load, rows):
    x, y = load()
    record = profiled(x[rows:], y[rows:], held_out=(x[:rows], y[:rows]))
    assert [f for check in CHECKS for f in check.run(record)] == []


@pytest.mark.parametrize("change", [lambda x: 2 * x - 1, lambda x: x / 255, lambda x: x + 3])
def test_another_scaling_of_validation(change):
    x, y = wine()
    record = profiled(x[60:], y[60:], held_out=(change(x[:60]), y[:60]))
    (finding,) = PreprocessingMismatch().run(record)
    assert finding.value >= 0.3
    assert finding.causes[0] is CauseKind.PREPROCESSING_MISMATCH
    assert finding.symptom is Symptom.VALIDATION_MISMATCH
    assert [f for f in UnrepresentativeSplit().run(record) if f.severity > Severity.NOTE] == []


@pytest.mark.parametrize(("offset", "severity"), [(1.0, Severity.NOTE), (3.0, Severity.WARNING)])
def test_held_out_rows_that_are_far_off_are_told_of_though_the_run_ends_well(offset, severity):
    x, y = wine()
    record = profiled(x[60:], y[60:], held_out=(x[:60] + offset, y[:60]))
    log = PredictionLog(
        step=np.zeros(1, int),
        rows=60,
        spread=np.ones(1),
        mean=np.zeros(1),
        finite=np.ones(1, bool),
        recall=np.full((1, 3), 0.98),
        from_validation=True,
    )
    (finding,) = PreprocessingMismatch().run(replace(record, prediction_log=log))
    assert finding.severity is severity


def test_tail_of_rows_sorted_by_class():
    x, y = wine()
    order = np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    record = profiled(x[:140], y[:140], held_out=(x[140:], y[140:]))
    (finding,) = UnrepresentativeSplit().run(record)
    assert finding.severity > Severity.NOTE
    assert finding.causes == (CauseKind.UNREPRESENTATIVE_SPLIT, CauseKind.NOT_SHUFFLED)
    assert PreprocessingMismatch().run(record) == ()


def test_classes_that_training_never_sees_are_named():
    x, y = wine()
    train = y != 2
    record = profiled(x[train], y[train], held_out=(x, y))
    (finding,) = UnrepresentativeSplit().run(record)
    assert finding.severity is Severity.ERROR
    assert "2" in finding.summary
    assert finding.value == 1.0


def test_a_single_row_of_an_unseen_class_is_a_note():
    x, y = wine()
    y = y.copy()
    y[0] = 7
    record = profiled(x[60:], y[60:], held_out=(x[:60], y[:60]))
    (finding,) = UnrepresentativeSplit().run(record)
    assert finding.severity is Severity.NOTE


def test_counts_are_numbers_and_no_classes():
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 4)).astype("float32")
    y = random.poisson(2.0, 300)
    y[:3] = [11, 12, 13]
    model = network(4, loss="poisson", activation="exponential")
    record = profiled(x[60:], y[60:], held_out=(x[:60], y[:60]), model=model)
    assert UnrepresentativeSplit().run(record) == ()
    order = np.argsort(y)
    x, y = x[order], y[order]
    record = profiled(x[:240], y[:240], held_out=(x[240:], y[240:]), model=model)
    (finding,) = UnrepresentativeSplit().run(record)
    assert finding.severity is Severity.WARNING


def test_tail_of_rows_sorted_by_target():
    x, y = diabetes()
    order = np.argsort(y)
    x, y = x[order], y[order]
    record = profiled(x[:350], y[:350], held_out=(x[350:], y[350:]))
    (finding,) = UnrepresentativeSplit().run(record)
    assert finding.causes[0] is CauseKind.UNREPRESENTATIVE_SPLIT


def test_training_rows_among_the_validation_rows():
    x, y = wine()
    record = profiled(x, y, held_out=(x[:60], y[:60]))
    (finding,) = DuplicatesAcrossParts().run(record)
    assert finding.value == pytest.approx(1.0)
    assert finding.severity is Severity.WARNING
    few = profiled(x[2:], y[2:], held_out=(x[:60], y[:60]))
    corners = np.random.default_rng(0).integers(0, 2, (200, 2)).astype(float)
    natural = profiled(corners[:150], corners[:150, 0], held_out=(corners[150:], corners[150:, 0]))
    assert few.shift.duplicates == 58
    (note,) = DuplicatesAcrossParts().run(natural)
    assert note.severity is Severity.NOTE


def test_held_out_rows_that_also_train_are_a_note():
    x, y = wine()
    record = profiled(x, y, held_out=(x[:60] + 1.0, y[:60]))
    assert DuplicatesAcrossParts().run(record) == ()
    shift = replace(record.shift, held_out_duplicates=9, held_out_rows=36)
    (note,) = DuplicatesAcrossParts().run(replace(record, shift=shift))
    assert (note.severity, note.value, note.place) == (Severity.NOTE, 0.25, "held-out rows")


def test_sorted_rows_without_shuffling():
    x, y = wine()
    order = np.argsort(y, kind="stable")
    record = profiled(x[order], y[order], shuffle=False)
    (finding,) = OrderedRowsNotShuffled().run(record)
    assert finding.value > 0.9
    assert finding.severity is Severity.WARNING
    assert finding.causes == (CauseKind.NOT_SHUFFLED,)
    assert OrderedRowsNotShuffled().run(profiled(x[order], y[order])) == ()
    assert OrderedRowsNotShuffled().run(profiled(x, y, shuffle=False)) == ()


@pytest.mark.parametrize("is_sorted", [True, False])
def test_classes_that_come_one_after_the_other_swing_the_loss_of_steps(is_sorted):
    x, y = datasets.load_digits(return_X_y=True)
    order = np.argsort(y, kind="stable")
    order = order if is_sorted else np.random.default_rng(0).permutation(order)
    x, y = x[order], y[order]
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((64,)),
            keras.layers.Rescaling(1 / 16),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
    recorder = Recorder()
    model.fit(x, y, shuffle=False, epochs=6, verbose=0, callbacks=[recorder])
    found = OrderedRowsNotShuffled().run(recorder.record)
    if not is_sorted:
        assert swing(recorder.record) < 0.02
        assert found == ()
        return
    assert swing(recorder.record) > 0.1
    assert found[0].symptom is Symptom.LOSS_OSCILLATES
    assert found[0].severity is Severity.WARNING
