"""Statistics of gradients and weights as TensorFlow operations, chosen for their cost."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

DENSE_LIMIT = 4_000_000  # entries of a table that may be made dense where rows cannot be merged


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


def l2_norm(tensor: Any) -> Any:
    """Euclidean norm, a scalar; infinite if the sum of squares overflows."""
    return tf.sqrt(2.0 * tf.nn.l2_loss(tensor))


def l2_norms(tensors: Sequence[Any]) -> Any:
    """Euclidean norm of each tensor, shape (tensors,)."""
    halves = [tf.nn.l2_loss(tf.cast(tensor, tf.float32)) for tensor in tensors]
    return tf.sqrt(2.0 * tf.stack(halves))


def safe_norm(tensor: Any) -> Any:
    """Euclidean norm that does not overflow, a scalar."""
    largest = largest_entry(tensor)
    scale = tf.where(largest > 0, largest, 1.0)
    return scale * l2_norm(tensor / scale)


def largest_entry(tensor: Any) -> Any:
    """Largest absolute entry, a scalar; 0 for an empty tensor."""
    return tf.maximum(tf.maximum(tf.reduce_max(tensor), -tf.reduce_min(tensor)), 0.0)


def zero_share(tensor: Any, gradient: Any, variable_shape: tuple[int, ...]) -> Any:
    """Share of entries that are exactly zero; of rows, if the gradient is an IndexedSlices."""
    if isinstance(gradient, tf.IndexedSlices):
        touched = tf.reduce_any(tf.reshape(tensor != 0, (tf.shape(tensor)[0], -1)), axis=1)
        count = tf.reduce_sum(tf.cast(touched, tf.float32))
        return 1.0 - count / tf.cast(variable_shape[0], tf.float32)
    size = tf.cast(tf.size(tensor), tf.float32)
    return 1.0 - 2.0 * tf.nn.l2_loss(tf.sign(tensor)) / size
