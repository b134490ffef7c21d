"""Tensors of many variables, put together where one operation on all is cheaper than one each."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

SMALL = 1024  # entries; larger variables cost more to copy than an operation of their own

Groups = tuple[tuple[int, ...], ...]


def group_columns(variables: Sequence[Any], gradients: Sequence[Any]) -> Groups:
    """Columns that are treated as one block: small variables of one shape, all others alone.

    Those that are alone come first, so that their numbers are put together in one operation.

    Args:
        variables: TensorFlow variables.
        gradients: their gradients; a sparse one stays alone.
    """
    groups: dict[Any, list[int]] = {}
    for column, (variable, gradient) in enumerate(zip(variables, gradients, strict=True)):
        size = variable.shape.num_elements() or 0
        alone = isinstance(gradient, tf.IndexedSlices) or not 0 < size <= SMALL
        key = column if alone else (tuple(variable.shape), variable.dtype)
        groups.setdefault(key, []).append(column)
    return tuple(tuple(group) for group in sorted(groups.values(), key=lambda one: len(one) > 1))


class Block:
    """Tensors of one shape as one float32 tensor, each a row of it; a lone tensor as it is.

    Args:
        tensors: the tensors.
    """

    def __init__(self, tensors: Sequence[Any]) -> None:
        self.count = len(tensors)
        if self.count == 1:
            self.tensor = tf.cast(tensors[0], tf.float32)
        else:
            rows = tf.reshape(tf.stack(tensors), (self.count, -1))
            self.tensor = tf.cast(rows, tf.float32)

    @classmethod
    def of(cls, tensor: Any, count: int) -> "Block":
        """The block that holds a float32 tensor which was put together before."""
        block = cls.__new__(cls)
        block.tensor, block.count = tensor, count
        return block

    def each(self, reduce: Callable[..., Any], tensor: Any) -> Any:
        """A reduction of each row, shape (count,); a scalar for a lone tensor.

        Args:
            reduce: a TensorFlow reduction.
            tensor: what to reduce, in the shape of this block.
        """
        return reduce(tensor) if self.count == 1 else reduce(tensor, axis=1)

    def half_squares(self, tensor: Any) -> Any:
        """Half the sum of squares of each row, shape (count,); a scalar for a lone tensor.

        Args:
            tensor: in the shape of this block.
        """
        if self.count == 1:
            return tf.nn.l2_loss(tensor)
        return 0.5 * tf.reduce_sum(tf.square(tensor), axis=1)


def joined(tensors: Sequence[Any]) -> Any:
    """Scalars and vectors as one vector, with as few operations as that takes."""
    pieces: list[Any] = []
    scalars: list[Any] = []
    for tensor in [*tensors, None]:
        if tensor is not None and tensor.shape.rank == 0:
            scalars.append(tensor)
        else:
            pieces += [tf.stack(scalars)] if scalars else []
            pieces += [tensor] if tensor is not None else []
            scalars = []
    return pieces[0] if len(pieces) == 1 else tf.concat(pieces, axis=0)


def each_pair(
    combine: Callable[[Any, Any], Any], first: Sequence[Block], second: Sequence[Block]
) -> list[Block]:
    """Blocks of the same form, combined one by one."""
    return [
        Block.of(combine(one.tensor, other.tensor), one.count)
        for one, other in zip(first, second, strict=True)
    ]
