"""Callbacks of a trial: fresh copies of the user's where that is safe, and those of the edits."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras

from keras_debugger.training.own_code import resolve
from keras_debugger.types.edit import Edit, ScaleLearningRate, Schedule, SetSchedule, StopEarly

PLATEAU_FACTOR = 0.5
PLATEAU_PATIENCE = 5  # epochs

# What each callback is built again from. Others may write files or keep state from run to run.
_ARGUMENTS: dict[type[Any], tuple[str, ...]] = {
    keras.callbacks.EarlyStopping: (
        "monitor",
        "patience",
        "mode",
        "baseline",
        "restore_best_weights",
        "start_from_epoch",
    ),
    keras.callbacks.ReduceLROnPlateau: (
        "monitor",
        "factor",
        "patience",
        "mode",
        "min_delta",
        "cooldown",
        "min_lr",
    ),
    keras.callbacks.LearningRateScheduler: ("schedule",),
    keras.callbacks.TerminateOnNaN: (),
}
_BY_NAME = {kind.__name__: kind for kind in _ARGUMENTS}
_OF_THE_RATE = (keras.callbacks.ReduceLROnPlateau, keras.callbacks.LearningRateScheduler)


def left_out(callbacks: Sequence[keras.callbacks.Callback]) -> tuple[str, ...]:
    """A sentence for each of the user's callbacks that trials go without."""
    return tuple(
        f"{type(callback).__name__} is left out of the trials: it may write files or keep state "
        "from one training to the next."
        for callback in callbacks
        if type(callback) not in _ARGUMENTS
    )


def callbacks_of_trial(
    users: Sequence[keras.callbacks.Callback], edits: Sequence[Edit]
) -> list[keras.callbacks.Callback]:
    """Fresh callbacks for one training.

    The user's learning-rate callbacks give way to a schedule, and early stopping to that of an
    edit. Where an edit scales the rate, a LearningRateScheduler scales its rates too.

    Args:
        users: the user's callbacks; they are read, never used.
        edits: edits of the plan.
    """
    schedules = {edit.schedule for edit in edits if isinstance(edit, SetSchedule)}
    stops = [edit for edit in edits if isinstance(edit, StopEarly)]
    factor = math.prod(edit.factor for edit in edits if isinstance(edit, ScaleLearningRate))
    fresh = []
    for callback in users:
        gives_way = (schedules and isinstance(callback, _OF_THE_RATE)) or (
            stops and isinstance(callback, keras.callbacks.EarlyStopping)
        )
        if type(callback) in _ARGUMENTS and not gives_way:
            fresh.append(_built_again(callback, factor=factor))
    if Schedule.ON_PLATEAU in schedules:
        fresh.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor="val_loss", factor=PLATEAU_FACTOR, patience=PLATEAU_PATIENCE
            )
        )
    for edit in stops[-1:]:
        fresh.append(
            keras.callbacks.EarlyStopping(
                monitor="val_loss", patience=edit.patience, restore_best_weights=True
            )
        )
    return fresh


def functions_of(callbacks: Sequence[keras.callbacks.Callback]) -> tuple[Any, ...]:
    """The user's functions that are used in trials: schedules of the learning rate."""
    values = (value for one in callbacks for value in arguments_of(one).values())
    return tuple(value for value in values if callable(value))


def callbacks_to_plain(callbacks: Sequence[keras.callbacks.Callback]) -> list[Any]:
    """The callbacks that are used in trials as what JSON can hold.

    A function is told by its module and name.
    """
    plain = []
    for one in callbacks:
        if type(one) not in _ARGUMENTS:
            continue
        values = {
            name: [value.__module__, value.__qualname__] if callable(value) else value
            for name, value in arguments_of(one).items()
        }
        plain.append([type(one).__name__, values])
    return plain


def callbacks_from_plain(plain: list[Any]) -> tuple[keras.callbacks.Callback, ...]:
    """The callbacks that `callbacks_to_plain` was given."""
    return tuple(
        _BY_NAME[name](
            **{key: resolve(*item) if isinstance(item, list) else item for key, item in of.items()}
        )
        for name, of in plain
    )


def scaled_schedule(schedule: Callable[..., float], factor: float) -> Callable[..., float]:
    """A schedule whose rates are those of another one times a factor.

    The other one is given the rate that it would have set itself, so that one which goes on from
    the present rate is scaled once, not once an epoch.

    Args:
        schedule: function of the epoch, or of the epoch and the present rate.
        factor: what to multiply its rates by.
    """

    def scaled(epoch: int, rate: float) -> float:
        return factor * rate_of(schedule, epoch, rate / factor)

    return scaled


def rate_of(schedule: Callable[..., float], epoch: int, rate: float) -> float:
    """The rate that a LearningRateScheduler sets; a schedule need not take the present one."""
    try:
        return schedule(epoch, rate)
    except TypeError:
        return schedule(epoch)


def _built_again(callback: keras.callbacks.Callback, *, factor: float) -> keras.callbacks.Callback:
    arguments = arguments_of(callback)
    if "schedule" in arguments and factor != 1.0:
        arguments["schedule"] = scaled_schedule(arguments["schedule"], factor)
    return type(callback)(**arguments)


def arguments_of(callback: keras.callbacks.Callback) -> dict[str, Any]:
    """What a callback is built again from; nothing for one that is not."""
    arguments = {name: getattr(callback, name) for name in _ARGUMENTS.get(type(callback), ())}
    if type(callback) is keras.callbacks.EarlyStopping:
        arguments["min_delta"] = abs(callback.min_delta)  # Keras turns its sign with the mode
    return arguments
