"""Which rows of the user's data the entries of a held-out score are about."""

import numpy as np

from keras_debugger.training.data_parts import DataParts
from keras_debugger.training.fit_edits import nonfinite_rows


def judged_rows(parts: DataParts) -> tuple[int, ...]:
    """Numbers of the held-out rows in the data that were given, or in test_data.

    Rows without a finite label are left out, as scores leave them out.

    Args:
        parts: the parts of the data.

    Returns:
        One number for each entry of `Score.row_errors`; empty for a cross-validation, where each
        trial has rows of its own.
    """
    if parts.folds or parts.places is None:
        return ()
    held_out = parts.held_out
    places = parts.places.held_out
    numbers = np.arange(held_out.rows) if places is None else places
    return tuple(numbers[~nonfinite_rows(held_out.y, held_out.rows)].tolist())
