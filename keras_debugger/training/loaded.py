"""Inputs, labels and weights as arrays in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from keras_debugger.errors import InvalidDataError
from keras_debugger.training.arrays import as_array


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Data in memory.

    Args:
        x: inputs, an array or a list, tuple or dict of arrays.
        y: labels in the same forms, None if there are none.
        sample_weight: weights of the rows, None if there are none.
        batch_size: rows in a batch of the source; None if it has no batches.
        notes: what a reader should know, one sentence each.
    """

    x: Any
    y: Any
    sample_weight: Any
    batch_size: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(keras.tree.flatten(self.x)[0])


def load_arrays(x: Any, y: Any, sample_weight: Any, place: str) -> Loaded:
    """Read inputs, labels and weights that stand side by side.

    Args:
        x: inputs: anything that `as_array` reads, or a list, tuple or dict of such.
        y: labels in the same forms, or None.
        sample_weight: weights of the rows in the same forms, or None.
        place: name of the argument, for error messages.

    Returns:
        The data in memory.

    Raises:
        InvalidDataError: one of them cannot be read, there are no rows, or their numbers differ.
    """
    notes: list[str] = []
    loaded = Loaded(
        x=_read_nested(x, f"{place}: x", notes),
        y=None if y is None else _read_nested(y, f"{place}: y", notes),
        sample_weight=None
        if sample_weight is None
        else _read_nested(sample_weight, f"{place}: sample_weight", notes),
        notes=tuple(notes),
    )
    _check_lengths(loaded, place)
    return loaded


def _read_nested(nested: Any, place: str, notes: list[str]) -> Any:
    """Read the arrays of a dict, or of a list or tuple of arrays; anything else is one array."""
    if isinstance(nested, Mapping):
        return {key: _read_nested(item, f"{place}[{key!r}]", notes) for key, item in nested.items()}
    if isinstance(nested, list | tuple):
        if nested and all(is_array(item) or isinstance(item, Mapping) for item in nested):
            items = [_read_nested(item, f"{place}[{i}]", notes) for i, item in enumerate(nested)]
            return items if isinstance(nested, list) else tuple(items)
        array = as_array(nested, place)
        notes.append(f"The list given as {place} was read as one array of shape {array.shape}.")
        return array
    if nested is None:
        raise InvalidDataError(
            given=f"{place} as None",
            expected="an array with one row for each example",
            do="pass arrays",
        )
    return as_array(nested, place)


def _check_lengths(loaded: Loaded, place: str) -> None:
    lengths = {}
    for name in ("x", "y", "sample_weight"):
        for path, array in keras.tree.flatten_with_path(getattr(loaded, name)):
            if array is not None:
                lengths["/".join([name, *(str(part) for part in path)])] = len(array)
    if not keras.tree.flatten(loaded.x):
        raise InvalidDataError(
            given=f"{place} without inputs", expected="at least one input", do="pass arrays as x"
        )
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise InvalidDataError(
            given=f"{place} of unlike lengths: {counts} rows",
            expected="one row of each for every example",
            do="check how the arrays were cut or filtered",
        )
    if 0 in lengths.values():
        raise InvalidDataError(
            given=f"{place} without rows",
            expected="at least one row",
            do="check how the data were loaded or filtered",
        )


def is_array(item: Any) -> bool:
    """Whether this is an array, a table, a tensor or a matrix, and not a plain list."""
    return hasattr(item, "shape") or hasattr(item, "__array__")
