"""Edits of the optimizer and of its learning rate."""

from dataclasses import replace
from typing import Any

import keras

from keras_debugger.errors import NotApplicableError
from keras_debugger.rewriting.optimizer_recipe import OptimizerRecipe
from keras_debugger.rewriting.subject import cannot_apply
from keras_debugger.types.edit import (
    ClipNorm,
    ScaleLearningRate,
    Schedule,
    SetOptimizer,
    SetSchedule,
    SetWeightDecay,
)

OptimizerEdit = ClipNorm | ScaleLearningRate | SetOptimizer | SetSchedule | SetWeightDecay

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
WARM_UP_SHARE = 0.1  # of all steps
# Settings of Keras's schedules that are learning rates; all others are shares, steps or powers.
_RATES = (
    "initial_learning_rate",
    "end_learning_rate",
    "warmup_target",
    "values",
)


def edit_optimizer(
    recipe: OptimizerRecipe, edit: OptimizerEdit, *, steps: int | None
) -> OptimizerRecipe:
    """Apply one edit to an optimizer.

    Args:
        recipe: the optimizer.
        edit: the edit.
        steps: optimizer steps of the whole training; needed by schedules.

    Returns:
        The changed optimizer.

    Raises:
        UnsupportedModelError: the optimizer lacks what the edit changes.
        NotApplicableError: a schedule is asked for without the number of steps.
    """
    core = recipe.core
    match edit:
        case ScaleLearningRate():
            changed = _scaled(core, edit)
        case SetSchedule():
            changed = _scheduled(core, edit, steps)
        case ClipNorm():
            changed = _clipped(core, edit)
        case SetOptimizer():
            changed = _other(core, edit)
        case SetWeightDecay():
            changed = _decayed(core, edit, steps)
    return recipe.with_core(changed)


def _scaled(core: OptimizerRecipe, edit: ScaleLearningRate) -> OptimizerRecipe:
    rate = core.config.get("learning_rate")
    if rate is None:
        raise cannot_apply(edit, f"{core.kind.__name__} has no learning rate")
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return _with(core, learning_rate=_scaled_schedule(rate, edit))
    return _with(core, learning_rate=float(rate) * edit.factor)


def _scaled_schedule(schedule: Any, edit: ScaleLearningRate) -> Any:
    if type(schedule).__module__.split(".", maxsplit=1)[0] != "keras":
        raise cannot_apply(edit, f"the schedule {type(schedule).__name__} is not one of Keras's")
    config = dict(schedule.get_config())
    for key in _RATES:
        value = config.get(key)
        if isinstance(value, list | tuple):
            config[key] = [one * edit.factor for one in value]
        elif value is not None:
            config[key] = value * edit.factor
    return type(schedule).from_config(config)


def _scheduled(core: OptimizerRecipe, edit: SetSchedule, steps: int | None) -> OptimizerRecipe:
    if edit.schedule is Schedule.ON_PLATEAU:
        return core
    rate = first_rate(core.config.get("learning_rate"))
    if edit.schedule is Schedule.CONSTANT:
        return _with(core, learning_rate=rate)
    steps = known_steps(edit, steps)
    if edit.schedule is Schedule.COSINE:
        schedule = keras.optimizers.schedules.CosineDecay(rate, decay_steps=steps)
    else:
        # After the warm-up, a decay to the full rate: it stays constant.
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0,
            decay_steps=steps,
            alpha=1.0,
            warmup_target=rate,
            warmup_steps=max(1, round(WARM_UP_SHARE * steps)),
        )
    return _with(core, learning_rate=schedule)


def _decayed(core: OptimizerRecipe, edit: SetWeightDecay, steps: int | None) -> OptimizerRecipe:
    if "weight_decay" not in core.config:
        raise cannot_apply(edit, f"{core.kind.__name__} has no weight decay")
    if edit.factor == 0.0:
        return _with(core, weight_decay=0.0)
    rate = first_rate(core.config.get("learning_rate"))
    if not rate > 0.0:
        raise cannot_apply(edit, f"the learning rate is {rate:g}")
    return _with(core, weight_decay=edit.factor / known_steps(edit, steps) ** 0.5 / rate)


def known_steps(edit: SetSchedule | SetWeightDecay, steps: int | None) -> int:
    """The steps of the whole training; raises NotApplicableError if they are not known."""
    if steps and steps > 0:
        return steps
    raise NotApplicableError(
        given=f"{type(edit).__name__} for an unknown number of steps",
        expected="the number of optimizer steps of the whole training",
        do="give epochs and batch size",
    )


def first_rate(rate: Any) -> float:
    """The highest learning rate near the first step: the constant one, or that of a schedule."""
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        target = rate.get_config().get("warmup_target")
        return float(target if target is not None else rate(0))
    return float(rate)


def _clipped(core: OptimizerRecipe, edit: ClipNorm) -> OptimizerRecipe:
    if "clipnorm" not in core.config:
        raise cannot_apply(edit, f"{core.kind.__name__} has no clipping")
    kept = "global_clipnorm" if edit.over_all else "clipnorm"
    return _with(core, **{key: edit.limit if key == kept else None for key in CLIPS})


def _other(core: OptimizerRecipe, edit: SetOptimizer) -> OptimizerRecipe:
    """Another class; clipping and decoupled weight decay stay."""
    try:
        made = keras.optimizers.get({"class_name": edit.name, "config": {}})
    except (ValueError, TypeError) as error:
        raise cannot_apply(edit, f"Keras knows no optimizer {edit.name!r}") from error
    config = dict(made.get_config())
    for key in (*CLIPS, "weight_decay"):
        if core.config.get(key) is not None and key in config:
            config[key] = core.config[key]
    config["learning_rate"] = edit.learning_rate
    return OptimizerRecipe(type(made), config)


def _with(core: OptimizerRecipe, **changes: Any) -> OptimizerRecipe:
    return replace(core, config={**core.config, **changes})
