"""Which columns of a gradient log are weights, and in what order."""

import numpy as np

from keras_debugger.types.record import GradientLog
from keras_debugger.types.vocabulary import VariableRole

_WEIGHTS = frozenset({VariableRole.KERNEL, VariableRole.RECURRENT_KERNEL, VariableRole.EMBEDDINGS})


def weight_columns(log: GradientLog) -> np.ndarray:
    """Columns of kernels, recurrent kernels and embeddings, ordered from input to output."""
    columns = [i for i, v in enumerate(log.variables) if v.role in _WEIGHTS]
    return np.asarray(sorted(columns, key=lambda i: log.variables[i].depth), dtype=int)


def update_path(log: GradientLog, columns: np.ndarray) -> np.ndarray:
    """Sum over the whole run of each variable's relative step, shape (columns,).

    Steps between two recorded ones count as the mean of the recorded ones; single ratios are cut
    at 10 and unknown ones (a weight of norm zero) left out. NaN where nothing is known.
    """
    ratio = log.update_ratio[:, columns]
    known = np.isfinite(ratio)
    count = known.sum(axis=0)
    total = np.where(known, np.minimum(ratio, 10.0), 0.0).sum(axis=0)
    steps = int(log.step[-1]) + 1 if log.step.size else 0
    return np.where(count > 0, total / np.maximum(count, 1) * steps, np.nan)
