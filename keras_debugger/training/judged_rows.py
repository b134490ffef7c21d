"""Which rows of the data a score is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keras_debugger.training.fit_edits import nonfinite_rows
from keras_debugger.training.wild_targets import within_limits

if TYPE_CHECKING:
    from keras_debugger.training.data_parts import DataParts
    from keras_debugger.training.metric_choice import Metric
    from keras_debugger.training.part import Part


def is_judged(part: Part, metric: Metric) -> np.ndarray:
    """Whether scores count each row: not those without a finite label or with a wild target.

    Args:
        part: the rows.
        metric: what is measured.

    Returns:
        Shape (rows,), bool.
    """
    return np.asarray(~nonfinite_rows(part.y, part.rows) & within_limits(part, metric))


def judged_rows(parts: DataParts, metric: Metric) -> tuple[int, ...]:
    """Numbers of the held-out rows that are judged, in the data that were given or in test_data.

    Args:
        parts: the parts of the data.
        metric: what is measured.

    Returns:
        One number for each entry of `Score.row_errors`; empty for a cross-validation, where each
        trial has rows of its own.
    """
    if parts.folds or parts.places is None:
        return ()
    held_out = parts.held_out
    places = parts.places.held_out
    numbers = np.arange(held_out.rows) if places is None else places
    return tuple(numbers[is_judged(held_out, metric)].tolist())
