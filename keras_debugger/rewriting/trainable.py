"""Freezing and unfreezing layers of a rebuilt model."""

from typing import Any

from keras_debugger.rewriting.engine import Rebuilt
from keras_debugger.rewriting.layer_plan import RebuildPlan
from keras_debugger.rewriting.model_form import walk_layers


def set_trainable(rebuilt: Rebuilt, plan: RebuildPlan) -> None:
    """Freeze or unfreeze layers as planned.

    A layer inside a frozen model is only trained if that model is trainable; then the other
    layers of that model stay frozen one by one.

    Args:
        rebuilt: the rebuilt model, with the flags of the original.
        plan: which layers to freeze or unfreeze.
    """
    for path, own in plan.layers.items():
        if own.trainable is None:
            continue
        layer = rebuilt.new_layer(path)
        if own.trainable:
            _open_models_above(rebuilt, path)
        layer.trainable = own.trainable


def _open_models_above(rebuilt: Rebuilt, path: str) -> None:
    parts = path.split("/")
    for depth in range(len(parts)):
        outer = rebuilt.new_layer("/".join(parts[:depth]))
        if not outer.trainable:
            flags = _flags(outer)
            outer.trainable = True
            for one, trainable in flags:
                one.trainable = trainable


def _flags(model: Any) -> list[tuple[Any, bool]]:
    """Trainable flags of all layers below a model, outer ones first, then of their variables."""
    layers = [layer for _, layer in walk_layers(model)]
    flags = [(layer, bool(layer.trainable)) for layer in layers]
    return flags + [(v, bool(v.trainable)) for layer in layers for v in layer.weights]
