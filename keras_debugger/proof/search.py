"""Which plan to prove: short trials of all from the same weights, full ones of the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keras_debugger.proof.ordering import (
    CERTAIN,
    MIN_GAIN,
    WORST,
    error_of,
    is_late,
    order,
    rank,
    rank_score,
)
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial

if TYPE_CHECKING:
    from keras_debugger.training.trainer import Trainer
    from keras_debugger.types.progress import Progress

# Rungs of a successive halving: shares of a full training, and plans that reach the second one.
FIRST_RUNG = 1.0 / 30.0
SECOND_RUNG = 1.0 / 7.0
FIRST_RUNG_PLANS = 7  # the most likely ones
STANDING_PLANS = 4  # and those at the end, worth a try in any run
SECOND_RUNG_PLANS = 4
COMBINATIONS = 2  # of the best plan with one against another cause
SOLVED = 0.1  # share of the original's error at which no further plan is tried


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What the search found.

    Args:
        ranking: plans that beat the original on the selection part, best first.
        trials: every training, in order.
        cost: trainings of the original that it took.
    """

    ranking: tuple[Plan, ...]
    trials: tuple[Trial, ...]
    cost: float


@dataclass(kw_only=True)
class _Search:
    """The trials of one search and what is left of its budget."""

    trainer: Trainer
    budget: float
    seed: int
    combine: Callable[[Plan, Plan], Plan | None] | None
    trials: list[Trial] = field(default_factory=list)
    cost: float = 0.0

    @property
    def epoch(self) -> float:
        """Cost of one epoch."""
        return 1.0 / (self.trainer.setup.fit.epochs or 1)

    def affordable(self, epochs: int, *, keep: float = 0.0) -> bool:
        """Whether so many epochs stay within the budget, up to one epoch more."""
        return self.cost + epochs * self.epoch + keep <= self.budget + self.epoch + 1e-9

    def run(self, plan: Plan, epochs: int, *, short: bool = False) -> Trial:
        """Train and keep the trial; gradients are not recorded in a short one."""
        trial = self.trainer.train(plan, seed=self.seed, epochs=epochs, watched=not short).trial
        self.trials.append(trial)
        self.cost += trial.cost
        return trial


def search(
    trainer: Trainer,
    plans: Sequence[Plan],
    *,
    original: Trial | None = None,
    budget: float = 3.0,
    seed: int = 0,
    progress: Progress | None = None,
    combine: Callable[[Plan, Plan], Plan | None] | None = None,
) -> SearchResult:
    """Find the plans that beat the original on the selection part.

    All plans and the unchanged control train for a thirtieth of the epochs, the best four for a
    seventh, the best ones in full while the budget lasts: all from the same weights, in the same
    order of rows. Plans against what only shows late (overfitting, class imbalance, too few epochs)
    skip the short rungs. A first plan whose cause is a fact trains in full before all others; if it
    takes nine tenths of the error away, the search ends. Where the best plan leaves something to
    gain, it is tried together with one against another cause.

    Args:
        trainer: trains them.
        plans: candidates, best prior first.
        original: the full training of the original; None if there was none, it is then trained.
        budget: trainings of the original to spend, never passed by more than an epoch.
        seed: seed of all trials.
        progress: told what was found.
        combine: makes one plan of two, or None where they do not go together; None combines none.

    Returns:
        The plans at least 5 % better than the original, best first, and every trial. A budget too
        small for one full training leaves the plans in the order of the short ones.
    """
    state = _Search(trainer=trainer, budget=budget, seed=seed, combine=combine)
    if original is None:
        full = trainer.setup.fit.epochs or 1
        original = state.run(UNCHANGED, full if state.affordable(full) else 1)
    facts = [plan for plan in plans[:1] if plan.prior > CERTAIN]
    finished = _full_runs(state, facts, original)
    queue = list(plans)
    if not _is_solved(finished, original):
        queue = _rungs(state, [plan for plan in plans if plan not in finished])
        finished |= _full_runs(state, queue, original)
        finished |= _full_runs(state, _combined_survivors(state, finished, original), original)
    ranking = rank(finished, original) if finished else tuple(queue)
    if progress is not None:
        names = ", ".join(plan.name for plan in ranking) or "none"
        progress.say(f"Better than the original on the selection data: {names}.")
    return SearchResult(ranking=ranking, trials=tuple(state.trials), cost=state.cost)


