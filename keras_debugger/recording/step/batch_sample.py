"""Rows of the batches that a step receives, copied inside the graph into variables of our own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.recording.step.branch import choose
from keras_debugger.recording.step.ring import own_variable

ROWS = 2048
BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Inputs, labels and sample weights in the structure in which the step received them."""

    x: Any
    y: Any
    sample_weight: Any

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(keras.tree.flatten(self.x)[0])

    @property
    def first_labels(self) -> np.ndarray | None:
        """Labels of the first output, None if there are none."""
        leaves = [] if self.y is None else keras.tree.flatten(self.y)
        return np.asarray(leaves[0]) if leaves and leaves[0] is not None else None

    def spread(self, limit: int) -> "Rows":
        """At most `limit` rows, evenly spread over all of them."""
        places = np.unique(np.linspace(0, self.count - 1, min(limit, self.count)).astype(int))
        return Rows(
            x=_take(self.x, places),
            y=_take(self.y, places),
            sample_weight=_take(self.sample_weight, places),
        )


class BatchSample:
    """Fills up with the first rows that it is offered, then costs one comparison a step.

    Args:
        rows: largest number of rows.
        size: largest number of bytes.
        counts: whether to count the rows that are offered.
    """

    def __init__(self, *, rows: int = ROWS, size: int = BYTES, counts: bool = False) -> None:
        self.refusal = ""
        self._limit_rows = rows
        self._limit_bytes = size
        self._structure: Any = None
        self._dtypes: list[Any] = []
        self._stores: list[Any] = []
        self._capacity = 0
        self._filled: int | None = None  # once no further rows are taken
        self._counts = counts
        self._room: Any = None
        self._seen: Any = None

    def offer(self, data: Any, *, compiled: bool, when: Any = None) -> None:
        """Copy rows of a batch while there is room; called while a step is traced or run.

        Args:
            data: what the step received: x, (x, y) or (x, y, sample_weight), nested.
            compiled: whether XLA compiles the step.
            when: a condition, a boolean tensor; always if None.
        """
        leaves = self.leaves_of(data)
        if not leaves:
            return
        has_room = self._room > 0
        if compiled:
            rows = min(leaves[0].shape[0] or 0, self._capacity)
            if rows == 0:
                return
            has_room = self._room >= rows
            leaves = [leaf[:rows] for leaf in leaves]
        if when is not None:
            has_room = tf.logical_and(has_room, when)
        if self._seen is not None:
            self._seen.assign_add(tf.shape(leaves[0], tf.int64)[0])
        choose(
            has_room,
            lambda *leaves: self.copy(leaves, compiled=compiled),
            lambda *leaves: [tf.constant(0)],
            leaves,
            compiled=compiled,
        )

    def leaves_of(self, data: Any) -> list[Any]:
        """The tensors of a batch that can be copied, none if it is of another form."""
        leaves = [leaf for leaf in tf.nest.flatten(data) if leaf is not None]
        if self._structure is None and not self.refusal:
            self._prepare(data, leaves)
        return [] if self.refusal or len(leaves) != len(self._stores) else leaves

    def copy(self, leaves: Sequence[Any], *, compiled: bool = False) -> list[Any]:
        """Copy as many rows as there is room for; the last part of `offer`."""
        room = self._room.read_value()
        count = tf.shape(leaves[0])[0]
        if not compiled:
            count = tf.minimum(count, room)
            leaves = [leaf[:count] for leaf in leaves]
        places = self._capacity - room + tf.range(count)
        for store, leaf in zip(self._stores, leaves, strict=True):
            store.scatter_nd_update(places[:, tf.newaxis], leaf)
        self._room.assign_sub(count)
        return [count]

    def close(self) -> None:
        """Take no further rows."""
        if self._room is not None:
            self._filled = self._capacity - int(self._room.numpy())
            self._room.assign(0)

    @property
    def seen(self) -> int:
        """Number of rows that were offered so far, if they are counted."""
        return 0 if self._seen is None else int(self._seen.numpy())

    def rows(self) -> Rows | None:
        """What was copied so far, None if nothing was."""
        filled = self._filled
        if filled is None:
            filled = 0 if self._room is None else self._capacity - int(self._room.numpy())
        if filled == 0:
            return None
        arrays = [
            store.numpy()[:filled].astype(dtype)
            for store, dtype in zip(self._stores, self._dtypes, strict=True)
        ]
        marks = [leaf is not None for leaf in tf.nest.flatten(self._structure)]
        remaining = iter(arrays)
        data = tf.nest.pack_sequence_as(
            self._structure, [next(remaining) if mark else None for mark in marks]
        )
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        return Rows(x=x, y=y, sample_weight=sample_weight)

    def _prepare(self, data: Any, leaves: list[Any]) -> None:
        self.refusal = _refusal(leaves)
        if self.refusal:
            return
        row_bytes = sum(_row_bytes(leaf) for leaf in leaves)
        self._capacity = max(1, min(self._limit_rows, self._limit_bytes // max(row_bytes, 1)))
        self._dtypes = [leaf.dtype.as_numpy_dtype for leaf in leaves]
        self._stores = [
            own_variable((self._capacity, *leaf.shape[1:]), leaf.dtype) for leaf in leaves
        ]
        self._room = own_variable((), tf.int32, fill=float(self._capacity))
        self._seen = own_variable((), tf.int64) if self._counts else None
        self._structure = tf.nest.map_structure(lambda leaf: None if leaf is None else 0, data)


def _refusal(leaves: list[Any]) -> str:
    """Why these batches cannot be copied, empty if they can."""
    for leaf in leaves:
        if not tf.is_tensor(leaf) or isinstance(leaf, tf.RaggedTensor | tf.SparseTensor):
            return "batches hold something else than dense tensors"
        if leaf.dtype == tf.string:
            return "batches hold text"
        if leaf.shape.rank in (None, 0) or None in leaf.shape[1:]:
            return "the shape of the rows is not fixed"
    return "" if leaves else "batches are empty"


def _row_bytes(leaf: Any) -> int:
    return int(np.prod(leaf.shape[1:], dtype=np.int64)) * int(leaf.dtype.size)


def _take(part: Any, places: np.ndarray) -> Any:
    return tf.nest.map_structure(lambda leaf: None if leaf is None else leaf[places], part)
