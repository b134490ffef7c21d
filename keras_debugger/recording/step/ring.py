"""Rows of numbers that a compiled step writes and that Python reads now and then."""

from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import tensorflow as tf

from keras_debugger.recording.step.blocks import joined

Parts = Mapping[Hashable, Sequence[Any]]


def own_variable(shape: tuple[int, ...], dtype: Any, *, fill: float = 0.0) -> Any:
    """A variable that belongs to the recorder alone.

    It is made in a thread of its own, where no graph is traced and no distribution strategy is in
    force, so it is a plain variable on one device whatever the caller is in the middle of.

    Args:
        shape: shape.
        dtype: TensorFlow dtype.
        fill: value of every entry.
    """

    def create() -> Any:
        value = tf.cast(tf.fill(shape, fill), dtype)
        return tf.Variable(value, trainable=False, name="keras_debugger")

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(create).result()


class Ring:
    """A table of the last `capacity` rows, written in the graph, read from Python.

    Args:
        capacity: number of rows.
        width: numbers in a row.
    """

    def __init__(self, *, capacity: int, width: int) -> None:
        self.capacity = capacity
        self.width = width
        self._table = own_variable((capacity, width), tf.float32, fill=float("nan"))

    def write(self, row: Any, values: Any) -> None:
        """Write one row; `row` is an integer tensor, `values` has shape (width,)."""
        self._table.scatter_update(tf.IndexedSlices(values, row))

    def write_entry(self, row: Any, column: int, value: Any) -> None:
        """Write one number."""
        self._table.scatter_nd_update([[row, tf.cast(column, row.dtype)]], [value])

    def read(self, rows: np.ndarray) -> np.ndarray:
        """The given rows, shape (rows, width), which are then empty (NaN) for the next round."""
        table = self._table.numpy()
        self._table.assign(tf.fill((self.capacity, self.width), float("nan")))
        return np.asarray(table[rows % self.capacity])

    def peek(self, row: Any) -> Any:
        """One row as a tensor, shape (width,)."""
        return tf.gather(self._table, row)


class Rings:
    """Numbers of each step by key; what is written together takes one write.

    Keys that are written together share a ring. A step that is traced again may write other keys
    together; they get another ring, and reading puts all of them together.

    Args:
        capacity: number of rows of each ring.
    """

    def __init__(self, *, capacity: int) -> None:
        self.capacity = capacity
        self._rings: dict[tuple[tuple[Hashable, int], ...], Ring] = {}

    def write(self, row: Any, parts: Parts) -> None:
        """Write the numbers of one step.

        Args:
            row: row of the rings, an integer tensor.
            parts: for each key scalars and vectors, float32 tensors, in order.
        """
        widths = tuple((key, sum(map(_width, tensors))) for key, tensors in parts.items())
        self._ring(widths).write(row, joined([t for tensors in parts.values() for t in tensors]))

    def write_entry(self, row: Any, key: Hashable, *, width: int, column: int, value: Any) -> None:
        """Write one number of a key that is written alone."""
        self._ring(((key, width),)).write_entry(row, column, value)

    def read(self, steps: np.ndarray) -> dict[Hashable, np.ndarray]:
        """The numbers of the given steps by key, each (steps, width); NaN where none are."""
        found: dict[Hashable, np.ndarray] = {}
        for widths, ring in self._rings.items():
            rows, start = ring.read(steps), 0
            for key, width in widths:
                part, start = rows[:, start : start + width], start + width
                earlier = found.get(key, part)
                found[key] = np.where(np.isnan(part), earlier, part)
        return found

    def peek(self, row: Any, key: Hashable) -> Any | None:
        """The numbers of a key at one step as a vector; None if it was never written."""
        for widths, ring in reversed(self._rings.items()):
            start = 0
            for known, width in widths:
                if known == key:
                    return ring.peek(row)[start : start + width]
                start += width
        return None

    def _ring(self, widths: tuple[tuple[Hashable, int], ...]) -> Ring:
        if widths not in self._rings:
            width = sum(width for _, width in widths)
            self._rings[widths] = Ring(capacity=self.capacity, width=width)
        return self._rings[widths]


def _width(tensor: Any) -> int:
    return int(tensor.shape.num_elements())
