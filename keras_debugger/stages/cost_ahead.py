"""What a run will cost, and what of its budget the search may take where the time is short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras_debugger.proof.cost import Cost, cost_of_folds, cost_of_run
from keras_debugger.stages.anytime import affordable_budget, seconds_left

if TYPE_CHECKING:
    from keras_debugger.stages.run_state import RunState


def cost_ahead(run: RunState) -> Cost:
    """What the search and the proof will cost."""
    trainer = run.prepared.trainer
    full = trainer.setup.fit.epochs or 1
    longest = max(full, *(trainer.epochs_of(plan) for plan in run.plans)) / full
    spent = run.original.cost if run.original is not None else 0.0
    if folds := len(run.prepared.parts.folds):
        return cost_of_folds(
            budget=run.budget, epoch=1.0 / full, longest=longest, folds=folds, spent=spent
        )
    return cost_of_run(
        budget=run.budget, epoch=1.0 / full, longest=longest, seeds=run.seeds, spent=spent
    )


def limit_of_search(run: RunState) -> float:
    """The budget, or what of it leaves the time to prove what is found."""
    limit = affordable_budget(
        run.budget,
        seconds_of_one=run.seconds_of_one,
        seconds=seconds_left(run.prepared.trainer),
        proof=run.least_proof,
    )
    if limit < run.budget:
        run.progress.say(
            f"The search takes at most {limit:.1f} trainings: the proof needs the other time."
        )
    return limit
