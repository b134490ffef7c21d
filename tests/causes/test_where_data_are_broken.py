"""A refusal says which columns, rows and classes to look at."""

import numpy as np

from keras_debugger.causes.broken_data import refusal, where_to_look
from keras_debugger.recording.data_profile import compare_data, profile_data
from keras_debugger.types.cause import Cause
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind

C = CauseKind
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(200, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


def record(x, y, x_validation=None, y_validation=None):
    shift = None if x_validation is None else compare_data(x, y, x_validation, y_validation)
    return TrainingRecord(data_profile=profile_data(x, y), shift=shift)


def test_columns_and_rows_with_nan_are_named():
    x = X.copy()
    x[3, 1] = x[5, 2] = np.nan
    (sentence,) = where_to_look(C.NAN_IN_DATA, record(x, Y))
    assert "Columns 1, 2" in sentence
    assert "2 of 200 rows" in sentence


def test_columns_of_one_value_are_named():
    x = X.copy()
    x[:, 2] = 7.0
    assert "Column 2 hold" in where_to_look(C.INPUTS_CONSTANT, record(x, Y))[0]
    assert "All columns" in where_to_look(C.INPUTS_CONSTANT, record(np.ones_like(X), Y))[0]


def test_classes_of_one_part_only_are_named():
    y = np.repeat(np.arange(4), 50)
    sentences = where_to_look(C.UNREPRESENTATIVE_SPLIT, record(X[:150], y[:150], X[150:], y[150:]))
    assert "never sees class 3" in sentences[0]
    assert "classes 0, 1, 2" in sentences[1]


def test_columns_that_differ_between_the_parts_are_named():
    other = X.copy()
    other[:, 3] = 10.0 * other[:, 3] + 5.0
    (sentence,) = where_to_look(C.PREPROCESSING_MISMATCH, record(X, Y, other, Y))
    assert sentence.startswith("Column 3 ")


def test_labels_are_told_by_class_or_by_range():
    assert "1 (" in where_to_look(C.LABELS_CORRUPTED, record(X, Y))[0]
    numbers = GENERATOR.normal(size=200).astype("float32")
    assert "run from" in where_to_look(C.LABELS_CORRUPTED, record(X, numbers))[0]


def test_a_refusal_holds_the_evidence_and_where_to_look():
    cause = Cause(kind=C.LABELS_CORRUPTED, confidence=0.9, evidence=("Seen.", "Also."))
    words = refusal(cause, record(X, Y))
    assert "Seen." in words
    assert "Compare rows of each class" in words
    assert where_to_look(C.WRONG_LOSS, record(X, Y)) == ()
    assert where_to_look(C.LABELS_CORRUPTED, TrainingRecord()) == ()
