"""A part of the data: inputs, labels and weights with one row for each example."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of the data.

    Args:
        x: inputs: a NumPy array, or a list, tuple or dict of arrays, rows first.
        y: labels in the same forms, None if there are none.
        sample_weight: weights of the rows in the same forms, None if there are none.
        rows: number of rows.
    """

    x: Any
    y: Any
    sample_weight: Any
    rows: int

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """All arrays of inputs, labels and weights, in the order in which Keras flattens them."""
        leaves = keras.tree.flatten((self.x, self.y, self.sample_weight))
        return tuple(leaf for leaf in leaves if leaf is not None)

    @property
    def as_fed(self) -> tuple[Any, ...]:
        """(x, y), or (x, y, sample_weight) if there are weights, as `fit` takes them."""
        if self.sample_weight is None:
            return self.x, self.y
        return self.x, self.y, self.sample_weight


def take(part: Part, indices: np.ndarray) -> Part:
    """The chosen rows of a part, as copies.

    Args:
        part: a part of the data.
        indices: row numbers, shape (chosen,), int.

    Returns:
        A new part, in the order of the numbers.
    """

    def chosen(nested: Any) -> Any:
        if nested is None:
            return None
        return keras.tree.map_structure(lambda array: array[indices], nested)

    return Part(
        x=chosen(part.x),
        y=chosen(part.y),
        sample_weight=chosen(part.sample_weight),
        rows=len(indices),
    )


def joined(first: Part, second: Part) -> Part:
    """The rows of two parts of one form, as copies.

    Args:
        first: a part of the data.
        second: another one; its rows come behind.
    """

    def both(ours: Any, theirs: Any) -> Any:
        if ours is None or theirs is None:
            return None
        return keras.tree.map_structure(lambda *pair: np.concatenate(pair), ours, theirs)

    return Part(
        x=both(first.x, second.x),
        y=both(first.y, second.y),
        sample_weight=both(first.sample_weight, second.sample_weight),
        rows=first.rows + second.rows,
    )


def input_list(part: Part, names: Sequence[str] = ()) -> list[np.ndarray]:
    """The inputs of a part, one array for each input of the model.

    Args:
        part: a part of the data.
        names: names of the model's inputs in order; needed only where the inputs are a dict whose
            sorted keys are in another order than the model's inputs.

    Returns:
        The arrays, in the order of the names, or in the order in which Keras flattens them.
    """
    if isinstance(part.x, dict) and names and all(name in part.x for name in names):
        return [part.x[name] for name in names]
    return list(keras.tree.flatten(part.x))
