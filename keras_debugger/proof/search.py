"""Which plan to prove: short trials of all from the same weights, full ones of the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keras_debugger.proof.ordering import CERTAIN, WORST, error_of, is_late, order, rank, rank_score
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
    progress: Progress | None
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
) -> SearchResult:
    """Find the plans that beat the original on the selection part.

    All plans and the unchanged control train for a thirtieth of the epochs, the best four for a
    seventh, the best ones in full while the budget lasts: all from the same weights, in the same
    order of rows. Plans against what only shows late (overfitting, class imbalance, too few epochs)
    skip the short rungs. A plan whose cause is a fact keeps its place unless clearly beaten.

    Args:
        trainer: trains them.
        plans: candidates, best prior first.
        original: the full training of the original; None if there was none, it is then trained.
        budget: trainings of the original to spend, never passed by more than an epoch.
        seed: seed of all trials.
        progress: told what was found.

    Returns:
        The plans at least 5 % better than the original, best first, and every trial. A budget too
        small for one full training leaves the plans in the order of the short ones.
    """
    state = _Search(trainer=trainer, budget=budget, seed=seed, progress=progress)
    if original is None:
        full = trainer.setup.fit.epochs or 1
        original = state.run(UNCHANGED, full if state.affordable(full) else 1)
    queue = _rungs(state, plans)
    finished = _full_runs(state, queue, original)
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
    scores, control = _rung(state, early, short, keep=keep)
    beaten = set(scores)
    if not scores:
        return list(plans)
    if longer > short and len(scores) > 1:
        best = sorted(scores, key=lambda plan: scores[plan])[:SECOND_RUNG_PLANS]
        certain = [plan for plan in scores if plan.prior > CERTAIN and plan not in best]
        second, second_control = _rung(state, [*best, *certain], longer, keep=keep)
        if second:
            scores, control = second, second_control
    beaten -= set(scores)
    return order(scores, control, [plan for plan in plans if plan not in beaten])


def _rung(
    state: _Search, plans: Sequence[Plan], epochs: int, *, keep: float
) -> tuple[dict[Plan, float], float]:
    """Rank scores of the plans that could be afforded, and of the control."""
    scores: dict[Plan, float] = {}
    if not state.affordable(2 * epochs, keep=keep):
        return scores, WORST
    control = rank_score(state.run(UNCHANGED, epochs, short=True))
    for plan in plans:
        if state.affordable(epochs, keep=keep):
            scores[plan] = rank_score(state.run(plan, epochs, short=True))
    return scores, control


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
        if error_of(finished[plan]) <= SOLVED * error_of(original):
            break
    return finished
