"""The check after a rebuild: each edit must be seen in the new model."""

from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting import effects
from keras_debugger.rewriting.compile_state import CompileState
from keras_debugger.rewriting.engine import Rebuilt
from keras_debugger.rewriting.layer_copy import settings
from keras_debugger.rewriting.layer_plan import LayerPlan, RebuildPlan
from keras_debugger.rewriting.loss_edits import LOSSES, loss_of
from keras_debugger.rewriting.model_form import walk_layers
from keras_debugger.rewriting.optimizer_edits import first_rate
from keras_debugger.rewriting.starting import SHAPING
from keras_debugger.rewriting.subject import ATTENTION, RECURRENT, cannot_apply
from keras_debugger.types.edit import (
    AddSkip,
    ClipNorm,
    Edit,
    FillInput,
    NormalizeInput,
    ScaleTargets,
    Schedule,
    SetLoss,
    SetOptimizer,
    SetOutput,
    SetSchedule,
    SetWeightDecay,
)


def check_visible(
    edits: tuple[Edit, ...],
    rebuilt: Rebuilt,
    plan: RebuildPlan,
    names: tuple[str, ...],
    *,
    state: CompileState,
    inputs: list[np.ndarray] | None,
) -> None:
    """Check that a rebuilt model shows each edit, and that each does what it should.

    Args:
        edits: the edits that were asked for.
        rebuilt: the rebuilt and compiled model.
        plan: the plan that was made of the edits.
        names: names of the outputs.
        state: what it was compiled with.
        inputs: raw training inputs, None if not known.

    Raises:
        UnsupportedModelError: an edit is not to be seen.
    """
    present = {layer.name: layer for _, layer in walk_layers(rebuilt.model)}
    missing = [name for name in rebuilt.inserted if name not in present]
    if missing:
        raise cannot_apply(edits[0], f"the new layer {missing[0]!r} is not in the new model")
    for path, own in plan.layers.items():
        reason = _unchanged(rebuilt.new_layer(path), own, rebuilt.model)
        if reason:
            raise cannot_apply(_edit_of(edits, path), reason)
    noises = [name for name in rebuilt.inserted if effects.is_noise(present[name])]
    for name in noises:
        reason = effects.no_noise(present[name])
        if reason:
            raise cannot_apply(edits[0], f"{name!r}: {reason}")
    for edit in edits:
        reason = _without_effect(edit, rebuilt.model, present, inputs)
        if reason:
            raise cannot_apply(edit, reason)
    shaping = [edit for edit in edits if isinstance(edit, SHAPING)]
    if shaping and (reason := effects.does_not_run(rebuilt.model)):
        raise cannot_apply(shaping[0], reason)
    check_compiled(edits, rebuilt.model, names, state=state)


def check_compiled(
    edits: tuple[Edit, ...], model: Any, names: tuple[str, ...], *, state: CompileState | None
) -> None:
    """Check that a compiled model shows the edits of its optimizer and losses.

    Args:
        edits: the edits that were asked for.
        model: the compiled model.
        names: names of the outputs.
        state: what it was compiled with; None if it was not compiled anew.

    Raises:
        UnsupportedModelError: an edit is not to be seen.
    """
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    last = {type(edit): edit for edit in edits}
    for edit in last.values():
        reason = _unlike(edit, optimizer, last)
        if reason:
            raise cannot_apply(edit, reason)
    for loss_edit in {e.output: e for e in edits if isinstance(e, SetLoss)}.values():
        loss = loss_of(model.loss, loss_edit.output, names)
        if type(loss) is not LOSSES[loss_edit.loss]:
            raise cannot_apply(loss_edit, f"the loss is {loss}")
    wanted = None if state is None else state.optimizer.core.config.get("learning_rate")
    if wanted is not None and not np.isclose(_rate_at_start(optimizer), first_rate(wanted)):
        raise cannot_apply(edits[0], f"the learning rate is {_rate_at_start(optimizer):g}")


