"""The last weights and the activations that each output of a model has passed."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import keras

from keras_debugger.recording.model.activation_kinds import activation_of
from keras_debugger.recording.model.call_trace import Trace, TracedCall
from keras_debugger.recording.model.layer_kinds import resolve_kind
from keras_debugger.types.vocabulary import Activation, LayerKind

_WITH_WEIGHTS = (
    LayerKind.DENSE,
    LayerKind.CONV,
    LayerKind.RECURRENT,
    LayerKind.EMBEDDING,
    LayerKind.ATTENTION,
    LayerKind.NORMALIZATION,
)
# Kinds that hand on what they get: the last activation is the one before them.
_PASSING = (LayerKind.DROPOUT, LayerKind.RESHAPE, LayerKind.POOLING)


@dataclass(frozen=True, slots=True)
class Head:
    """What an output has passed.

    Args:
        layer: path of the layer with the last weights, empty if unknown.
        activation: the last activation.
        inner: activations between the last weights and the last activation, first one first.
    """

    layer: str
    activation: Activation
    inner: tuple[Activation, ...] = ()


NOTHING = Head("", Activation.LINEAR)


def heads_of(trace: Trace) -> dict[int, Head]:
    """For each tensor the last weights and the last activation that it has passed."""
    heads: dict[int, Head] = {}
    for call in trace.calls:
        before = [heads.get(tensor, NOTHING) for tensor in dict.fromkeys(call.inputs)]
        head = _head(call, before or [NOTHING])
        heads.update(dict.fromkeys(call.outputs, head))
    return heads


def _head(call: TracedCall, before: list[Head]) -> Head:
    """What a call adds to what its inputs have passed."""
    kind = resolve_kind(call.operation)
    activation = _settled(call.operation, kind)
    if _has_weights(call.operation, kind):
        return Head(call.path, Activation.LINEAR if activation is None else activation)
    layers = {head.layer for head in before}
    layer = layers.pop() if len(layers) == 1 else ""
    if activation is None:
        activation = _joined(call.operation, {head.activation for head in before})
        inner = (
            before[0].inner
            if len(before) == 1 and kind in (*_PASSING, LayerKind.ACTIVATION)
            else ()
        )
    else:
        inner = _inner(call.operation, before)
    return Head(layer, activation, inner)


def _inner(operation: Any, before: list[Head]) -> tuple[Activation, ...]:
    """The activations whose values another activation takes."""
    is_layer = isinstance(operation, keras.layers.Layer)
    if len(before) != 1 or (is_layer and resolve_kind(operation) is not LayerKind.ACTIVATION):
        return ()
    (head,) = before
    passed = () if head.activation is Activation.LINEAR else (head.activation,)
    return head.inner + passed


def _joined(operation: Any, found: set[Activation]) -> Activation:
    """The activation behind a call that has none of its own; OTHER where none survives as it is."""
    if len(found) > 1 or isinstance(operation, keras.layers.Multiply | keras.layers.Dot):
        return Activation.OTHER
    (activation,) = found
    if activation is Activation.LINEAR or resolve_kind(operation) in _PASSING:
        return activation
    keeps = keras.layers.Concatenate | keras.layers.Maximum | keras.layers.Minimum
    if isinstance(operation, keeps) or resolve_kind(operation) is LayerKind.ACTIVATION:
        return activation
    return Activation.OTHER


def _settled(operation: Any, kind: LayerKind) -> Activation | None:
    """The activation that this call fixes, None if what comes before it decides."""
    if not isinstance(operation, keras.layers.Layer):
        return _of_operation(operation)
    if kind in _PASSING or kind in (LayerKind.MERGE, LayerKind.INPUT):
        return None
    if kind is LayerKind.PREPROCESSING:
        return None if isinstance(operation, keras.layers.Rescaling) else Activation.OTHER
    activation = activation_of(operation)
    if activation is Activation.LINEAR and kind is LayerKind.ACTIVATION:
        return None
    return activation


def _has_weights(operation: Any, kind: LayerKind) -> bool:
    if not isinstance(operation, keras.layers.Layer):
        return False
    if kind is LayerKind.WRAPPER or kind in _WITH_WEIGHTS:
        return True
    return kind is not LayerKind.ACTIVATION and bool(operation.weights)


def _of_operation(operation: Any) -> Activation:
    """Activation that an operation of `keras.ops` in the graph is; OTHER for any other."""
    return _operation_types().get(type(operation), Activation.OTHER)


@cache
def _operation_types() -> dict[type, Activation]:
    """Types of the operations that `keras.ops` makes, which have no public names."""
    tensor = keras.KerasTensor((1, 2))
    types = {}
    for name in ("softmax", "sigmoid", "relu", "tanh", "softplus", "exp", "leaky_relu", "elu"):
        graph = keras.Function(tensor, getattr(keras.ops, name)(tensor))
        activation = Activation.EXPONENTIAL if name == "exp" else Activation(name)
        types.update({type(known): activation for known in graph.operations[-1:]})
    return types
