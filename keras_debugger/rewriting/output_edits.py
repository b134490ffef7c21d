"""Edits of the model's outputs: last activation, units, and answers in the user's unit."""

from typing import Any

import keras

from keras_debugger.rewriting.layer_plan import Insertion, RebuildPlan
from keras_debugger.rewriting.layer_settings import (
    activation_setting,
    has_setting,
    make_activation,
)
from keras_debugger.rewriting.subject import ACTIVATION_LAYERS, Subject, cannot_apply
from keras_debugger.types.edit import ScaleTargets, SetOutput
from keras_debugger.types.graph import Call
from keras_debugger.types.vocabulary import Activation

_ACTIVATION_OPERATIONS = ("softmax", "sigmoid", "relu", "tanh", "softplus", "exp", "elu")
_PASSING = (keras.layers.Dropout, keras.layers.Identity)


def plan_output_edit(
    edit: SetOutput | ScaleTargets, subject: Subject, plan: RebuildPlan, *, keep_name: bool
) -> None:
    """Add an edit of an output to a plan; raises UnsupportedModelError where it cannot be made.

    Args:
        edit: the edit.
        subject: the model.
        plan: the plan to add to.
        keep_name: whether a layer put behind an output must take its name, because losses or
            data are given by the names of the outputs.
    """
    if edit.output >= len(subject.graph.outputs):
        raise cannot_apply(edit, f"the model has no output {edit.output}")
    if isinstance(edit, SetOutput):
        _set_output(edit, subject, plan)
    else:
        _scale_targets(edit, subject, plan, keep_name=keep_name)


def _set_output(edit: SetOutput, subject: Subject, plan: RebuildPlan) -> None:
    if activation_setting(edit.activation) is None:
        raise cannot_apply(edit, "the activation is not one that a function computes")
    head, behind = tail_of_output(edit, subject)
    layer = subject.layer(head, edit)
    if edit.units is not None:
        _set_units(edit, subject, plan, head, behind)
    activations = [call for call in behind if is_activation(subject.layers[call.layer])]
    policy = getattr(layer, "dtype_policy", None)
    if not activations:
        if not has_setting(layer, plan.of(head), "activation"):
            raise cannot_apply(edit, f"the last layer {head!r} has no activation to change")
        plan.of(head).settings["activation"] = activation_setting(edit.activation)
        return
    for call in activations[:-1]:
        plan.of(call.layer).replacement = make_activation(Activation.LINEAR, policy)
    plan.of(activations[-1].layer).replacement = make_activation(edit.activation, policy)
    if has_setting(layer, plan.of(head), "activation"):
        plan.of(head).settings["activation"] = "linear"


def _set_units(
    edit: SetOutput, subject: Subject, plan: RebuildPlan, head: str, behind: list[Call]
) -> None:
    layer = subject.layer(head, edit)
    key = next((k for k in ("units", "filters") if has_setting(layer, plan.of(head), k)), None)
    if key is None:
        raise cannot_apply(edit, f"the last layer {head!r} has no number of units")
    for call in behind:
        one = subject.layers[call.layer]
        if not is_activation(one) and not isinstance(one, _PASSING):
            raise cannot_apply(edit, f"{call.layer!r} behind the last layer depends on its units")
    plan.of(head).settings[key] = edit.units
    plan.of(head).fresh = True


def tail_of_output(edit: Any, subject: Subject) -> tuple[str, list[Call]]:
    """The last layer with weights before an output, and the calls between it and the output.

    Raises:
        UnsupportedModelError: several branches meet behind it, or it is called more than once.
    """
    behind: list[Call] = []
    tensor = subject.graph.outputs[edit.output]
    while True:
        call = subject.producer(tensor)
        if call is None:
            raise cannot_apply(edit, "no layer with weights stands before this output")
        if has_weights(subject.layers[call.layer]):
            break
        if len(set(call.inputs)) != 1:
            raise cannot_apply(edit, f"several branches meet in {call.layer!r}")
        behind.insert(0, call)
        tensor = call.inputs[0]
    if len(subject.graph.calls_of(call.layer)) > 1:
        raise cannot_apply(edit, f"the layer {call.layer!r} is called more than once")
    return call.layer, behind


def has_weights(layer: Any) -> bool:
    """Whether a layer transforms by weights (an activation with weights does not count)."""
    if isinstance(layer, ACTIVATION_LAYERS) or not isinstance(layer, keras.layers.Layer):
        return False
    return bool(layer.weights) or hasattr(layer, "kernel_initializer")


def is_activation(layer: Any) -> bool:
    """Whether a layer or operation is an activation."""
    if isinstance(layer, keras.layers.Layer):
        return isinstance(layer, ACTIVATION_LAYERS)
    tensor = keras.KerasTensor((1, 2))
    graphs = (
        keras.Function(tensor, getattr(keras.ops, name)(tensor)) for name in _ACTIVATION_OPERATIONS
    )
    return any(type(layer) is type(known) for graph in graphs for known in graph.operations)


def _scale_targets(
    edit: ScaleTargets, subject: Subject, plan: RebuildPlan, *, keep_name: bool
) -> None:
    call = subject.producer(subject.graph.outputs[edit.output])
    if call is None:
        raise cannot_apply(edit, "the output is an input of the model")
    if len(subject.graph.calls_of(call.layer)) > 1:
        raise cannot_apply(edit, f"the layer {call.layer!r} is called more than once")
    if subject.graph.consumers(call.outputs[0]):
        raise cannot_apply(edit, f"the output of {call.layer!r} goes to other layers too")
    if not isinstance(subject.layers[call.layer], keras.layers.Layer):
        raise cannot_apply(edit, f"the output is made by the operation {call.layer!r}")
    plan.of(call.layer).insertions.append(
        Insertion(
            kind="rescaling",
            make=lambda name: keras.layers.Rescaling(
                edit.sd, edit.mean, name=name, dtype="float32"
            ),
            takes_name=keep_name,
        )
    )
