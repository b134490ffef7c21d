"""The outputs of a model: the last weights, the last activation and the loss of each."""

from typing import Any

from keras_debugger.recording.model.call_trace import Trace, TracedCall
from keras_debugger.recording.model.losses import (
    aligns,
    loss_weights_of,
    losses_of,
    resolve_loss,
    smoothing_of,
)
from keras_debugger.recording.model.output_heads import NOTHING, Head, heads_of
from keras_debugger.types.record import OutputDescription
from keras_debugger.types.vocabulary import Activation


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
            heads = [Head("", Activation.OTHER)] * len(tensors)
        else:
            tensors, names, heads = [None], [("",)], [Head("", Activation.OTHER)]
    else:
        producers = {tensor: call for call in trace.calls for tensor in call.outputs}
        passed = heads_of(trace)
        heads = [passed.get(tensor, NOTHING) for tensor in trace.outputs]
        tensors = tensors or [None] * len(heads)
        fallback = [(_producer_name(producers.get(tensor)),) for tensor in trace.outputs]
        names = [known or other for known, other in zip(names or fallback, fallback, strict=True)]
    described = []
    losses, weights = losses_of(model, tuple(names)), loss_weights_of(model, tuple(names))
    for tensor, known, head, loss, weight in zip(
        tensors, names, heads, losses, weights, strict=True
    ):
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
                label_smoothing=smoothing_of(loss),
                weight=weight,
                aligned=aligns(loss),
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


def _form(tensor: Any, head: Head, trace: Trace | None) -> tuple[int | None, int | None]:
    """Size of the last axis and rank of an output."""
    if tensor is not None:
        return tensor.shape[-1], len(tensor.shape)
    for call in trace.calls if trace is not None else ():
        if call.path == head.layer:
            units = getattr(call.operation, "units", None)
            return (units if isinstance(units, int) else None), None
    return None, None
