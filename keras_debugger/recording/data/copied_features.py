"""Features that are copies of other features, up to a factor and an offset."""

import numpy as np

_MOST_ROWS = 2000
_MOST_VALUES = 1_000_000
_FEWEST_ROWS = 200
_FEWEST_VARIED = 10  # rows away from the median; fewer agree by chance in sparse data
_TOLERANCE = 1e-5  # standard deviations
_SEED = 0


def copied_features(table: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Pairs of columns that are equal in every row once each has mean 0 and deviation 1.

    Columns are sorted by their projection on one random direction, so that copies are neighbours.

    Args:
        table: shape (values, features); at most 2000 rows of it are looked at,
            fewer of many features.

    Returns:
        (copy, earlier column) for each copy, in order.
    """
    rows = min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_VALUES // max(table.shape[1], 1)))
    if len(table) > rows:
        table = table[np.linspace(0, len(table) - 1, rows).astype(np.int64)]
    if len(table) < _FEWEST_VARIED:
        return ()
    table = table.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        mean, sd = table.mean(axis=0), table.std(axis=0)
    usable = np.flatnonzero(np.isfinite(sd) & (sd > 0.0))
    scaled = (table[:, usable] - mean[usable]) / sd[usable]
    direction = np.random.default_rng(_SEED).normal(size=len(scaled))
    pairs = []
    first = None
    for column in np.argsort(direction @ scaled, kind="stable"):
        if first is None or not _alike(scaled[:, column], scaled[:, first]):
            first = column
        elif _varies(scaled[:, first]):
            pairs.append((int(usable[max(column, first)]), int(usable[min(column, first)])))
    return tuple(sorted(pairs))


def _alike(column: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(column - other).max() <= _TOLERANCE)


def _varies(column: np.ndarray) -> bool:
    return int((column != np.median(column)).sum()) >= _FEWEST_VARIED
