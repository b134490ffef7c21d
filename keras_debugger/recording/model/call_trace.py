"""Which layer is called with the outputs of which: the graph of a model, read without touching it.

A functional model is run through once with stand-ins in place of its layers: they hold no weights
and answer with the shape that the layer says it would give. Nothing of the user's model is called,
cloned, drawn at random or attached to.
"""

from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import keras

from keras_debugger.recording.model.graph_calls import run_through

_UNTRACEABLE = (AttributeError, TypeError, ValueError, NotImplementedError, RuntimeError, KeyError)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCall:
    """One call of a layer or operation.

    Args:
        path: path of the layer; of an operation that is no layer, a path made up.
        operation: the layer or operation.
        inputs: numbers of the tensors it takes.
        outputs: numbers of the tensors it makes.
        output_shape: shape of its first output, None if unknown.
        training: the `training` that this call, or that of a nested model around it, fixes; None if
            it is what the layer takes anyway.
    """

    path: str
    operation: Any
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    output_shape: tuple[int | None, ...] | None
    training: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The calls of a model in order; calls of nested models stand in place of the nested model."""

    calls: tuple[TracedCall, ...]
    outputs: tuple[int, ...]


def trace_calls(model: Any, paths: dict[int, str]) -> Trace | None:
    """The calls that a model makes.

    Args:
        model: a Keras model.
        paths: path of each layer, by `id(layer)`.

    Returns:
        The calls; None for a model whose graph cannot be read (a subclassed one).
    """
    numbers = count()
    try:
        inputs = [next(numbers) for _ in _inputs(model)]
        calls, outputs = _expand(model, inputs, paths, numbers, prefix="")
    except _UNTRACEABLE:
        return None
    return Trace(calls=tuple(calls), outputs=tuple(outputs))


def is_functional(model: Any) -> bool:
    """Whether a model is its graph: Functional or Sequential, with no `call` of its own."""
    if not isinstance(model, keras.Function | keras.Sequential):
        return False
    own = (cls for cls in type(model).__mro__ if cls.__module__.split(".")[0] != "keras")
    return not any("call" in vars(cls) for cls in own)


def _inputs(model: Any) -> list[Any]:
    if not is_functional(model):
        raise TypeError(f"{type(model).__name__} has a call method of its own")
    if isinstance(model, keras.Sequential):
        return [None]
    return list(model.inputs)


def _expand(
    model: Any, inputs: list[int], paths: dict[int, str], numbers: "count[int]", prefix: str
) -> tuple[list[TracedCall], list[int]]:
    """Calls of a model on given tensors, with the calls of nested models in their place."""
    if isinstance(model, keras.Sequential):
        return _chain(model, inputs, paths, numbers, prefix)
    calls: list[TracedCall] = []
    known: dict[int, int] = {}
    raw, starts, ends = run_through(model)
    for tensor, number in zip(starts, inputs, strict=True):
        known[id(tensor)] = number
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            position = _position(model, layer)
            if position is not None:
                shape = tuple(layer.batch_shape)
                made = next(numbers)
                path = paths.get(id(layer), prefix + layer.name)
                calls.append(_call(path, layer, [inputs[position]], [made], shape))
                known[id(starts[position])] = made
    for operation, taken, made_tensors, training in raw:
        arguments = [known[id(tensor)] for tensor in taken]
        added, results = _one(operation, arguments, made_tensors, paths, numbers, prefix)
        calls += added if training is None else [replace(one, training=training) for one in added]
        for tensor, number in zip(made_tensors, results, strict=True):
            known[id(tensor)] = number
    return calls, [known[id(tensor)] for tensor in ends]


def _chain(
    model: Any, inputs: list[int], paths: dict[int, str], numbers: "count[int]", prefix: str
) -> tuple[list[TracedCall], list[int]]:
    calls: list[TracedCall] = []
    tensors = inputs
    for layer in model.layers:
        made = _own_outputs(layer)
        added, tensors = _one(layer, tensors, made, paths, numbers, prefix)
        calls += added
    return calls, tensors


def _one(
    operation: Any,
    arguments: list[int],
    made: list[Any],
    paths: dict[int, str],
    numbers: "count[int]",
    prefix: str,
) -> tuple[list[TracedCall], list[int]]:
    """One call, or those of a nested model."""
    path = paths.get(id(operation), prefix + str(operation.name))
    if isinstance(operation, keras.Model) and is_functional(operation):
        return _expand(operation, arguments, paths, numbers, f"{path}/")
    results = [next(numbers) for _ in made]
    shape = getattr(made[0], "shape", None) if made else None
    return [_call(path, operation, arguments, results, shape)], results


def _call(
    path: str, operation: Any, inputs: list[int], outputs: list[int], shape: Any
) -> TracedCall:
    return TracedCall(
        path=path,
        operation=operation,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        output_shape=None if shape is None else tuple(shape),
    )


def _own_outputs(layer: Any) -> list[Any]:
    """The tensors that a layer gave when it was first called; one unknown if it never was."""
    try:
        return list(keras.tree.flatten(layer.output))
    except (AttributeError, ValueError):
        return [None]


def _position(model: Any, layer: Any) -> int | None:
    """Which of the model's inputs an input layer is."""
    outputs = _own_outputs(layer)
    for position, tensor in enumerate(model.inputs):
        if outputs and tensor is outputs[0]:
            return position
    return None
