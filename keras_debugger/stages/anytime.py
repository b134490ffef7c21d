"""What is known when a run ends before its end: by Ctrl-C, or because its time is up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.proof.compare import FIRST_LOOK, Proof, prove
from keras_debugger.training.time_limit import TimeIsUp
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

if TYPE_CHECKING:
    from keras_debugger.training.trainer import Trainer
    from keras_debugger.types.plan import Plan


def seconds_left(trainer: Trainer) -> float:
    """Time left for a run, infinite if it has no end."""
    return float("inf") if trainer.until is None else trainer.until - time.monotonic()


def affordable_budget(
    budget: float, *, seconds_of_one: float, seconds: float, proof: float
) -> float:
    """What of the budget of a search still leaves the time for the proof of its winner.

    Args:
        budget: trainings that the search may take.
        seconds_of_one: seconds of one training of the original; NaN if that is not known.
        seconds: seconds that are left.
        proof: trainings that the proof takes at least.

    Returns:
        The budget, smaller where it has to be; a seventh of a training at least, since a proof
        needs something to prove.
    """
    if not seconds_of_one > 0.0:
        return budget
    return min(budget, max(1.0 / 7.0, seconds / seconds_of_one - proof))


def proof_so_far(
    trainer: Trainer,
    plan: Plan,
    *,
    seeds: int,
    min_improvement: float,
    alpha: float,
    first_seed: int,
) -> Proof | None:
    """The first look of a proof that was cut before its second one.

    The trials are taken from the journal, nothing is trained: the trainer's time is up.

    Returns:
        The proof with the error rate of a first look; None if its trainings are not all there.
    """
    if seeds <= FIRST_LOOK:
        return None
    until, trainer.until = trainer.until, float("-inf")
    try:
        return prove(
            trainer,
            plan,
            seeds=FIRST_LOOK,
            min_improvement=min_improvement,
            alpha=alpha / 2.0,
            first_seed=first_seed,
        )
    except TimeIsUp:
        return None
    finally:
        trainer.until = until


def undecided(why: str, ranking: Sequence[Plan], min_improvement: float) -> Verdict:
    """The verdict of a run that ended before anything was proved.

    Args:
        why: why it ended, the begin of a sentence.
        ranking: plans that were better than the original on the selection part, best first.
        min_improvement: relative reduction of the error that was asked for.
    """
    sentence = f"{why} before anything was proved; your model is unchanged."
    if ranking:
        sentence += f" The best candidate so far is {ranking[0].name}."
    return Verdict(
        decision=Decision.NOT_PROVEN,
        sentence=sentence,
        min_improvement=min_improvement,
        needed="more time; with the same directory, the same call goes on from here",
    )


def no_time(max_seconds: float | None) -> InvalidArgumentError:
    """The error of a run that has no time for a single epoch."""
    return InvalidArgumentError(
        given=f"max_seconds={max_seconds!r}",
        expected="time for at least one epoch of the original",
        do="give more time, or call diagnose on a run that was recorded",
    )
