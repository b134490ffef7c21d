"""Statistics of gradients and weights as TensorFlow operations, chosen for their cost."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_debugger.recording.step.blocks import Block, joined


def merged(gradient: Any, variable_shape: tuple[int, ...], *, compiled: bool) -> Any:
    """The entries of a gradient as one float32 tensor.

    Rows of an IndexedSlices that belong to the same index are summed first, because only the sum
    reaches the variable; the table itself is not made dense unless XLA compiles the step.

    Args:
        gradient: a tensor or IndexedSlices.
        variable_shape: shape of the variable.
        compiled: whether XLA compiles the step.
    """
    if not isinstance(gradient, tf.IndexedSlices):
        return tf.cast(gradient, tf.float32)
    values = tf.cast(gradient.values, tf.float32)
    if compiled:
        return tf.math.unsorted_segment_sum(values, gradient.indices, variable_shape[0])
    rows, places = tf.unique(gradient.indices)
    return tf.math.unsorted_segment_sum(values, places, tf.size(rows))


def l2_norms(blocks: Sequence[Block]) -> Any:
    """Euclidean norm of each tensor, shape (tensors,); infinite if the sum of squares overflows."""
    return tf.sqrt(2.0 * joined([block.half_squares(block.tensor) for block in blocks]))


def largest_entries(blocks: Sequence[Block]) -> Any:
    """Largest absolute entry of each tensor, shape (tensors,); 0 for an empty tensor."""
    highest = joined([block.each(tf.reduce_max, block.tensor) for block in blocks])
    lowest = joined([block.each(tf.reduce_min, block.tensor) for block in blocks])
    return tf.maximum(tf.maximum(highest, -lowest), 0.0)


def zero_shares(blocks: Sequence[Block], table_rows: Sequence[int | None]) -> Any:
    """Share of entries of each tensor that are exactly zero, shape (tensors,).

    Args:
        blocks: the tensors.
        table_rows: for a block that holds the touched rows of a table, the rows of the table:
            the share is then that of its rows. None otherwise.
    """
    halves: list[Any] = []  # half the number of entries, or rows, that are not zero
    sizes: list[Any] = []
    for block, rows in zip(blocks, table_rows, strict=True):
        tensor = block.tensor
        if rows is None:
            halves.append(block.half_squares(tf.sign(tensor)))
            sizes += [tf.size(tensor[0] if block.count > 1 else tensor)] * block.count
        else:
            touched = tf.reduce_any(tf.reshape(tensor != 0, (tf.shape(tensor)[0], -1)), axis=1)
            halves.append(0.5 * tf.reduce_sum(tf.cast(touched, tf.float32)))
            sizes.append(rows)
    return 1.0 - 2.0 * joined(halves) / tf.cast(tf.stack(sizes), tf.float32)
