"""Work that is done at some steps only, and costs next to nothing at the others."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

Branch = Callable[..., list[Any]]


def choose(
    condition: Any, then: Branch, otherwise: Branch, inputs: Sequence[Any], *, compiled: bool
) -> list[Any]:
    """What one of two functions gives, by a condition that is known when the step runs.

    TensorFlow makes `tf.cond` into one switch for each tensor that a branch uses and into dead
    operations for the branch that is not taken; with many variables that costs more than the work.
    The plain `If` operation has neither, so it is used wherever it can be.

    Args:
        condition: boolean scalar.
        then: takes the inputs, returns a list of tensors; uses no other tensor.
        otherwise: the same; gives tensors of the same dtypes.
        inputs: tensors, or handles of variables.
        compiled: whether XLA compiles the step.
    """
    if tf.executing_eagerly():
        return then(*inputs) if bool(condition) else otherwise(*inputs)
    if compiled or tf.distribute.get_strategy().num_replicas_in_sync > 1:
        result = tf.cond(condition, lambda: then(*inputs), lambda: otherwise(*inputs))
        return [result] if tf.is_tensor(result) else list(result)
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in inputs]
    branches = [
        tf.function(branch, input_signature=specs, autograph=False).get_concrete_function()
        for branch in (then, otherwise)
    ]
    outputs = [[(o.dtype, o.shape) for o in branch.outputs] for branch in branches]
    return list(
        tf.raw_ops.If(
            cond=condition,
            input=list(inputs),
            Tout=[dtype for dtype, _ in outputs[0]],
            then_branch=branches[0],
            else_branch=branches[1],
            output_shapes=[
                one if one == other else tf.TensorShape(None)
                for (_, one), (_, other) in zip(*outputs, strict=True)
            ],
        )
    )


def handles_of(variables: Sequence[Any]) -> list[Any]:
    """What `read` takes: handles of TensorFlow variables."""
    return [variable.handle for variable in variables]


def read(handle: Any, variable: Any) -> Any:
    """The present value of a variable; copied only if it changes while the value is in use."""
    value = tf.raw_ops.ReadVariableOp(resource=handle, dtype=variable.dtype)
    return tf.ensure_shape(value, variable.shape)
