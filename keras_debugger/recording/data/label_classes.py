"""Whether labels are classes, and which."""

from dataclasses import dataclass

import numpy as np

from keras_debugger.types.vocabulary import LabelForm

_MOST_CLASSES = 100_000
_SURE_CLASSES = 10  # so many distinct whole numbers or fewer are classes, whatever their number
_FEW_CLASSES = 50
_FEW_CLASSES_OF_FLOATS = 20


@dataclass(frozen=True, slots=True)
class Classes:
    """Form of labels, distinct classes in order, rows of each, and class of each row."""

    form: LabelForm
    values: np.ndarray  # (classes,) distinct values in order
    counts: np.ndarray  # (classes,)
    codes: np.ndarray | None  # (rows,) class of each row, None if a row has several


def find_classes(labels: np.ndarray, dtype: np.dtype) -> Classes:  # type: ignore[type-arg]
    """Form of labels and their classes.

    Whole numbers are classes if they are few against the rows; they are numbers if they are many,
    or stored as floats and more than a handful. Rows of two values with one of them higher are
    one-hot, also when they are smoothed (rows sum to 1) or scaled (0 and 255).

    Args:
        labels: shape (rows, ...), float64.
        dtype: type in which they were given.

    Returns:
        Form, distinct classes, rows of each, and class of each row.
    """
    shape = tuple(length for length in labels.shape[1:] if length != 1)
    if not shape and labels.ndim <= 2:
        return _of_column(labels.reshape(-1), dtype)
    if len(shape) == 1 and labels.ndim == 2:
        return _of_rows(labels, dtype)
    return _of_steps(labels, dtype)


def _of_column(labels: np.ndarray, dtype: np.dtype) -> Classes:  # type: ignore[type-arg]
    finite = labels[np.isfinite(labels)]
    distinct, codes, counts = np.unique(finite, return_inverse=True, return_counts=True)
    whole = are_whole(finite)
    if not _are_classes(distinct, finite.size, whole=whole, floats=dtype.kind not in "biu"):
        return _numbers()
    form = LabelForm.BINARY if distinct.size <= 2 else LabelForm.INTEGER_CLASSES
    complete = codes.reshape(-1) if finite.size == labels.size else None
    return Classes(form, distinct, counts, complete)


def _are_classes(distinct: np.ndarray, rows: int, *, whole: bool, floats: bool) -> bool:
    count = distinct.size
    if count == 0 or count > _MOST_CLASSES:
        return False
    if count == 2:
        return whole or rows >= 10
    if not whole or (floats and count == 1):
        return False
    if floats:
        return count <= _FEW_CLASSES_OF_FLOATS and rows >= 5 * count
    if count <= _SURE_CLASSES:
        return True
    if count <= _FEW_CLASSES:
        return rows >= 2 * count
    return bool(distinct[0] == 0.0 and count >= 0.5 * (distinct[-1] + 1.0) and rows >= 5 * count)


def _of_rows(labels: np.ndarray, dtype: np.dtype) -> Classes:  # type: ignore[type-arg]
    found = _one_hot(labels)
    if found is not None:
        return found
    distinct = _few_distinct(labels)
    columns = np.arange(labels.shape[1], dtype=np.float64)
    if distinct is not None and distinct.size <= 2 and are_whole(distinct):
        high = labels == max(distinct[-1], 1.0)
        return Classes(LabelForm.MULTI_HOT, columns, high.sum(axis=0), None)
    if dtype.kind in "iu":
        return _of_steps(labels, dtype)
    return _numbers()


def _one_hot(labels: np.ndarray) -> Classes | None:
    """The classes if exactly one entry of each row stands out, None otherwise."""
    if not np.isfinite(labels).all():
        return None
    width = labels.shape[-1]
    table = labels.reshape(-1, width)
    highest = table.max(axis=1)
    once = (table == highest[:, np.newaxis]).sum(axis=1) == 1
    distinct = _few_distinct(table)
    two = distinct is not None and distinct.size == 2 and bool((highest == distinct[-1]).all())
    shares = table.min() >= 0.0 and np.allclose(table.sum(axis=1), 1.0, atol=1e-3)
    smoothed = bool(shares) and float(highest.mean()) >= 0.8
    if not once.all() or not (two or smoothed):
        return None
    codes = table.argmax(axis=1)
    counts = np.bincount(codes, minlength=width)
    return Classes(LabelForm.ONE_HOT, np.arange(width, dtype=np.float64), counts, codes)


def _of_steps(labels: np.ndarray, dtype: np.dtype) -> Classes:  # type: ignore[type-arg]
    """Labels with several axes: classes for each step or pixel, or numbers."""
    if labels.shape[-1] > 1:
        found = _one_hot(labels)
        if found is not None:
            return Classes(LabelForm.PER_STEP, found.values, found.counts, None)
    finite = labels[np.isfinite(labels)]
    distinct = _few_distinct(finite)
    whole = dtype.kind in "biu" or (distinct is not None and are_whole(distinct))
    if not whole or finite.size == 0:
        return _numbers()
    values, counts = np.unique(finite, return_counts=True)
    if values.size > _MOST_CLASSES or (dtype.kind == "f" and values.size > _FEW_CLASSES_OF_FLOATS):
        return _numbers()
    return Classes(LabelForm.PER_STEP, values, counts, None)


def _numbers() -> Classes:
    return Classes(LabelForm.CONTINUOUS, np.zeros(0), np.zeros(0, dtype=np.int64), None)


def _few_distinct(values: np.ndarray) -> np.ndarray | None:
    """The distinct values if they are few (looked for in a part first), None otherwise."""
    flat = values.reshape(-1)
    if np.unique(flat[:10_000]).size > 1000:
        return None
    return np.unique(flat)


def are_whole(values: np.ndarray) -> bool:
    """Whether there are values and all of them are whole numbers."""
    return bool(values.size) and bool((values == np.floor(values)).all())
