"""Edits of single layers, gathered in a RebuildPlan."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras

from keras_debugger.rewriting.layer_copy import settings
from keras_debugger.rewriting.layer_plan import Insertion, LayerPlan, RebuildPlan
from keras_debugger.rewriting.subject import (
    ACTIVATION_LAYERS,
    ATTENTION,
    RECURRENT,
    Subject,
    cannot_apply,
)
from keras_debugger.types.edit import (
    Edit,
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    SetActivation,
    SetBatchNormMomentum,
    SetDropout,
    SetInitializer,
    SetL2,
    SetTrainable,
)
from keras_debugger.types.vocabulary import Activation

_KERNELS = ("kernel_regularizer", "depthwise_regularizer", "embeddings_regularizer")
_PENALTIES = (*_KERNELS, "pointwise_regularizer", "recurrent_regularizer", "bias_regularizer")
_SPATIAL = {
    3: keras.layers.SpatialDropout1D,
    4: keras.layers.SpatialDropout2D,
    5: keras.layers.SpatialDropout3D,
}
_NOISE = (keras.layers.Dropout, keras.layers.AlphaDropout, keras.layers.GaussianDropout)
_SPATIAL_NOISE = tuple(_SPATIAL.values())


def plan_layer_edit(edit: Edit, subject: Subject, plan: RebuildPlan) -> None:
    """Add an edit of one layer to a plan; raises UnsupportedModelError where it cannot be made."""
    match edit:
        case SetActivation():
            _set_activation(edit, subject, plan)
        case SetInitializer():
            _set_initializer(edit, subject, plan)
        case InsertDropout():
            _insert_dropout(edit, subject, plan)
        case SetDropout():
            _set_dropout(edit, subject, plan)
        case InsertBatchNormalization():
            _insert_batch_normalization(edit, subject, plan)
        case InsertLayerNormalization():
            _insert_layer_normalization(edit, subject, plan)
        case SetBatchNormMomentum():
            _set_momentum(edit, subject, plan)
        case SetL2():
            _set_l2(edit, subject, plan)
        case SetTrainable():
            subject.layer(edit.layer, edit)
            plan.of(edit.layer).trainable = edit.trainable
        case _:
            raise cannot_apply(edit, "this edit is not one of a layer")


def has_setting(layer: Any, plan: LayerPlan, key: str) -> bool:
    """Whether a layer, or the one inside a wrapper, has a setting that a config tells."""
    if plan.replacement is not None or not hasattr(layer, "get_config"):
        return False
    return bool(settings(layer.get_config(), key))


def activation_setting(activation: Activation) -> str | None:
    """The name that Keras knows an activation by, None if it is a layer only or unknown."""
    if activation in (Activation.OTHER, Activation.PRELU):
        return None
    return activation.value


def make_activation(activation: Activation, policy: Any) -> Callable[[str], Any]:
    """A function from a name to a layer with this activation."""
    if activation is Activation.PRELU:
        return lambda name: keras.layers.PReLU(name=name, dtype=policy)
    return lambda name: keras.layers.Activation(activation.value, name=name, dtype=policy)


def _set_activation(edit: SetActivation, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if edit.activation is Activation.OTHER:
        raise cannot_apply(edit, "the activation is not one that Keras knows")
    split = next((one for one in own.insertions if one.kind == "activation"), None)
    policy = getattr(layer, "dtype_policy", None)
    if split is not None:
        place = own.insertions.index(split)
        own.insertions[place] = Insertion(
            kind="activation", make=make_activation(edit.activation, policy)
        )
    elif isinstance(layer, ACTIVATION_LAYERS):
        own.replacement = make_activation(edit.activation, policy)
    elif not has_setting(layer, own, "activation"):
        raise cannot_apply(edit, f"a {type(layer).__name__} has no activation")
    elif activation_setting(edit.activation) is None:
        own.settings["activation"] = "linear"
        own.insertions.insert(
            0, Insertion(kind="activation", make=make_activation(edit.activation, policy))
        )
    else:
        own.settings["activation"] = activation_setting(edit.activation)


def _set_initializer(edit: SetInitializer, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    keys = ("kernel_initializer", "depthwise_initializer", "embeddings_initializer")
    found = [key for key in keys if has_setting(layer, own, key)]
    if not found:
        raise cannot_apply(edit, f"a {type(layer).__name__} has no kernel initializer")
    if "depthwise_initializer" in found and has_setting(layer, own, "pointwise_initializer"):
        found.append("pointwise_initializer")
    for key in found:
        own.settings[key] = edit.initializer
    if has_setting(layer, own, "bias_initializer"):
        own.settings["bias_initializer"] = "zeros"
    own.fresh = True


def _insert_dropout(edit: InsertDropout, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if isinstance(layer, (*RECURRENT, *ATTENTION)):
        if not has_setting(layer, own, "dropout"):
            raise cannot_apply(edit, f"a {type(layer).__name__} has no dropout argument")
        own.settings["dropout"] = edit.rate
        return
    if subject.is_output(edit.layer):
        raise cannot_apply(edit, "it would remove answers, since the layer is an output")
    convolution = subject.convolution_before(edit.layer)
    policy = getattr(layer, "dtype_policy", None)
    make: Callable[..., Any] = keras.layers.Dropout
    if convolution is not None:
        rank = subject.rank(edit.layer) or convolution.rank + 2
        make = _SPATIAL[rank]
        if rank > 3:
            make = partial(make, data_format=convolution.data_format)
    kind = "dropout" if convolution is None else "spatial_dropout"
    own.insertions.append(
        Insertion(kind=kind, make=lambda name: make(edit.rate, name=name, dtype=policy))
    )


def _set_dropout(edit: SetDropout, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if isinstance(layer, (*_NOISE, *_SPATIAL_NOISE)):
        own.settings["rate"] = edit.rate
        return
    if not has_setting(layer, own, "dropout"):
        raise cannot_apply(edit, f"a {type(layer).__name__} has no dropout rate")
    own.settings["dropout"] = edit.rate
    config = layer.get_config()
    recurrent = settings(config, "recurrent_dropout")
    if recurrent and max(recurrent) > edit.rate:
        own.settings["recurrent_dropout"] = edit.rate


def _insert_batch_normalization(
    edit: InsertBatchNormalization, subject: Subject, plan: RebuildPlan
) -> None:
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


def _insert_layer_normalization(
    edit: InsertLayerNormalization, subject: Subject, plan: RebuildPlan
) -> None:
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


def _set_momentum(edit: SetBatchNormMomentum, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    if not isinstance(layer, keras.layers.BatchNormalization):
        raise cannot_apply(edit, f"a {type(layer).__name__} is no batch normalisation")
    plan.of(edit.layer).settings["momentum"] = edit.momentum


def _set_l2(edit: SetL2, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    keys = _KERNELS if edit.factor > 0 else _PENALTIES
    found = [key for key in keys if has_setting(layer, own, key)]
    if not found:
        raise cannot_apply(edit, f"a {type(layer).__name__} has no weight penalty")
    if edit.factor > 0 and has_setting(layer, own, "pointwise_regularizer"):
        found.append("pointwise_regularizer")
    for key in found:
        own.settings[key] = keras.regularizers.L2(edit.factor) if edit.factor > 0 else None
