"""Features that are copies of other features, up to a factor and an offset."""

import numpy as np

_MOST_ROWS = 2000
_FEWEST_VARIED = 10  # rows away from the median; fewer agree by chance in sparse data
_TOLERANCE = 1e-4  # standard deviations
_SEED = 0


def copied_features(table: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Pairs of columns that are equal in every row once each has mean 0 and deviation 1.

    Columns are compared by their projection on one random direction first, so the cost is that of
    a look at each value.

    Args:
        table: shape (values, features); at most 2000 rows of it are looked at.

    Returns:
        (copy, earlier column) for each copy, in order.
    """
    if len(table) > _MOST_ROWS:
        table = table[np.linspace(0, len(table) - 1, _MOST_ROWS).astype(np.int64)]
    table = table.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        away = (table != np.median(table, axis=0)).sum(axis=0) if len(table) else np.zeros(0)
        sd = table.std(axis=0) if len(table) else np.zeros(0)
    usable = np.flatnonzero((away >= _FEWEST_VARIED) & np.isfinite(sd) & (sd > 0.0))
    if usable.size < 2:
        return ()
    scaled = (table[:, usable] - table[:, usable].mean(axis=0)) / sd[usable]
    direction = np.random.default_rng(_SEED).normal(size=len(scaled))
    place = direction @ scaled
    near = _TOLERANCE * np.abs(direction).sum()
    pairs = []
    first = None
    for column in np.argsort(place, kind="stable"):
        if first is None or place[column] - place[first] > near:
            first = column
        elif np.abs(scaled[:, column] - scaled[:, first]).max() <= _TOLERANCE:
            pairs.append((int(usable[max(column, first)]), int(usable[min(column, first)])))
        else:
            first = column
    return tuple(sorted(pairs))
