"""Work that is done at some steps only, and costs next to nothing at the others."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

Branch = Callable[..., list[Any]]


def choose(
    condition: Any,
    work: Branch,
    otherwise: Branch,
    inputs: Sequence[Any],
    *,
    compiled: bool,
    when: bool = True,
) -> list[Any]:
    """What one of two functions gives, by a condition that is known when the step runs.

    The choice is one operation of the graph that calls one of two functions. `tf.cond` would be
    taken apart into one switch for each input, and each of them would cost some time at every step.

    Args:
        condition: boolean scalar.
        work: takes the inputs, returns a list of tensors; uses no other tensor but variables.
        otherwise: the same without variables, cheap; gives tensors of the same dtypes.
        inputs: tensors, or handles of variables.
        compiled: whether XLA compiles the step.
        when: what the condition must be for the work to be done.
    """
    then, other = (work, otherwise) if when else (otherwise, work)
    if tf.executing_eagerly():
        return then(*inputs) if bool(condition) else other(*inputs)
    if compiled:
        result = tf.cond(condition, lambda: then(*inputs), lambda: other(*inputs))
        return [result] if tf.is_tensor(result) else list(result)
    tensors = [tf.convert_to_tensor(i) for i in inputs]
    return _one_operation(condition, work, otherwise, tensors, when=when)


def _one_operation(
    condition: Any, work: Branch, otherwise: Branch, inputs: list[Any], *, when: bool
) -> list[Any]:
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in inputs]
    done = tf.function(work, autograph=False).get_concrete_function(*specs)
    variables = [tf.TensorSpec(handle.shape, handle.dtype) for handle in done.captured_inputs]

    def left(*arguments: Any) -> list[Any]:
        return otherwise(*arguments[: len(specs)])

    skipped = tf.function(left, autograph=False).get_concrete_function(*specs, *variables)
    for branch in (done, skipped):
        branch.add_to_graph(tf.compat.v1.get_default_graph())
    return list(
        tf.raw_ops.If(
            cond=condition,
            input=[*inputs, *done.captured_inputs],
            Tout=[output.dtype for output in done.outputs],
            then_branch=done if when else skipped,
            else_branch=skipped if when else done,
        )
    )


def handles_of(variables: Sequence[Any]) -> list[Any]:
    """What `read` takes: handles of TensorFlow variables."""
    return [variable.handle for variable in variables]


def read(handle: Any, variable: Any) -> Any:
    """The present value of a variable; copied only if it changes while the value is in use."""
    value = tf.raw_ops.ReadVariableOp(resource=handle, dtype=variable.dtype)
    return tf.ensure_shape(value, variable.shape)
