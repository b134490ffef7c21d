"""Tasks and outcomes as messages."""

from __future__ import annotations

from typing import Any

from keras_debugger.training.framing import arrays_from_blocks, arrays_to_blocks
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.trial_form import (
    pack_trial,
    plan_from_plain,
    plan_to_plain,
    unpack_trial,
)


def task_to_plain(task: Task) -> dict[str, Any]:
    """A task as what JSON can hold."""
    return {
        "plan": plan_to_plain(task.plan),
        "seed": task.seed,
        "epochs": task.epochs,
        "held_out": task.held_out,
        "watched": task.watched,
    }


def task_from_plain(plain: dict[str, Any]) -> Task:
    """The task that `task_to_plain` was given."""
    return Task(**{**plain, "plan": plan_from_plain(plain["plan"])})


def outcome_to_message(outcome: Outcome) -> tuple[dict[str, Any], list[bytes]]:
    """An outcome without its model as a header and blocks."""
    told, blocks = arrays_to_blocks(outcome.weights or ())
    header = {
        "is_whole": outcome.is_whole,
        "weights": None if outcome.weights is None else told,
    }
    return header, [pack_trial(outcome.trial), *blocks]


def outcome_from_message(header: dict[str, Any], blocks: list[bytes], task: Task) -> Outcome:
    """The outcome that `outcome_to_message` was given."""
    told = header["weights"]
    return Outcome(
        trial=unpack_trial(blocks[0], task.plan),
        weights=None if told is None else arrays_from_blocks(told, blocks[1:]),
        is_whole=header["is_whole"],
    )
