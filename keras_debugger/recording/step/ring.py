"""Rows of numbers that a compiled step writes and that Python reads now and then."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import tensorflow as tf


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
