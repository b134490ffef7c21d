"""Edits of single layers, gathered in a RebuildPlan."""

import keras

from keras_debugger.rewriting.layer_plan import Insertion, RebuildPlan
from keras_debugger.rewriting.layer_settings import (
    activation_setting,
    has_setting,
    make_activation,
)
from keras_debugger.rewriting.noise_edits import insert_dropout, set_dropout
from keras_debugger.rewriting.normalization_edits import (
    insert_batch_normalization,
    insert_layer_normalization,
    set_momentum,
)
from keras_debugger.rewriting.skip_edits import add_skip
from keras_debugger.rewriting.subject import ACTIVATION_LAYERS, Subject, cannot_apply
from keras_debugger.types.edit import (
    AddSkip,
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
    SetUnits,
)
from keras_debugger.types.vocabulary import Activation

_KERNELS = ("kernel_regularizer", "depthwise_regularizer", "embeddings_regularizer")
_OTHERS = ("pointwise", "recurrent", "bias", "gamma", "beta", "activity")
_PENALTIES = (*_KERNELS, *(f"{part}_regularizer" for part in _OTHERS))
_BOUNDS = tuple(key.replace("_regularizer", "_constraint") for key in _PENALTIES)


def plan_layer_edit(edit: Edit, subject: Subject, plan: RebuildPlan) -> None:
    """Add an edit of one layer to a plan; raises UnsupportedModelError where it cannot be made."""
    match edit:
        case SetActivation():
            _set_activation(edit, subject, plan)
        case SetInitializer():
            _set_initializer(edit, subject, plan)
        case InsertDropout():
            insert_dropout(edit, subject, plan)
        case SetDropout():
            set_dropout(edit, subject, plan)
        case InsertBatchNormalization():
            insert_batch_normalization(edit, subject, plan)
        case InsertLayerNormalization():
            insert_layer_normalization(edit, subject, plan)
        case SetBatchNormMomentum():
            set_momentum(edit, subject, plan)
        case SetL2():
            _set_l2(edit, subject, plan)
        case SetUnits():
            _set_units(edit, subject, plan)
        case AddSkip():
            add_skip(edit, subject, plan)
        case SetTrainable():
            subject.layer(edit.layer, edit)
            plan.of(edit.layer).trainable = edit.trainable
        case _:
            raise cannot_apply(edit, "this edit is not one of a layer")


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


def _set_l2(edit: SetL2, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if isinstance(layer, keras.layers.ActivityRegularization) and edit.factor == 0:
        own.settings |= {"l1": 0.0, "l2": 0.0}
        return
    keys = _KERNELS if edit.factor > 0 else (*_PENALTIES, *_BOUNDS)
    found = [key for key in keys if has_setting(layer, own, key)]
    if not found:
        raise cannot_apply(edit, f"a {type(layer).__name__} has no weight penalty")
    if edit.factor > 0 and has_setting(layer, own, "pointwise_regularizer"):
        found.append("pointwise_regularizer")
    for key in found:
        own.settings[key] = keras.regularizers.L2(edit.factor) if edit.factor > 0 else None


def _set_units(edit: SetUnits, subject: Subject, plan: RebuildPlan) -> None:
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if edit.units < 1:
        raise cannot_apply(edit, f"a layer cannot have {edit.units} units")
    if subject.is_output(edit.layer):
        raise cannot_apply(edit, "the labels tell how many units an output has")
    key = next((key for key in ("units", "filters") if has_setting(layer, own, key)), None)
    if key is None:
        raise cannot_apply(edit, f"a {type(layer).__name__} has no number of units")
    own.settings[key] = edit.units
    own.fresh = True
