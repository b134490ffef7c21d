"""Edits to the training data and its weights, done on a copy before a trial."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np

from keras_debugger.training.class_weights import balanced_weights, fixed_weights
from keras_debugger.training.data import Part, take
from keras_debugger.types.edit import BalanceClasses, DropBrokenRows
from keras_debugger.types.setup import TrainingSetup


def fit_part(part: Part, setup: TrainingSetup) -> Part:
    """Training data as a set-up asks for them: broken rows dropped, classes weighted.

    Args:
        part: the training part.
        setup: the set-up with its edits.

    Returns:
        The part itself if nothing changes, else a new one.
    """
    if setup.edits_of(DropBrokenRows):
        part = take(part, np.flatnonzero(~broken_rows(part)))
    labels = setup.data.labels
    if setup.edits_of(BalanceClasses):
        return replace(part, sample_weight=balanced_weights(part.y, labels, part.sample_weight))
    if setup.fit.class_weight:
        weights = fixed_weights(part.y, labels, part.sample_weight, setup.fit.class_weight)
        return replace(part, sample_weight=weights)
    return part


def broken_rows(part: Part) -> np.ndarray:
    """Whether a row holds NaN or infinity in an input or a label, shape (rows,)."""
    return nonfinite_rows([part.x, part.y], part.rows)


def nonfinite_rows(nested: object, rows: int) -> np.ndarray:
    """Whether a row of any of these arrays holds NaN or infinity, shape (rows,)."""
    broken = np.zeros(rows, dtype=bool)
    for array in keras.tree.flatten(nested):
        if np.issubdtype(array.dtype, np.floating):
            broken |= ~np.isfinite(array).reshape(rows, -1).all(axis=1)
    return broken
