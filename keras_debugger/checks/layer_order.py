"""Walks along the layers of a described model."""

from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation, LayerKind

_TRANSPARENT = frozenset(
    {LayerKind.INPUT, LayerKind.RESHAPE, LayerKind.DROPOUT, LayerKind.POOLING, LayerKind.MODEL}
)


def next_layers(model: ModelDescription, layer: LayerDescription) -> tuple[LayerDescription, ...]:
    """The layers that take this layer's output; the next in order if the model does not tell."""
    by_path = {other.path: other for other in model.layers}
    if any(other.feeds for other in model.layers):
        return tuple(by_path[path] for path in layer.feeds if path in by_path)
    order = [other.path for other in model.layers]
    following = model.layers[order.index(layer.path) + 1 :]
    return following[:1]


def normalises_early(model: ModelDescription) -> bool:
    """Whether inputs are scaled inside the model, before or right after the first weights."""
    seen_weights = False
    for layer in model.layers:
        if layer.kind in (LayerKind.NORMALIZATION, LayerKind.PREPROCESSING, LayerKind.EMBEDDING):
            return True
        if layer.kind in _TRANSPARENT or layer.kind is LayerKind.ACTIVATION:
            continue
        if seen_weights:
            return False
        seen_weights = True
    return False


def is_linear_link(layer: LayerDescription) -> bool:
    """Whether a layer passes its input on without a non-linearity that matters."""
    if layer.kind is LayerKind.NORMALIZATION:
        return True
    passes = layer.kind in _TRANSPARENT or layer.kind is LayerKind.ACTIVATION
    return passes and layer.activation is Activation.LINEAR
