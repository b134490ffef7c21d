"""What is known when a run ends before its end: by Ctrl-C, or because its time is up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.proof.compare import FIRST_LOOK, Proof, prove
from keras_debugger.training.time_limit import TimeIsUp
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

if TYPE_CHECKING:
    from keras_debugger.stages.run_state import RunState
    from keras_debugger.training.trainer import Trainer
    from keras_debugger.types.plan import Plan


def end_early(run: RunState, why: str) -> None:
    """Decide with what is known: a proof that was cut counts if its first look was whole.

    Args:
        run: what is known of the run.
        why: why it ended, the begin of a sentence.
    """
    if run.spending is not None and not run.tried:
        run.tried = tuple(run.spending.trials)
    if run.decision is None and run.proving is not None:
        proof = _first_look(run, *run.proving)
        run.proofs += (proof,) if proof is not None else ()
    if run.decision is None and run.proofs:
        run.decision = run.best_proof.verdict
        run.notes += (f"{why} before the proof had seen all {run.seeds} seeds.",)
    elif run.decision is None:
        run.decision = _undecided(run, why)


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


def no_time(max_seconds: float | None) -> InvalidArgumentError:
    """The error of a run that has no time for a single epoch."""
    return InvalidArgumentError(
        given=f"max_seconds={max_seconds!r}",
        expected="time for at least one epoch of the original",
        do="give more time, or call diagnose on a run that was recorded",
    )


def _first_look(run: RunState, plan: Plan, alpha: float) -> Proof | None:
    """The first look of a proof that was cut before its second one, at half of its error rate.

    The trials are taken from the journal, nothing is trained: the trainer's time is up.
    """
    if run.seeds <= FIRST_LOOK:
        return None
    trainer = run.prepared.trainer
    until, trainer.until = trainer.until, float("-inf")
    try:
        return prove(
            trainer,
            plan,
            seeds=FIRST_LOOK,
            min_improvement=run.min_improvement,
            alpha=alpha / 2.0,
            first_seed=run.first_proof_seed,
        )
    except TimeIsUp:
        return None
    finally:
        trainer.until = until


def _undecided(run: RunState, why: str) -> Verdict:
    """The verdict of a run that ended before anything was proved."""
    sentence = f"{why} before anything was proved; your model is unchanged."
    if run.ranking:
        sentence += f" The best candidate so far is {run.ranking[0].name}."
    return Verdict(
        decision=Decision.NOT_PROVEN,
        sentence=sentence,
        min_improvement=run.min_improvement,
        needed="more time; with the same directory, the same call goes on from here",
    )
