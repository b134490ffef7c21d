"""The proof for few rows: all of them judge in turn, and the fix is chosen anew each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from keras_debugger.proof.compare import ACCEPTED, Proof, of_two_looks, scores_of
from keras_debugger.proof.held_out_rows import Folds
from keras_debugger.proof.statistics import decide
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict

if TYPE_CHECKING:
    from keras_debugger.training.trainer import Trainer
    from keras_debugger.types.progress import Progress

    Choose = Callable[[Trainer, int], tuple[Plan, tuple[Trial, ...]]]

FIRST_LOOK = 5  # folds: every row has judged once
SEARCHED = 500  # from the seeds that judge to those that choose


NONE: tuple[Trial, ...] = ()


@dataclass(kw_only=True)
class _Arms:
    """The trainings so far, one of each kind a fold."""

    plans: list[Plan] = field(default_factory=list)
    before: list[Trial] = field(default_factory=list)
    after: list[Trial] = field(default_factory=list)
    searched: list[Trial] = field(default_factory=list)


def prove_by_folds(
    trainer: Trainer,
    plan: Plan,
    choose: Choose,
    *,
    min_improvement: float = 0.10,
    alpha: float = 0.05,
    first_seed: int = 1000,
    progress: Progress | None = None,
) -> Proof:
    """Choose, train and judge in every fold of a repeated cross-validation.

    A fold is judged by models that never saw its rows: the original, and the plan that a search
    among the other rows of that fold chose (the original itself where the search found none). So
    what is proved is the gain of choosing and applying a fix in this way. The interval over folds
    has the correction of Nadeau and Bengio (2003) for rows that folds share. Five folds are looked
    at first with half of `alpha`; it ends there if they decide, else all are judged with the other
    half.

    Args:
        trainer: trains on the parts of the first fold.
        plan: the plan that the search among the rows of the first fold chose.
        choose: searches with a trainer and a seed: the chosen plan, UNCHANGED if none, and its
            trainings.
        min_improvement: relative error reduction that was asked for, 0 to 1.
        alpha: error rate of the whole proof, 0 to 1.
        first_seed: seed of the first fold; each has its own.
        progress: told when more folds are needed.

    Returns:
        The verdict, the trials of each fold, and the model of the plan that most folds chose,
        trained on all rows but those that choose.
    """
    arms, count = _Arms(), len(trainer.parts.folds)
    first = min(FIRST_LOOK, count)

    def judge(until: int, share: float) -> Verdict:
        for number in range(len(arms.after), until):
            fold = trainer.on(trainer.parts.fold(number))
            chosen, searched = plan, NONE
            if number:
                chosen, searched = choose(fold, first_seed + SEARCHED + number)
            arms.searched += searched
            _add(arms, fold, chosen, seed=first_seed + number)
        return decide(
            *scores_of(arms.before, arms.after),
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
    most = _most_chosen(arms.plans)
    told = f"{verdict.sentence} {_chosen(arms.plans, most)}"
    verdict = replace(verdict, plan=most.name, sentence=told)
    final = _on_all_rows(trainer).train(most, seed=first_seed)
    return Proof(
        verdict=verdict,
        before=tuple(arms.before),
        after=tuple(arms.after),
        delivered=final.trial,
        searched=tuple(arms.searched),
        model=final.model,
    )


def _is_open(verdict: Verdict) -> bool:
    """Whether more folds could change the decision."""
    return verdict.gain > 0.0 and not (
        verdict.decision in ACCEPTED and verdict.low > verdict.min_improvement
    )


def _add(arms: _Arms, fold: Trainer, chosen: Plan, *, seed: int) -> None:
    before = fold.train(UNCHANGED, seed=seed, held_out=True).trial
    changed = bool(chosen.fixes)
    after = fold.train(chosen, seed=seed, held_out=True).trial if changed else before
    arms.plans.append(chosen)
    arms.before.append(before)
    arms.after.append(after)


def _folds(trainer: Trainer, until: int) -> Folds:
    places = trainer.parts.folds[:until]
    rows = tuple(np.asarray(place.held_out) for place in places)
    trained = float(np.mean([len(place.train) for place in places]))
    judged = float(np.mean([len(held) for held in rows]))
    return Folds(rows=rows, test_share=judged / trained)


def _most_chosen(plans: Sequence[Plan]) -> Plan:
    """The plan that most folds chose, the first one among equals; the original only if all did."""
    changed = [plan for plan in plans if plan.fixes] or list(plans)
    return Counter(changed).most_common(1)[0][0]


def _chosen(plans: Sequence[Plan], plan: Plan) -> str:
    """How often the folds chose the plan that is delivered."""
    names = Counter(chosen.name for chosen in plans)
    text = f"{plan.name} was chosen in {names.pop(plan.name)} of {len(plans)} folds"
    others = ", ".join(f"{name} in {count}" for name, count in names.most_common())
    return f"{text}, {others}." if others else f"{text}."


def _on_all_rows(trainer: Trainer) -> Trainer:
    """A trainer on all rows but those that choose."""
    return trainer.on(trainer.parts.without_held_out())
