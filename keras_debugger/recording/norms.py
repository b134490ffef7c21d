"""Statistics of gradients and weights as TensorFlow operations, chosen for their cost."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_debugger.recording.blocks import Block


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
    squares = [
        2.0 * tf.nn.l2_loss(block.tensor)[tf.newaxis]
        if block.count == 1
        else tf.reduce_sum(tf.square(block.tensor), axis=1)
        for block in blocks
    ]
    return tf.sqrt(tf.concat(squares, axis=0))


def safe_norms(blocks: Sequence[Block]) -> Any:
    """Euclidean norm of each tensor without overflow, shape (tensors,)."""
    largest = [largest_entries([block]) for block in blocks]
    scales = [tf.where(entry > 0, entry, 1.0) for entry in largest]
    scaled = [
        Block.of(
            block.tensor / (scale[0] if block.count == 1 else scale[:, tf.newaxis]), block.count
        )
        for block, scale in zip(blocks, scales, strict=True)
    ]
    return l2_norms(scaled) * tf.concat(scales, axis=0)


def are_finite(blocks: Sequence[Block]) -> Any:
    """1 for each tensor without NaN and infinity, else 0, shape (tensors,)."""
    flags = [block.each(tf.reduce_all, tf.math.is_finite(block.tensor)) for block in blocks]
    return tf.cast(tf.concat(flags, axis=0), tf.float32)


def largest_entries(blocks: Sequence[Block]) -> Any:
    """Largest absolute entry of each tensor, shape (tensors,); 0 for an empty tensor."""
    entries = [
        tf.maximum(
            block.each(tf.reduce_max, block.tensor), -block.each(tf.reduce_min, block.tensor)
        )
        for block in blocks
    ]
    return tf.maximum(tf.concat(entries, axis=0), 0.0)


def zero_shares(blocks: Sequence[Block], table_rows: Sequence[int | None]) -> Any:
    """Share of entries of each tensor that are exactly zero, shape (tensors,).

    Args:
        blocks: the tensors.
        table_rows: for a block that holds the touched rows of a table, the rows of the table:
            the share is then that of its rows. None otherwise.
    """
    shares = []
    for block, rows in zip(blocks, table_rows, strict=True):
        if rows is None:
            ones = tf.square(tf.sign(block.tensor))
            size = tf.cast(tf.size(block.tensor), tf.float32) / block.count
            shares.append(1.0 - block.each(tf.reduce_sum, ones) / size)
        else:
            touched = tf.reduce_any(
                tf.reshape(block.tensor != 0, (tf.shape(block.tensor)[0], -1)), axis=1
            )
            count = tf.reduce_sum(tf.cast(touched, tf.float32))
            shares.append((1.0 - count / float(rows))[tf.newaxis])
    return tf.concat(shares, axis=0)
