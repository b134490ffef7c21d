"""What the held-out rows alone say: their bounds of the gain, and the least that they can prove."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from keras_debugger.proof.bounds import Bounds
from keras_debugger.types.trial import Score

RESAMPLES = 4000
VALUES_AT_ONCE = 4_000_000  # resampled differences in memory at a time
# (z(0.95) + z(0.80))**2: one-sided test at 5 % that finds a difference with power 80 %.
POWER_FACTOR = 6.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """Which rows judged each training of a repeated cross-validation.

    Args:
        rows: row numbers of each held-out part, in the order of the scores.
    """

    rows: tuple[np.ndarray, ...]


def row_bounds(difference: np.ndarray | None, *, alpha: float) -> Bounds | None:
    """Bounds of the gain from a percentile bootstrap over the held-out rows.

    Args:
        difference: from `row_differences`, averaged over the seeds, so that this is about the data
            alone.
        alpha: error rate of each bound.

    Returns:
        The bounds; None if the metric is not a mean over rows.
    """
    if difference is None:
        return None
    if np.ptp(difference) == 0.0:
        constant = float(difference[0])
        return Bounds(low=constant, high=constant)
    interval = stats.bootstrap(
        (difference,),
        np.mean,
        confidence_level=1.0 - 2.0 * alpha,
        n_resamples=RESAMPLES,
        batch=max(1, VALUES_AT_ONCE // len(difference)),
        method="percentile",
        random_state=np.random.default_rng(0),
    ).confidence_interval
    return Bounds(low=float(interval.low), high=float(interval.high))


def row_differences(
    before: Sequence[Score], after: Sequence[Score], folds: Folds | None = None
) -> np.ndarray | None:
    """Error of each row before minus after, over the mean error before, averaged over seeds.

    Args:
        before: scores of the original, one for each seed.
        after: scores of the fixed model on the same rows.
        folds: which rows each score is of; None if all are of the same ones.

    Returns:
        Shape (rows,), no unit; its mean is the gain. None if the metric is not a mean over rows.
    """
    old, new = mean_rows(before, folds), mean_rows(after, folds)
    if old is None or new is None or len(old) != len(new):
        return None
    return np.asarray((old - new) / old.mean())


def mean_rows(scores: Sequence[Score], folds: Folds | None = None) -> np.ndarray | None:
    """Error of each row, mean over the scores that judged it, shape (rows,); None if not known."""
    if folds is None:
        lengths = {len(score.row_errors) for score in scores}
        if len(lengths) != 1 or 0 in lengths:
            return None
        return np.asarray(np.mean([score.row_errors for score in scores], axis=0))
    if any(len(s.row_errors) != len(rows) for s, rows in zip(scores, folds.rows, strict=True)):
        return None
    places = np.concatenate(folds.rows)
    errors = np.concatenate([score.row_errors for score in scores])
    seen, place, times = np.unique(places, return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(place, errors, len(seen)) / times)


def smallest_gain(before: Sequence[Score], folds: Folds | None = None) -> float:
    """The smallest gain that these rows can prove at 5 % with power 80 %.

    The best case is a fix that takes away the error of some rows and adds none: with g the gain and
    e the errors before, n rows show it if n >= 6.2 E[e**2] / (g E[e]**2).

    Args:
        before: scores of the original.
        folds: which rows each score is of; None if all are of the same ones.

    Returns:
        A share of the error; above 1 if no gain can be proven, NaN if rows are not known.
    """
    errors = mean_rows(before, folds)
    if errors is None or errors.mean() <= 0.0:
        return float("nan")
    return float(POWER_FACTOR * np.mean(np.square(errors)) / (len(errors) * errors.mean() ** 2))
