"""Work that is done at some steps only, and costs next to nothing at the others."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

Branch = Callable[..., list[Any]]


def choose(
    condition: Any, then: Branch, otherwise: Branch, inputs: Sequence[Any], *, compiled: bool
) -> list[Any]:
    """What one of two functions gives, by a condition that is known when the step runs.

    The first is kept together as one operation of the graph: left apart, each of its operations
    would cost some time as a dead one at every step at which it is not taken.

    Args:
        condition: boolean scalar.
        then: takes the inputs, returns a list of tensors; uses no other tensor.
        otherwise: the same, cheap; gives tensors of the same dtypes.
        inputs: tensors, or handles of variables.
        compiled: whether XLA compiles the step.
    """
    if tf.executing_eagerly():
        return then(*inputs) if bool(condition) else otherwise(*inputs)
    if not compiled:
        then = tf.function(then, autograph=False, experimental_attributes={"_noinline": True})
    result = tf.cond(condition, lambda: then(*inputs), lambda: otherwise(*inputs))
    return [result] if tf.is_tensor(result) else list(result)


def handles_of(variables: Sequence[Any]) -> list[Any]:
    """What `read` takes: handles of TensorFlow variables."""
    return [variable.handle for variable in variables]


def read(handle: Any, variable: Any) -> Any:
    """The present value of a variable; copied only if it changes while the value is in use."""
    value = tf.raw_ops.ReadVariableOp(resource=handle, dtype=variable.dtype)
    return tf.ensure_shape(value, variable.shape)
