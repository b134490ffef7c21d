"""Nested inputs and labels as a row of arrays, and the rows of them that are looked at."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

MOST_ROWS = 20_000  # rows whose values enter a statistic
MOST_BYTES = 64 * 2**20  # bytes of the rows of a sample
_FEWEST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedArray:
    """One array of a nested structure: the keys that lead to it, its column names if it has any."""

    name: str
    array: np.ndarray
    columns: tuple[str, ...] = ()


def named_arrays(data: Any) -> tuple[NamedArray, ...]:
    """The arrays of a nested structure, in the order in which Keras flattens it.

    Args:
        data: an array or a list, tuple or dict of such; arrays of NumPy, TensorFlow, pandas or
            anything that NumPy can read. None has no arrays.

    Returns:
        The arrays; nothing is copied that NumPy can look at in place. A number is one row.
    """
    found = []
    for path, leaf in keras.tree.flatten_with_path(data):
        if leaf is None:
            continue
        columns = tuple(str(name) for name in getattr(leaf, "columns", ()))
        array = np.asarray(leaf)
        found.append(
            NamedArray(
                name="/".join(str(part) for part in path),
                array=array if array.ndim else array[np.newaxis],
                columns=columns,
            )
        )
    return tuple(found)


def sample_rows(arrays: tuple[NamedArray, ...], seed: int) -> np.ndarray:
    """Rows that statistics are computed from: all, or a random part in order.

    Args:
        arrays: arrays of one length.
        seed: seed of the choice.

    Returns:
        Row numbers in order, shape (sampled,), int.
    """
    if not arrays:
        return np.arange(0)
    rows = min(len(item.array) for item in arrays)
    row_bytes = sum(item.array.nbytes // max(len(item.array), 1) for item in arrays)
    limit = min(MOST_ROWS, max(_FEWEST_ROWS, MOST_BYTES // max(row_bytes, 1)))
    if rows <= limit:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, size=limit, replace=False))


def holds_values(array: np.ndarray) -> bool:
    """Whether an array holds real numbers or truth values (not text, objects or dates)."""
    return array.dtype.kind in "biuf" or array.dtype.name in ("bfloat16", "float8_e4m3fn")