def _unlike(edit: Edit, optimizer: Any, last: dict[type, Edit]) -> str:
    """Why an optimizer does not show an edit of it; empty if it does."""
    match edit:
        case ClipNorm():
            shown = optimizer.global_clipnorm if edit.over_all else optimizer.clipnorm
            return "" if shown == edit.limit else f"the optimizer clips at {shown}"
        case SetOptimizer():
            same = type(optimizer) is type(keras.optimizers.get(edit.name))
            return "" if same else f"the optimizer is {type(optimizer).__name__}"
        case SetWeightDecay():
            shown = bool(optimizer.weight_decay) == bool(edit.factor)
            return "" if shown else f"the weight decay is {optimizer.weight_decay}"
        case SetSchedule(schedule=Schedule.CONSTANT) if SetOptimizer not in last:
            given = optimizer.get_config()["learning_rate"]
            return "the learning rate follows a schedule" if isinstance(given, dict) else ""
        case SetSchedule(schedule=Schedule.COSINE | Schedule.WARM_UP) if SetOptimizer not in last:
            given = optimizer.get_config()["learning_rate"]
            return "" if isinstance(given, dict) else "the learning rate follows no schedule"
    return ""


def _rate_at_start(optimizer: Any) -> float:
    given = optimizer.get_config()["learning_rate"]
    if isinstance(given, dict):
        return first_rate(keras.saving.deserialize_keras_object(given))
    return float(given)


def _unchanged(new: Any, own: LayerPlan, model: Any) -> str:
    """Why a layer does not show its plan; empty if it does."""
    for key, value in own.settings.items():
        shown = settings(new.get_config(), key)
        if value is None and not shown:
            continue  # a config leaves out an `activity_regularizer` that is None
        if not shown or not all(_same(one, value, key) for one in shown):
            return f"{key} is still {shown}"
        if key.endswith("_regularizer") and value is not None and new.built:
            reason = effects.no_penalty(new, model)
            if reason:
                return reason
        if key.endswith("_initializer") and isinstance(value, str) and new.built:
            reason = effects.not_drawn_anew(new, key.removesuffix("_initializer"), value)
            if reason:
                return reason
        if key in ("units", "filters") and new.built:
            sizes = {size for weight in new.weights for size in weight.shape}
            if value not in sizes:
                return f"no weight has {value} columns"
    if own.settings.get("dropout") and isinstance(new, RECURRENT) and new.built:
        reason = effects.no_recurrent_noise(new)
        if reason:
            return reason
    if own.settings.get("dropout") and isinstance(new, ATTENTION) and new.built:
        reason = effects.no_attention_noise(new)
        if reason:
            return reason
    if own.trainable is not None and new.trainable != own.trainable:
        return f"trainable is still {new.trainable}"
    return ""


def _without_effect(
    edit: Edit, model: Any, layers: dict[str, Any], inputs: list[np.ndarray] | None
) -> str:
    match edit:
        case AddSkip():
            return effects.no_sum(edit, layers)
        case NormalizeInput() | FillInput():
            return effects.no_layer_behind_input(edit, model, inputs)
        case ScaleTargets():
            return effects.no_rescaling(edit, model)
        case SetOutput(units=int() as units):
            shown = model.outputs[edit.output].shape[-1]
            return "" if shown == units else f"the output has {shown} units"
    return ""


def _edit_of(edits: tuple[Edit, ...], path: str) -> Edit:
    return next((edit for edit in edits if getattr(edit, "layer", None) == path), edits[0])


def _same(shown: Any, wanted: Any, key: str) -> bool:
    if wanted is None or isinstance(wanted, bool):
        return bool(shown is wanted)
    if isinstance(wanted, int | float):
        return bool(np.isclose(float(shown), wanted))
    if key.endswith("_initializer"):
        return type(keras.initializers.get(shown)) is type(keras.initializers.get(wanted))
    if key.endswith("_regularizer"):
        made = keras.regularizers.get(shown)
        return type(made) is type(wanted) and made.get_config() == wanted.get_config()
    if key == "activation":
        return bool(keras.activations.get(shown) is keras.activations.get(wanted))
    return bool(shown == wanted)
