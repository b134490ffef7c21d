"""Edits of normalisation between layers, gathered in a RebuildPlan."""

from typing import Any

import keras

from keras_debugger.rewriting.layer_plan import Insertion, LayerPlan, RebuildPlan
from keras_debugger.rewriting.layer_settings import has_setting
from keras_debugger.rewriting.subject import ATTENTION, RECURRENT, Subject, cannot_apply
from keras_debugger.types.edit import (
    InsertBatchNormalization,
    InsertLayerNormalization,
    SetBatchNormMomentum,
)


def insert_batch_normalization(
    edit: InsertBatchNormalization, subject: Subject, plan: RebuildPlan
) -> None:
    """Put batch normalisation between the linear part of a layer and its activation."""
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if isinstance(layer, (*RECURRENT, *ATTENTION)):
        raise cannot_apply(edit, "inside a recurrent or attention layer, use layer normalisation")
    if subject.is_output(edit.layer):
        raise cannot_apply(edit, "the layer is an output of the model")
    policy = getattr(layer, "dtype_policy", None)
    axis = subject.channel_axis(edit.layer)
    batch_norm = Insertion(
        kind="batch_norm",
        make=lambda name: keras.layers.BatchNormalization(axis=axis, name=name, dtype=policy),
    )
    place = next((i for i, one in enumerate(own.insertions) if one.kind == "activation"), None)
    if place is None and has_setting(layer, own, "activation"):
        activation = _live_activation(layer, own)
        if not _is_linear(activation):
            own.settings["activation"] = "linear"
            own.insertions.insert(
                0,
                Insertion(
                    kind="activation",
                    make=lambda name: _activation_layer(activation, name, policy),
                ),
            )
    own.insertions.insert(place or 0, batch_norm)


def _activation_layer(activation: Any, name: str, policy: Any) -> Any:
    if isinstance(activation, keras.layers.Layer):
        return type(activation).from_config({**activation.get_config(), "name": name})
    return keras.layers.Activation(activation, name=name, dtype=policy)


def _live_activation(layer: Any, own: LayerPlan) -> Any:
    if "activation" in own.settings:
        return own.settings["activation"]
    while not hasattr(layer, "activation") and hasattr(layer, "layer"):
        layer = layer.layer
    return getattr(layer, "activation", None)


def _is_linear(activation: Any) -> bool:
    return activation in (None, "linear") or activation is keras.activations.linear


def insert_layer_normalization(
    edit: InsertLayerNormalization, subject: Subject, plan: RebuildPlan
) -> None:
    """Put layer normalisation behind a layer and before dropout that is put there too."""
    layer = subject.layer(edit.layer, edit)
    if subject.is_output(edit.layer):
        raise cannot_apply(edit, "the layer is an output of the model")
    policy = getattr(layer, "dtype_policy", None)
    axis = subject.channel_axis(edit.layer)
    own = plan.of(edit.layer)
    dropouts = (i for i, one in enumerate(own.insertions) if one.kind.endswith("dropout"))
    own.insertions.insert(
        next(dropouts, len(own.insertions)),
        Insertion(
            kind="layer_norm",
            make=lambda name: keras.layers.LayerNormalization(axis=axis, name=name, dtype=policy),
        ),
    )


def set_momentum(edit: SetBatchNormMomentum, subject: Subject, plan: RebuildPlan) -> None:
    """Change how fast the moving statistics of a batch normalisation follow."""
    layer = subject.layer(edit.layer, edit)
    if not isinstance(layer, keras.layers.BatchNormalization):
        raise cannot_apply(edit, f"a {type(layer).__name__} is no batch normalisation")
    plan.of(edit.layer).settings["momentum"] = edit.momentum