def _rungs(state: _Search, plans: Sequence[Plan]) -> list[Plan]:
    """Plans in the order in which they deserve a full training."""
    early = [plan for plan in plans if not is_late(plan)]
    if state.affordable(sum(state.trainer.epochs_of(plan) for plan in plans)) or not early:
        return list(plans)
    if len(early) > FIRST_RUNG_PLANS + STANDING_PLANS:
        early = [*early[:FIRST_RUNG_PLANS], *early[-STANDING_PLANS:]]
    keep = 1.0 if state.cost + 1.0 <= state.budget else 0.0
    full = state.trainer.setup.fit.epochs or 1
    short, longer = max(1, round(full * FIRST_RUNG)), max(1, round(full * SECOND_RUNG))
    scores = _rung(state, [UNCHANGED, *early], short, keep=keep)
    control = scores.pop(UNCHANGED, WORST)
    if not scores:
        return list(plans)
    beaten: set[Plan] = set()
    judged = short
    if longer > short and len(scores) > 1:
        best = sorted(scores, key=lambda plan: scores[plan])[:SECOND_RUNG_PLANS]
        certain = [plan for plan in scores if plan.prior > CERTAIN and plan not in best]
        second = _rung(state, [UNCHANGED, *best, *certain], longer, keep=keep)
        if len(second) > 1:
            beaten = set(scores) - set(second)
            control, scores, judged = second.pop(UNCHANGED), second, longer
    queue = order(scores, control, [plan for plan in plans if plan not in beaten])
    return [*_combined(state, queue, early, scores, epochs=judged, keep=keep), *queue]


def _rung(state: _Search, plans: Sequence[Plan], epochs: int, *, keep: float) -> dict[Plan, float]:
    """Rank scores of the plans that could be afforded."""
    scores: dict[Plan, float] = {}
    for plan in plans:
        if state.affordable(epochs, keep=keep):
            scores[plan] = rank_score(state.run(plan, epochs, short=True))
    return scores


def _combined(
    state: _Search,
    queue: Sequence[Plan],
    early: Sequence[Plan],
    scores: dict[Plan, float],
    *,
    epochs: int,
    keep: float,
) -> list[Plan]:
    """The best plan together with one against another cause, if that is better than it alone."""
    if state.combine is None or not queue or queue[0] not in scores:
        return []
    first = queue[0]
    partners = dict.fromkeys(plan for plan in (*queue, *early) if plan.cause is not first.cause)
    made = (state.combine(first, plan) for plan in [*partners][:COMBINATIONS] if not is_late(plan))
    both = _rung(state, [plan for plan in made if plan is not None], epochs, keep=keep)
    best = min(both, key=lambda plan: both[plan], default=None)
    return [best] if best and both[best] <= (1.0 - MIN_GAIN) * scores[first] else []


def _combined_survivors(state: _Search, finished: dict[Plan, Trial], original: Trial) -> list[Plan]:
    """The two best plans against different causes in one, for what is left of the budget."""
    ranking = rank(finished, original)
    if state.combine is None or len(ranking) < 2 or _is_solved(finished, original):
        return []
    first = ranking[0]
    partners = [plan for plan in ranking[1:] if plan.cause is not first.cause]
    made = state.combine(first, partners[0]) if partners else None
    return [made] if made is not None and made not in finished else []


def _full_runs(state: _Search, queue: Sequence[Plan], original: Trial) -> dict[Plan, Trial]:
    full = state.trainer.setup.fit.epochs or 1
    finished: dict[Plan, Trial] = {}
    for plan in queue:
        epochs = state.trainer.epochs_of(plan)
        while epochs > full and not state.affordable(epochs):
            epochs -= 1
        if not state.affordable(epochs):
            continue
        finished[plan] = state.run(plan, epochs)
        if _is_solved(finished, original):
            break
    return finished


def _is_solved(finished: dict[Plan, Trial], original: Trial) -> bool:
    return any(error_of(trial) <= SOLVED * error_of(original) for trial in finished.values())
