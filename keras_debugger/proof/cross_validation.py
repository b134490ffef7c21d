"""The proof for few rows: those that did not choose the fix judge in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keras_debugger.proof.compare import ACCEPTED, Proof, of_two_looks, scores_of
from keras_debugger.proof.held_out_rows import Folds
from keras_debugger.proof.statistics import decide
from keras_debugger.training.judged_rows import is_judged
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict

if TYPE_CHECKING:
    from keras_debugger.training.trainer import Trainer
    from keras_debugger.types.progress import Progress

FIRST_LOOK = 5  # folds: every row has judged once


def prove_by_folds(
    trainer: Trainer,
    plan: Plan,
    *,
    min_improvement: float = 0.10,
    alpha: float = 0.05,
    first_seed: int = 1000,
    progress: Progress | None = None,
) -> Proof:
    """Train and judge the original and a plan in every fold of a repeated cross-validation.

    A fold is judged by models that never saw its rows. The rows that chose the plan are the
    selection part of every fold and judge in none, so the plan was not chosen by a row that judges
    it. As with several seeds, the bound over the folds tells the chance in the trainings, and the
    bootstrap over the rows, each averaged over the folds that judged it, the chance in the data;
    both must say that the error fell. Folds share rows to train on, which the bound over folds does
    not count: what that costs is measured by benchmarks/proof_folds.py. Five folds are looked at
    first with half of `alpha`; it ends there if they decide, else all are judged with the other
    half.

    Args:
        trainer: trains on the parts of the first fold.
        plan: the plan that the search among the rows of the first fold chose.
        min_improvement: relative error reduction that was asked for, 0 to 1.
        alpha: error rate of the whole proof, 0 to 1.
        first_seed: seed of the first fold; each has its own.
        progress: told when more folds are needed.

    Returns:
        The verdict, the trials of each fold, and a model of the plan trained on all rows but those
        that choose.
    """
    before: list[Trial] = []
    after: list[Trial] = []
    count = len(trainer.parts.folds)
    first = min(FIRST_LOOK, count)

    def judge(until: int, share: float) -> Verdict:
        for number in range(len(after), until):
            fold, seed = trainer.on(trainer.parts.fold(number)), first_seed + number
            before.append(fold.train(UNCHANGED, seed=seed, held_out=True).trial)
            after.append(fold.train(plan, seed=seed, held_out=True).trial)
        return decide(
            *scores_of(before, after),
            min_improvement=min_improvement,
            alpha=alpha * share,
            plan=plan.name,
            folds=_folds(trainer, until),
        )

    verdict = judge(first, 1.0 if first == count else 0.5)
    if first < count and _is_open(verdict):
        if progress is not None:
            progress.say(f"{first} folds do not decide; judging {count - first} more.")
        verdict = of_two_looks(verdict, judge(count, 0.5))
    everything = trainer.on(trainer.parts.without_held_out())
    final = everything.train(plan, seed=first_seed)
    return Proof(
        verdict=verdict,
        before=tuple(before),
        after=tuple(after),
        delivered=final.trial,
        model=final.model,
    )


def _is_open(verdict: Verdict) -> bool:
    """Whether more folds could change the decision."""
    return verdict.gain > 0.0 and not (
        verdict.decision in ACCEPTED and verdict.low > verdict.min_improvement
    )


def _folds(trainer: Trainer, until: int) -> Folds:
    """The rows that were judged in each fold so far."""
    parts, places = trainer.parts, trainer.parts.folds[:until]
    judged = [is_judged(parts.fold(number).held_out, trainer.metric) for number in range(until)]
    return Folds(
        rows=tuple(np.asarray(one.held_out)[own] for one, own in zip(places, judged, strict=True))
    )
