"""Batches that depend on the seed and the epoch alone: the same in every process and trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from keras_debugger.training.data import Part


def make_batches(
    part: Part, *, batch_size: int, shuffle: bool, seed: int
) -> tuple[tf.data.Dataset, int]:
    """An endless dataset that goes through the rows once an epoch.

    The order of epoch e is a stateless shuffle with the seed (seed, e): neither TensorFlow's global
    seed nor what was drawn before has a part in it. The last batch of an epoch holds the rows that
    are left.

    Args:
        part: rows to train on.
        batch_size: rows in a batch.
        shuffle: whether the rows are put in a new order in each epoch.
        seed: seed of the order.

    Returns:
        The dataset of (x, y) or (x, y, sample_weight), and the steps in an epoch.
    """
    tensors = keras.tree.map_structure(tf.convert_to_tensor, _lists_as_tuples(part.as_fed))
    rows = tf.range(part.rows)

    def order(epoch: Any) -> tf.data.Dataset:
        places = rows
        if shuffle:
            places = tf.random.experimental.stateless_shuffle(rows, seed=[seed, epoch])
        return tf.data.Dataset.from_tensor_slices(places).batch(batch_size)

    def gather(places: Any) -> Any:
        return keras.tree.map_structure(lambda tensor: tf.gather(tensor, places), tensors)

    endless = tf.data.Dataset.counter().flat_map(order).map(gather)
    steps = int(np.ceil(part.rows / batch_size))
    return endless.prefetch(tf.data.AUTOTUNE), steps


def _lists_as_tuples(nested: Any) -> Any:
    # A list inside an element of a dataset would be stacked into one tensor.
    if isinstance(nested, list | tuple):
        return tuple(_lists_as_tuples(part) for part in nested)
    if isinstance(nested, dict):
        return {name: _lists_as_tuples(part) for name, part in nested.items()}
    return nested
