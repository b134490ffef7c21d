"""Which columns and rows of a gradient log are looked at, and how far the weights moved."""

import numpy as np

from keras_debugger.types.record import GradientLog
from keras_debugger.types.vocabulary import VariableRole

_WEIGHTS = frozenset({VariableRole.KERNEL, VariableRole.RECURRENT_KERNEL, VariableRole.EMBEDDINGS})
_MOST_ROWS = 5000  # a long run is looked at in this many places, evenly spread


def weight_columns(log: GradientLog) -> np.ndarray:
    """Columns of kernels, recurrent kernels and embeddings, ordered from input to output."""
    columns = [i for i, v in enumerate(log.variables) if v.role in _WEIGHTS]
    return np.asarray(sorted(columns, key=lambda i: log.variables[i].depth), dtype=int)


def early_norms(log: GradientLog, *, at_least: int) -> tuple[np.ndarray, np.ndarray]:
    """Kernels with a known gradient, and the median norm of each over the first fifth of the rows.

    Args:
        log: gradients.
        at_least: rows that are looked at, if a fifth is less.
    """
    columns = weight_columns(log)
    early = log.norm[: max(at_least, log.step.size // 5)][:, columns]
    early = np.where(np.isfinite(early), early, np.nan)
    known = np.isfinite(early).any(axis=0)
    return columns[known], np.nanmedian(early[:, known], axis=0)


def rows_with_updates(log: GradientLog, columns: np.ndarray, *, first: int = 0) -> np.ndarray:
    """Rows from `first` on that hold the size of the update, at most 5000 of them."""
    rows = np.empty(0, dtype=int)
    for column in columns:
        rows = first + np.flatnonzero(np.isfinite(log.update_norm[first:, column]))
        if rows.size:
            break
    return rows[:: -(-rows.size // _MOST_ROWS)] if rows.size else rows


def update_ratios(log: GradientLog, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Size of the step relative to the weights, shape (rows, columns); NaN where not known."""
    cells = np.ix_(rows, columns)
    weights = log.weight_norm[cells].astype(np.float64)
    weights[~(weights > 0)] = np.nan
    with np.errstate(invalid="ignore", over="ignore"):
        ratio = log.update_norm[cells] / weights
    return np.where(np.isfinite(ratio), ratio, np.nan)


def update_path(log: GradientLog, columns: np.ndarray) -> np.ndarray:
    """Sum over the whole run of each variable's relative step, shape (columns,).

    Steps between two recorded ones count as the mean of the recorded ones; single ratios are cut
    at 10 and unknown ones (a weight of norm zero) left out. NaN where nothing is known.
    """
    ratio = update_ratios(log, rows_with_updates(log, columns), columns)
    known = np.isfinite(ratio)
    count = known.sum(axis=0)
    total = np.where(known, np.minimum(ratio, 10.0), 0.0).sum(axis=0)
    steps = int(log.step[-1]) + 1 if log.step.size else 0
    return np.where(count > 0, total / np.maximum(count, 1) * steps, np.nan)
