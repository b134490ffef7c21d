"""The model with a layer that an edit adds: behind a layer, round some, or behind an input."""

from dataclasses import replace
from typing import Any

from keras_debugger.types.edit import (
    AddSkip,
    Edit,
    InsertBatchNormalization,
    InsertDropout,
)
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import LayerKind

NEW_BATCH_NORM_MOMENTUM = 0.99  # Keras's default, which an inserted layer has


def with_inserted(model: ModelDescription, path: str, edit: Edit) -> ModelDescription:
    """A dropout or a normalisation behind a layer, which feeds it alone from then on."""
    before = next((layer for layer in model.layers if layer.path == path), None)
    if before is None:
        return model
    what: dict[str, Any] = {"kind": LayerKind.NORMALIZATION, "class_name": "LayerNormalization"}
    if isinstance(edit, InsertDropout):
        what = {"kind": LayerKind.DROPOUT, "class_name": "Dropout", "dropout": edit.rate}
    elif isinstance(edit, InsertBatchNormalization):
        what = {
            "kind": LayerKind.NORMALIZATION,
            "class_name": "BatchNormalization",
            "momentum": NEW_BATCH_NORM_MOMENTUM,
        }
    new_path = f"{path}+{what['class_name']}"
    normalized = f"{path}+BatchNormalization"  # in truth before the activation of the layer
    if any(layer.path == normalized for layer in model.layers):
        path = normalized
        before = next(layer for layer in model.layers if layer.path == path)
    new = LayerDescription(
        name=new_path, path=new_path, output_shape=before.output_shape, feeds=before.feeds, **what
    )
    layers: list[LayerDescription] = []
    for layer in model.layers:
        if layer.path != path:
            layers.append(layer)
            continue
        layers += [replace(layer, feeds=(new_path,)) if layer.feeds else layer, new]
    return replace(model, layers=tuple(layers))


def with_skip(model: ModelDescription, edit: AddSkip) -> ModelDescription:
    """The sum behind the layer and all that is put behind it, and fed by the source too."""
    own = [one for one in model.layers if f"{one.path}+".startswith(f"{edit.layer}+")]
    if not own:
        return model
    before, path = own[-1], f"{edit.layer}+Add"
    new = LayerDescription(
        name=path,
        path=path,
        kind=LayerKind.MERGE,
        class_name="Add",
        output_shape=before.output_shape,
        feeds=before.feeds,
    )
    layers: list[LayerDescription] = []
    for layer in model.layers:
        if layer.path == before.path:
            layers += [replace(layer, feeds=(path,)), new]
        elif layer.path == edit.source:
            layers.append(replace(layer, feeds=(*layer.feeds, path)))
        else:
            layers.append(layer)
    return replace(model, layers=tuple(layers))


def with_behind_input(model: ModelDescription, position: int, what: str) -> ModelDescription:
    """A preprocessing layer of this class behind the input at a position."""
    sources = [layer for layer in model.layers if layer.kind is LayerKind.INPUT]
    path = f"input {position}+{what}"
    new = LayerDescription(name=path, path=path, kind=LayerKind.PREPROCESSING, class_name=what)
    if position >= len(sources):
        return replace(model, layers=(new, *model.layers))
    source = sources[position]
    layers: list[LayerDescription] = []
    for layer in model.layers:
        if layer.path == source.path and layer.feeds:
            layers += [replace(layer, feeds=(path,)), replace(new, feeds=layer.feeds)]
        elif layer.path == source.path:
            layers += [layer, new]
        else:
            layers.append(layer)
    return replace(model, layers=tuple(layers))
