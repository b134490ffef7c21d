"""The proof: original and fixed model trained on the same fresh seeds, judged once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_debugger.proof.statistics import decide
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Score, Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

if TYPE_CHECKING:
    from keras_debugger.training.trained import Trained
    from keras_debugger.training.trainer import Trainer
    from keras_debugger.types.progress import Progress

FIRST_LOOK = 3  # seeds
ACCEPTED = (Decision.VERIFIED, Decision.IMPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was compared, what came out, and the model to use.

    Args:
        verdict: the decision.
        before: trials of the original, one for each seed.
        after: trials of the fixed model, same seeds, same order.
        delivered: the trial of `after` whose model is delivered.
        model: its model; None if every training of the plan failed.
    """

    verdict: Verdict
    before: tuple[Trial, ...]
    after: tuple[Trial, ...]
    delivered: Trial
    model: Any


@dataclass(kw_only=True)
class _Arms:
    """The trainings so far."""

    before: list[Trial] = field(default_factory=list)
    after: list[Trained] = field(default_factory=list)


def prove(
    trainer: Trainer,
    plan: Plan,
    *,
    seeds: int = 5,
    min_improvement: float = 0.10,
    alpha: float = 0.05,
    progress: Progress | None = None,
    first_seed: int = 1000,
    before: Sequence[Trial] = (),
) -> Proof:
    """Train the original and a plan on the same fresh seeds and compare them on held-out data.

    Three seeds are looked at first with half of `alpha`; it ends there if the gain is verified or
    the plan does not help. Else the other seeds are trained and all are judged with the other half.
    What all seeds say holds, but for an improvement that the first look proved and that all seeds
    still show in their mean.

    Args:
        trainer: trains both.
        plan: the one plan that won the search.
        seeds: seeds of the whole comparison, at least 1.
        min_improvement: relative error reduction that was asked for, 0 to 1.
        alpha: error rate of the whole proof, 0 to 1.
        progress: told when more seeds are needed.
        first_seed: the seeds are this one and those after it; none was used for choosing.
        before: trials of the original on the first of these seeds, from an earlier proof; they
            are not trained again.

    Returns:
        The verdict, all trials, and the fixed model whose selection score is the median, so that
        the model is chosen neither by luck nor by the held-out part.
    """
    arms = _Arms(before=list(before))
    first = min(FIRST_LOOK, seeds)
    looks = 1 if seeds <= FIRST_LOOK else 2

    def judge(until: int) -> Verdict:
        missing = range(first_seed + len(arms.after), first_seed + until)
        trainer.expect([UNCHANGED, plan], seeds=missing, held_out=True)
        for seed in missing:
            if len(arms.before) == len(arms.after):
                arms.before.append(trainer.train(UNCHANGED, seed=seed, held_out=True).trial)
            arms.after.append(trainer.train(plan, seed=seed, held_out=True))
        return decide(
            *scores_of(arms.before[:until], [trained.trial for trained in arms.after]),
            min_improvement=min_improvement,
            alpha=alpha / looks,
            plan=plan.name,
        )

    verdict = judge(first)
    if looks == 2 and verdict.decision in (Decision.IMPROVED, Decision.NOT_PROVEN):
        if progress is not None:
            progress.say(f"{first} seeds do not decide; training {seeds - first} more of each.")
        verdict = of_two_looks(verdict, judge(seeds))
    best = _median(arms.after)
    return Proof(
        verdict=verdict,
        before=tuple(arms.before[: len(arms.after)]),
        after=tuple(trained.trial for trained in arms.after),
        delivered=best.trial,
        model=best.model,
    )


def of_two_looks(first: Verdict, last: Verdict) -> Verdict:
    """What holds after two looks, each with half of the error rate: the last one.

    Only an improvement that the first look proved stands against it, as long as the last one still
    shows it in its mean.

    Args:
        first: the verdict of the first look.
        last: the verdict of all trainings.
    """
    still = first.decision in ACCEPTED and last.gain > last.min_improvement
    return first if still and last.decision not in ACCEPTED else last


def scores_of(
    originals: Sequence[Trial], fixed: Sequence[Trial]
) -> tuple[list[Score], list[Score]]:
    """Held-out scores of both arms; a training without one counts as the constant predictor.

    Args:
        originals: trials of the original, one for each seed or fold.
        fixed: trials of the fixed model, in the same order.
    """
    before = [trial.held_out for trial in originals]
    after = [trial.held_out for trial in fixed]
    known = next(score for score in (*before, *after) if score is not None)
    return [_or_constant(score, known) for score in before], [
        _or_constant(score, known) for score in after
    ]


def _or_constant(score: Score | None, known: Score) -> Score:
    if score is not None:
        return score
    constant = known.constant_error
    return replace(known, value=constant, error=constant, row_errors=(), finite=False)


def _median(trained: Sequence[Trained]) -> Trained:
    def error(one: Trained) -> float:
        return one.trial.selection.error if one.trial.selection is not None else float("inf")

    usable = [one for one in trained if not one.trial.failure] or list(trained)
    order = np.argsort([error(one) for one in usable], kind="stable")
    return usable[int(order[(len(usable) - 1) // 2])]
