"""Statistics of the features of one input."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_debugger.recording.data.copied_features import copied_features
from keras_debugger.recording.data.named_arrays import NamedArray, holds_values
from keras_debugger.types.record import InputProfile

MOST_FEATURES = 10_000
MOST_VALUES = 4_000_000  # values that quantiles are computed from
OUTLIER_REACH = 10.0  # robust deviations from the median that a value may lie away
_CHUNK_BYTES = 8 * 2**20


def chosen_features(array: np.ndarray) -> np.ndarray | None:
    """The features that are looked at, None for all: at most MOST_FEATURES, evenly spread."""
    features = array.shape[-1] if array.ndim > 1 else 1
    if features <= MOST_FEATURES:
        return None
    return np.unique(np.linspace(0, features - 1, MOST_FEATURES).astype(np.int64))


def feature_table(array: np.ndarray, features: np.ndarray | None = None) -> np.ndarray:
    """An array as a table with one column for each feature.

    Args:
        array: rows first; of an image or a sequence the last axis holds the features.
        features: columns to keep, None for all.

    Returns:
        Shape (rows x positions, features).
    """
    table = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(-1, 1)
    return table if features is None else table[:, features]


def describe_input(item: NamedArray, rows: np.ndarray) -> InputProfile:
    """Describe one input.

    Args:
        item: the input.
        rows: row numbers that quantiles, means and deviations are computed from. NaN, infinity and
            the limits are looked for in all rows.

    Returns:
        The description; of text its statistics are empty.
    """
    array = item.array
    if not holds_values(array) or array.size == 0:
        names = ("mean", "sd", "minimum", "maximum", "median", "robust_sd", "outlier_share")
        empty: dict[str, Any] = dict.fromkeys(names, _frozen(np.zeros(0)))
        return InputProfile(
            **_identity(item, None),
            **empty,
            nonfinite=_frozen(np.zeros(0, dtype=np.int64)),
            nonfinite_rows=0,
            largest=0.0,
        )
    features = chosen_features(array)
    low, high, bad, bad_rows = _limits(array, features)
    table = _thinned(feature_table(array[rows], features))
    statistics: dict[str, Any] = column_statistics(table)
    statistics = {name: _frozen(values) for name, values in statistics.items()}
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.abs(low), np.abs(high))
    return InputProfile(
        **_identity(item, features),
        **statistics,
        minimum=_frozen(low),
        maximum=_frozen(high),
        nonfinite=_frozen(bad),
        nonfinite_rows=bad_rows,
        largest=float(np.nanmax(size)) if np.isfinite(size).any() else 0.0,
        copies=copied_features(table),
    )


def column_statistics(table: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, sd, median, robust sd and share of outliers of each column, NaN and infinity left out.

    Args:
        table: shape (values, features).

    Returns:
        Name to values, each shape (features,); NaN for a column without a finite value.
    """
    table = table.astype(np.float64)
    finite = np.isfinite(table)
    scale = float(np.abs(table, where=finite, out=np.zeros_like(table)).max(initial=0.0))
    scale = scale if scale > 1e100 else 1.0  # squares must not overflow
    table = np.where(finite, table / scale, np.nan)
    known = finite.any(axis=0)
    names = ("mean", "sd", "median", "robust_sd", "outlier_share")
    values = {name: np.full(table.shape[1], np.nan) for name in names}
    part = table[:, known]
    if part.shape[1]:
        whole = bool(finite.all())
        quantiles = np.percentile if whole else np.nanpercentile
        lower, middle, upper = quantiles(part, (25.0, 50.0, 75.0), axis=0)
        robust = (upper - lower) / 1.349
        far = np.abs(part - middle) > OUTLIER_REACH * np.where(robust > 0.0, robust, np.inf)
        values["mean"][known] = (np.mean if whole else np.nanmean)(part, axis=0) * scale
        values["sd"][known] = (np.std if whole else np.nanstd)(part, axis=0) * scale
        values["median"][known] = middle * scale
        values["robust_sd"][known] = robust * scale
        values["outlier_share"][known] = far.sum(axis=0) / finite[:, known].sum(axis=0)
    return values


def _identity(item: NamedArray, features: np.ndarray | None) -> dict[str, Any]:
    names = item.columns
    if features is not None:
        names = tuple(names[i] if i < len(names) else f"feature {i}" for i in features)
    return {
        "name": item.name,
        "shape": tuple(item.array.shape[1:]),
        "dtype": item.array.dtype.name,
        "names": names,
    }


def _limits(
    array: np.ndarray, features: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Smallest and largest finite value and number of others of each feature; rows with others."""
    width = MOST_FEATURES if features is not None else feature_table(array[:1]).shape[1]
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    bad, bad_rows = np.zeros(width, dtype=np.int64), 0
    whole_numbers = array.dtype.kind in "biu"
    for chunk in _chunks(array):
        table = feature_table(chunk, features)
        lowest, highest = table.min(axis=0), table.max(axis=0)
        clean = whole_numbers or bool(np.isfinite(lowest).all() and np.isfinite(highest).all())
        if not clean:
            finite = np.isfinite(table)
            bad += (~finite).sum(axis=0)
            bad_rows += int((~finite).reshape(len(chunk), -1).any(axis=1).sum())
            lowest = np.where(finite, table, np.inf).min(axis=0)
            highest = np.where(finite, table, -np.inf).max(axis=0)
        low, high = np.minimum(low, lowest), np.maximum(high, highest)
    unknown = low > high
    low[unknown] = high[unknown] = np.nan
    return low, high, bad, bad_rows


def _chunks(array: np.ndarray) -> Iterator[np.ndarray]:
    row_bytes = max(array.nbytes // max(len(array), 1), 1)
    size = max(1, _CHUNK_BYTES // row_bytes)
    for start in range(0, len(array), size):
        yield array[start : start + size]


def _thinned(table: np.ndarray) -> np.ndarray:
    """At most MOST_VALUES values, evenly spread over the rows of a table."""
    limit = max(1, MOST_VALUES // max(table.shape[1], 1))
    if len(table) <= limit:
        return table
    return table[np.linspace(0, len(table) - 1, limit).astype(np.int64)]


def _frozen(values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    return values
