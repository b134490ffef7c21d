"""The outputs of a model: the last weights, the last activation and the loss of each."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import keras

from keras_debugger.recording.model.activation_kinds import activation_of
from keras_debugger.recording.model.call_trace import Trace, TracedCall
from keras_debugger.recording.model.layer_kinds import resolve_kind
from keras_debugger.recording.model.losses import losses_of, resolve_loss
from keras_debugger.types.record import OutputDescription
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
class _Head:
    layer: str
    activation: Activation
    inner: tuple[Activation, ...] = ()


_NOTHING = _Head("", Activation.LINEAR)


def describe_outputs(model: Any, trace: Trace | None) -> tuple[OutputDescription, ...]:
    """Describe each output of a model and the loss on it.

    Args:
        model: a Keras model.
        trace: its calls, None if they cannot be read.

    Returns:
        One description for each output. Without a trace there is one that tells only the loss, or
        none if there are several losses.
    """
    tensors, names = _tensors(model)
    if trace is None:
        loss = getattr(model, "loss", None)
        if tensors or isinstance(loss, dict | list | tuple):
            heads = [_Head("", Activation.OTHER)] * len(tensors)
        else:
            tensors, names, heads = [None], [("",)], [_Head("", Activation.OTHER)]
    else:
        producers = {tensor: call for call in trace.calls for tensor in call.outputs}
        passed = _heads(trace)
        heads = [passed.get(tensor, _NOTHING) for tensor in trace.outputs]
        tensors = tensors or [None] * len(heads)
        fallback = [(_producer_name(producers.get(tensor)),) for tensor in trace.outputs]
        names = [known or other for known, other in zip(names or fallback, fallback, strict=True)]
    described = []
    losses = losses_of(model, tuple(names))
    for tensor, known, head, loss in zip(tensors, names, heads, losses, strict=True):
        kind, name, from_logits = resolve_loss(loss)
        units, rank = _form(tensor, head, trace)
        described.append(
            OutputDescription(
                name=known[0],
                layer=head.layer,
                activation=head.activation,
                units=units,
                rank=rank,
                loss=kind,
                loss_name=name,
                from_logits=from_logits,
                inner=head.inner,
            )
        )
    return tuple(described)


def _tensors(model: Any) -> tuple[list[Any], list[tuple[str, ...]]]:
    """The output tensors, and the names that each goes by; empty if the model is not built."""
    tensors = list(_attribute(model, "outputs") or ())
    plain = [str(name) for name in _attribute(model, "output_names") or ()]
    structure = _attribute(model, "output")
    keys = {}
    if isinstance(structure, dict):
        keys = {id(tensor): str(key) for key, tensor in structure.items()}
    names = []
    for position, tensor in enumerate(tensors):
        known = [keys[id(tensor)]] if id(tensor) in keys else []
        if position < len(plain):
            known.append(plain[position])
        names.append(tuple(known))
    return tensors, names


def _attribute(model: Any, name: str) -> Any:
    """An attribute that a model lacks until it is built."""
    try:
        return getattr(model, name, None)
    except ValueError:
        return None


def _producer_name(call: TracedCall | None) -> str:
    return "" if call is None else str(call.operation.name)


def _form(tensor: Any, head: _Head, trace: Trace | None) -> tuple[int | None, int | None]:
    """Size of the last axis and rank of an output."""
    if tensor is not None:
        return tensor.shape[-1], len(tensor.shape)
    for call in trace.calls if trace is not None else ():
        if call.path == head.layer:
            units = getattr(call.operation, "units", None)
            return (units if isinstance(units, int) else None), None
    return None, None


def _heads(trace: Trace) -> dict[int, _Head]:
    """For each tensor the last weights and the last activation that it has passed."""
    heads: dict[int, _Head] = {}
    for call in trace.calls:
        before = [heads.get(tensor, _NOTHING) for tensor in dict.fromkeys(call.inputs)]
        head = _head(call, before or [_NOTHING])
        heads.update(dict.fromkeys(call.outputs, head))
    return heads


def _head(call: TracedCall, before: list[_Head]) -> _Head:
    """What a call adds to what its inputs have passed."""
    kind = resolve_kind(call.operation)
    activation = _settled(call.operation, kind)
    if _has_weights(call.operation, kind):
        return _Head(call.path, Activation.LINEAR if activation is None else activation)
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
    return _Head(layer, activation, inner)


def _inner(operation: Any, before: list[_Head]) -> tuple[Activation, ...]:
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
