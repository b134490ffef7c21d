"""Rows that stand in two parts of the data, and groups that must not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_debugger.errors import InvalidDataError
from keras_debugger.recording.data.named_arrays import named_arrays
from keras_debugger.recording.data.row_hashes import known_rows, row_hashes
from keras_debugger.training.part import Part


def count_repeated(part: Part, others: Sequence[Part]) -> int:
    """How many rows of a part have the same inputs as a row of another part.

    Args:
        part: the part that judges.
        others: parts that train or choose.

    Returns:
        A count; 0 where the inputs are too large to compare or are no plain values.
    """
    ours = row_hashes(named_arrays(part.x))
    theirs = [row_hashes(named_arrays(other.x)) for other in others]
    known = np.concatenate(theirs) if theirs else np.zeros(0, dtype=np.uint64)
    if not ours.size or not known.size:
        return 0
    return int(known_rows(ours, known).sum())


def read_groups(groups: Any, rows: int) -> np.ndarray | None:
    """Groups as whole numbers.

    Args:
        groups: one value for each row, of any kind that NumPy can tell apart; None if not given.
        rows: number of rows.

    Returns:
        Number of the group of each row from 0, shape (rows,), int; None if not given.

    Raises:
        InvalidDataError: there is not one value for each row.
    """
    if groups is None:
        return None
    values = np.asarray(groups)
    if values.shape not in ((rows,), (rows, 1)):
        raise InvalidDataError(
            given=f"groups of shape {values.shape}",
            expected=f"one value for each of the {rows} rows",
            do="give an array such as the patient, user or day of each row",
        )
    if values.dtype.kind == "O":
        values = values.astype(str)
    _, numbers = np.unique(values.reshape(rows), return_inverse=True)
    return np.asarray(numbers.reshape(rows))
