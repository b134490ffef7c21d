"""The fixed program as plain Keras can train it: model at its start, data as fed, callbacks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import keras
import numpy as np

from keras_debugger.training.callbacks import arguments_of, rate_of
from keras_debugger.training.task import Task
from keras_debugger.types.reproduction import Reproduction
from keras_debugger.types.trial import Trial

if TYPE_CHECKING:
    from keras_debugger.training.part import Part
    from keras_debugger.training.trainer import Trainer
    from keras_debugger.training.trial_run import Program

LARGEST_DATA = 16 * 2**20  # bytes of data that are kept beside the script


def reproduction_of(trainer: Trainer, delivered: Trial, proved: Sequence[Trial]) -> Reproduction:
    """What it takes to train the delivered model again.

    Args:
        trainer: trained it.
        delivered: its trial.
        proved: trials of the fixed model in the proof.

    Returns:
        The fixed model before its first step, and how it is trained.
    """
    program = program_of_delivered(trainer)
    parts = program.parts_of(delivered.plan)
    task = Task(
        plan=delivered.plan,
        seed=delivered.seed,
        epochs=trainer.epochs_of(delivered.plan),
        held_out=False,
        watched=False,
    )
    fit = program.fit_of(task)
    scores = [trial.held_out.value for trial in proved if trial.held_out is not None]
    held_out = {} if parts.folds else {"test": parts.held_out}
    start = program.build_for(task)
    rate = float(keras.ops.convert_to_numpy(start.optimizer.learning_rate))
    fed = {"train": fit.part, "selection": parts.selection, **held_out}
    return Reproduction(
        start=start,
        epochs=task.epochs,
        batch_size=fit.batch_size,
        shuffle=fit.shuffle,
        seed=task.seed,
        callbacks=tuple(
            callback_code(callback, rate=rate, epochs=task.epochs) for callback in fit.callbacks
        ),
        arrays=MappingProxyType(_arrays(fed)),
        metric=trainer.metric.name,
        value=float(np.mean(scores)) if scores else float("nan"),
    )


def program_of_delivered(trainer: Trainer) -> Program:
    """The program on the rows that the delivered model was trained on."""
    parts = trainer.parts.without_held_out() if trainer.parts.folds else trainer.parts
    return trainer.on(parts).program


def callback_code(callback: keras.callbacks.Callback, *, rate: float, epochs: int) -> str:
    """A Python expression that makes a callback of a trial again.

    A schedule of the user's is written as its rates, so that the script needs no other code.

    Args:
        callback: the callback.
        rate: learning rate at the first step.
        epochs: epochs to train.
    """
    kind = type(callback)
    arguments = arguments_of(callback)
    if "schedule" in arguments:
        rates = _rates(arguments["schedule"], rate, epochs)
        return f"keras.callbacks.{kind.__name__}(lambda epoch, rate: {rates}[epoch])"
    usual = inspect.signature(kind).parameters
    inside = ", ".join(
        f"{name}={value!r}" for name, value in arguments.items() if value != usual[name].default
    )
    return f"keras.callbacks.{kind.__name__}({inside})"


def _rates(schedule: Callable[..., float], rate: float, epochs: int) -> list[float]:
    rates = []
    for epoch in range(epochs):
        rate = float(np.float32(rate_of(schedule, epoch, rate)))  # as the optimizer holds it
        rates.append(float(f"{rate:.7g}"))
    return rates


def _arrays(parts: dict[str, Part]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for name, part in parts.items():
        for letter, nested in (("x", part.x), ("y", part.y), ("weight", part.sample_weight)):
            if nested is None:
                continue
            for path, leaf in keras.tree.flatten_with_path(nested):
                found["/".join([f"{letter}_{name}", *map(str, path)])] = leaf
    plain = all(array.dtype.kind in "biufUS" for array in found.values())
    small = sum(array.nbytes for array in found.values()) <= LARGEST_DATA
    return found if plain and small else {}
