"""How training and validation data differ."""

from typing import Any

import numpy as np
from scipy import stats

from keras_debugger.recording.data.input_profile import (
    chosen_features,
    column_statistics,
    feature_table,
)
from keras_debugger.recording.data.label_profile import describe_labels
from keras_debugger.recording.data.named_arrays import (
    NamedArray,
    holds_values,
    named_arrays,
    sample_rows,
)
from keras_debugger.recording.data.row_hashes import known_rows, row_hashes
from keras_debugger.types.record import Shift

_MOST_ROWS = 5000
_MOST_VALUES = 400_000


def compare_data(x: Any, y: Any, x_validation: Any, y_validation: Any, *, seed: int = 0) -> Shift:
    """Compare training and validation data.

    Args:
        x: training inputs, nested arrays.
        y: training labels, nested arrays or None.
        x_validation: validation inputs of the same structure.
        y_validation: validation labels, or None.
        seed: seed of the choice of rows where the data are large.

    Returns:
        How they differ. Features are compared by the Kolmogorov-Smirnov distance (the largest gap
        between the two distribution functions); of images and sequences all values of a channel
        are pooled, and the number of rows counts as sample size, as values of one row depend on
        each other.
    """
    train, validation = named_arrays(x), named_arrays(x_validation)
    distance, p_value, scale_ratio, offset = np.zeros(0), 1.0, 1.0, 0.0
    if train and validation and _comparable(train[0].array, validation[0].array):
        distance, p_value, scale_ratio, offset = _features(train[0], validation[0], seed)
    distance.setflags(write=False)
    missing, absent = _classes(y, y_validation)
    return Shift(
        feature_distance=distance,
        p_value=p_value,
        scale_ratio=scale_ratio,
        offset=offset,
        missing_classes=missing,
        absent_classes=absent,
        duplicates=_shared_rows(train, validation, seed),
    )


def _comparable(train: np.ndarray, validation: np.ndarray) -> bool:
    if not (holds_values(train) and holds_values(validation)):
        return False
    if train.size == 0 or validation.size == 0 or train.ndim != validation.ndim:
        return False
    return train.ndim == 1 or train.shape[-1] == validation.shape[-1]


def _features(
    train: NamedArray, validation: NamedArray, seed: int
) -> tuple[np.ndarray, float, float, float]:
    features = chosen_features(train.array)
    tables, counts = [], []
    for item in (train, validation):
        rows = sample_rows((item,), seed)
        if rows.size > _MOST_ROWS:
            rows = rows[np.linspace(0, rows.size - 1, _MOST_ROWS).astype(np.int64)]
        table = feature_table(item.array[rows], features)
        limit = max(rows.size, _MOST_VALUES // table.shape[1])
        if len(table) > limit:
            table = table[np.linspace(0, len(table) - 1, limit).astype(np.int64)]
        tables.append(table.astype(np.float64))
        counts.append(rows.size)
    distance = np.array([_distance(a, b) for a, b in zip(*(t.T for t in tables), strict=True)])
    size = counts[0] * counts[1] / (counts[0] + counts[1])
    known = distance[np.isfinite(distance)]
    p_value = 1.0
    if known.size:
        smallest = float(stats.kstwobign.sf(np.sqrt(size) * known.max()))
        p_value = min(1.0, smallest * known.size)
    ratio, offset = _moments(*tables)
    return distance, p_value, ratio, offset


def _distance(train: np.ndarray, validation: np.ndarray) -> float:
    """Kolmogorov-Smirnov distance of two samples, NaN and infinity left out."""
    train = np.sort(train[np.isfinite(train)])
    validation = np.sort(validation[np.isfinite(validation)])
    if train.size == 0 or validation.size == 0:
        return float("nan")
    places = np.concatenate([train, validation])
    below = np.searchsorted(train, places, side="right") / train.size
    other = np.searchsorted(validation, places, side="right") / validation.size
    return float(np.abs(below - other).max())


def _moments(train: np.ndarray, validation: np.ndarray) -> tuple[float, float]:
    """Largest ratio of deviations, and largest distance of means in training deviations."""
    ours, theirs = column_statistics(train), column_statistics(validation)
    varies = (ours["sd"] > 0.0) & np.isfinite(theirs["mean"])
    both = varies & (theirs["sd"] > 0.0)
    with np.errstate(over="ignore"):
        ratios = theirs["sd"][both] / ours["sd"][both]
        ratio = np.maximum(ratios, 1.0 / ratios).max(initial=1.0)
        gaps = np.abs(theirs["mean"][varies] - ours["mean"][varies]) / ours["sd"][varies]
    return float(ratio), float(gaps.max(initial=0.0))


def _classes(y: Any, y_validation: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Classes of validation that training lacks, and the reverse."""
    train, validation = named_arrays(y), named_arrays(y_validation)
    if not train or not validation:
        return (), ()
    pair = describe_labels(train[0]), describe_labels(validation[0])
    # A small part may look like another form (few distinct values), so training decides.
    if not pair[0].classes or len(pair[0].shape) != len(pair[1].shape):
        return (), ()
    ours = {c for c, n in zip(pair[0].classes, pair[0].counts, strict=True) if n}
    theirs = {c for c, n in zip(pair[1].classes, pair[1].counts, strict=True) if n}
    if not theirs:
        return (), ()
    return tuple(sorted(theirs - ours)), tuple(sorted(ours - theirs))


def _shared_rows(
    train: tuple[NamedArray, ...], validation: tuple[NamedArray, ...], seed: int
) -> int:
    """Number of looked-at validation rows that are also training rows."""
    if [item.array.dtype for item in train] != [item.array.dtype for item in validation]:
        return 0
    if [item.array.shape[1:] for item in train] != [item.array.shape[1:] for item in validation]:
        return 0
    ours, theirs = row_hashes(train), row_hashes(validation)
    if not ours.size or not theirs.size:
        return 0
    return int(known_rows(theirs[sample_rows(validation, seed)], ours).sum())
