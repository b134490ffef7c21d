"""Which layer comes after which, and which layers a fix may touch."""

from itertools import pairwise

from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import LayerKind

_IN_BLOCK = (LayerKind.NORMALIZATION, LayerKind.ACTIVATION)
_PASSING = (*_IN_BLOCK, LayerKind.DROPOUT, LayerKind.POOLING, LayerKind.RESHAPE)


def role(layer: LayerDescription) -> LayerKind:
    """What a layer is; a wrapper counts as what it wraps."""
    if layer.kind is not LayerKind.WRAPPER:
        return layer.kind
    if layer.recurrent_activation is not None or layer.class_name == "Bidirectional":
        return LayerKind.RECURRENT
    return LayerKind.DENSE if layer.units is not None else LayerKind.OTHER


def successors(model: ModelDescription) -> dict[str, tuple[str, ...]]:
    """Path of each layer to the paths of the layers that take its output.

    A description that does not tell is read as a chain, nested models left out.
    """
    if any(layer.feeds for layer in model.layers):
        return {layer.path: layer.feeds for layer in model.layers}
    chain = [layer.path for layer in model.layers if layer.kind is not LayerKind.MODEL]
    after: dict[str, tuple[str, ...]] = {layer.path: () for layer in model.layers}
    after.update({one: (two,) for one, two in pairwise(chain)})
    return after


def downstream(model: ModelDescription, path: str) -> tuple[LayerDescription, ...]:
    """Layers that a layer's output reaches, without itself."""
    after = successors(model)
    seen: set[str] = set()
    waiting = list(after.get(path, ()))
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += after.get(one, ())
    return tuple(layer for layer in model.layers if layer.path in seen)


def upstream(model: ModelDescription, path: str) -> tuple[LayerDescription, ...]:
    """Layers whose output reaches a layer, without itself."""
    return tuple(
        layer
        for layer in model.layers
        if layer.path != path and any(one.path == path for one in downstream(model, layer.path))
    )


def block(model: ModelDescription, path: str) -> tuple[LayerDescription, ...]:
    """A layer and the normalisation and activation layers that directly follow it alone."""
    return _followed(model, path, _IN_BLOCK)


def passage(model: ModelDescription, path: str) -> tuple[LayerDescription, ...]:
    """A layer and all that follows it alone up to the next layer with a kernel or a merge."""
    return _followed(model, path, _PASSING)


def next_layers(model: ModelDescription, path: str) -> tuple[LayerDescription, ...]:
    """The layers that directly take a layer's output."""
    after = successors(model).get(path, ())
    return tuple(layer for layer in model.layers if layer.path in after)


def _followed(
    model: ModelDescription, path: str, kinds: tuple[LayerKind, ...]
) -> tuple[LayerDescription, ...]:
    found = [layer for layer in model.layers if layer.path == path]
    while found:
        after = next_layers(model, found[-1].path)
        if len(after) != 1 or after[0].kind not in kinds or after[0] in found:
            break
        found.append(after[0])
    return tuple(found)


def head_paths(model: ModelDescription) -> frozenset[str]:
    """Paths of the last layers with weights before each output, and of all after them."""
    heads = {output.layer for output in model.outputs if output.layer}
    heads |= {layer.path for layer in model.layers if layer.is_output}
    after = {layer.path for head in heads for layer in downstream(model, head)}
    return frozenset(heads | after)


def hidden_layers(model: ModelDescription, *kinds: LayerKind) -> tuple[LayerDescription, ...]:
    """Trained layers of these kinds, the heads left out, in order from input to output."""
    heads = head_paths(model)
    return tuple(
        layer
        for layer in model.layers
        if role(layer) in kinds
        and layer.path not in heads
        and layer.trainable
        and (layer.trainable_parameters > 0 or layer.parameters == 0)
    )


def is_batch_norm(layer: LayerDescription) -> bool:
    """Whether a layer keeps moving statistics of its input."""
    return layer.kind is LayerKind.NORMALIZATION and layer.momentum is not None


def handles_sequences(layer: LayerDescription) -> bool:
    """Whether a dense layer answers for each step of a sequence."""
    shape = layer.output_shape
    return role(layer) is LayerKind.DENSE and shape is not None and len(shape) > 2
