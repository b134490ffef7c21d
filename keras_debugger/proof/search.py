"""Which plan to prove: short trials say where to look, full trainings of the best decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from keras_debugger.proof.combining import Combinations
from keras_debugger.proof.longer import longer_plan
from keras_debugger.proof.ordering import MIN_GAIN, error_of, rank
from keras_debugger.proof.shortlist import Look, SearchResult, Shortlist
from keras_debugger.training.budget import Budget
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.progress import Progress
from keras_debugger.types.trial import Trial, rank_scores
from keras_debugger.types.vocabulary import CauseKind

__all__ = ["SearchResult", "Shortlist", "search"]

SOLVED = 0.1  # share of the original's error at which no further plan is tried
ROUNDS = 3  # faults that are looked for, one after the other
PARTNERS = 4  # plans that are tried together with the best one
CLEAR_GAIN = 0.2  # of the control's score, from which a plan wins clearly in short trials
RATES = (CauseKind.LEARNING_RATE_TOO_LOW, CauseKind.LEARNING_RATE_TOO_HIGH)


def search(
    budget: Budget,
    plans: Sequence[Plan],
    *,
    original: Trial | None = None,
    look: Look | None = None,
    combine: Callable[[Plan, Plan], Plan | None] | None = None,
    progress: Progress | None = None,
) -> SearchResult:
    """Find the plans that beat the original on the selection part.

    A longer training of a run of few epochs that ended unfinished trains in full before all others,
    and so does a first plan whose cause is a fact. Then come rounds: short trials order the
    plans, the best one is tried together with others, and the best of these is trained in full.
    What beats the control is the control of the next round, on top of which the other plans are
    tried: a second fault. The remedy of a fact is kept for that even if it shows no gain alone. The
    search ends when nothing beats the control, when nine tenths of the error are gone, or with the
    budget.

    Args:
        budget: trains them, never more than an epoch beyond its limit.
        plans: candidates, best first.
        original: the full training of the original; None if there was none, it is then trained.
        look: makes the short trials; None trains the plans in full in their order.
        combine: makes one plan of two, or None where they do not go together; None combines none.
        progress: told what was found.

    Returns:
        The plans that are better than the original, best first, and every training. A budget too
        small for one full training leaves those that were clearly better in short ones.
    """
    if original is None:
        original = budget.train(UNCHANGED, budget.full if budget.affordable(1.0) else 1)
    combined = Combinations(combine=combine)
    state = _Search(budget=budget, original=original, look=look, combined=combined)
    longer = longer_plan(budget, plans, original)
    state.train([plan for plan in plans[:1] if plan.is_certain] if longer is None else [longer])
    for _ in range(ROUNDS):
        if state.solved or not state.round(plans):
            break
    if not state.solved:
        state.train(state.queue)
    ranking = rank(state.finished, original) if state.finished else state.best_short
    if progress is not None:
        names = ", ".join(plan.name for plan in ranking) or "none"
        progress.say(f"Better than the original on the selection data: {names}.")
    return SearchResult(
        ranking=ranking,
        trials=tuple(budget.trials),
        cost=budget.cost,
        causes=combined.causes(ranking[0], state.finished) if ranking else (),
    )


@dataclass(kw_only=True)
class _Search:
    """The full trainings of one search."""

    budget: Budget
    original: Trial
    look: Look | None
    combined: Combinations
    finished: dict[Plan, Trial] = field(default_factory=dict)
    queue: tuple[Plan, ...] = ()
    best_short: tuple[Plan, ...] = ()

    @property
    def solved(self) -> bool:
        """Whether hardly any error is left."""
        enough = SOLVED * error_of(self.original)
        return any(error_of(trial) <= enough for trial in self.finished.values())

    @property
    def base(self) -> Plan:
        """The best plan so far, or the unchanged program."""
        ranking = rank(self.finished, self.original)
        return ranking[0] if ranking else UNCHANGED

    def round(self, plans: Sequence[Plan]) -> bool:
        """One round on top of the best so far; whether it found something better."""
        if self.finished and not self.budget.affordable(1.0):
            return False
        base = self.base
        kept = self._fact if base is UNCHANGED else base
        candidates = [plan for plan in plans if plan not in self.finished]
        if kept is not UNCHANGED:
            mended = set(self.combined.causes(kept, self.finished))
            others = [plan for plan in candidates if plan.cause not in mended]
            same = [plan for plan in candidates if plan.cause in mended]
            candidates = [*self.combined.together(kept, others, known=self.finished), *same]
        keep = 1.0 if self.budget.affordable(1.0) else 0.0
        whole = sum(self._cost(plan) for plan in candidates)
        if self.look is None or self.budget.affordable(whole):
            shortlist = Shortlist(queue=tuple(candidates))
        else:
            shortlist = self.look(candidates, base=base, known=self.finished, keep=keep)
        self.queue = self._with_partners(shortlist, keep=keep)
        self.best_short = self._clearly_better(shortlist)
        self.train(self.queue)
        return self.base != base

    @property
    def _fact(self) -> Plan:
        """The plan against a fact, though it shows no gain alone: a second fault may hide it."""
        for plan, trial in self.finished.items():
            before, after = rank_scores([self.original, trial])
            if plan.is_certain and after <= (1.0 + MIN_GAIN) * before:
                return plan
        return UNCHANGED

    def train(self, plans: Iterable[Plan]) -> None:
        """Full trainings in order, until one beats the best so far or the budget is spent."""
        base = self.base
        for plan in plans:
            epochs = self.budget.trainer.epochs_of(plan)
            while epochs > self.budget.full and not self._affordable(epochs):
                epochs -= 1
            if plan in self.finished or not self._affordable(epochs):
                continue
            self.finished[plan] = self.budget.train(plan, epochs)
            if self.base != base:
                return

    def _affordable(self, epochs: int) -> bool:
        return self.budget.affordable(epochs * self.budget.epoch)

    def _cost(self, plan: Plan) -> float:
        return self.budget.trainer.epochs_of(plan) * self.budget.epoch

    def _with_partners(self, shortlist: Shortlist, *, keep: float) -> tuple[Plan, ...]:
        """The queue, led by the best plan together with another one if that is clearly better."""
        queue = self._cheap_first(shortlist)
        leader = next((plan for plan in queue if plan in shortlist.trials), None)
        if leader is None or leader is not queue[0]:
            return queue
        trial = shortlist.trials[leader]
        pairs = self._pairs(leader, shortlist)
        made = self.budget.rung(pairs, trial.epochs, keep=keep)
        if not made:
            return queue
        mine, *others = rank_scores([trial, *made.values()])
        scores = dict(zip(made, others, strict=True))
        best = min(scores, key=lambda plan: scores[plan])
        self.combined.shares |= {plan: score / max(mine, 1e-12) for plan, score in scores.items()}
        return (best, *queue) if scores[best] <= (1.0 - MIN_GAIN) * mine else queue

    def _clearly_better(self, shortlist: Shortlist) -> tuple[Plan, ...]:
        """The plans that were clearly better in short trials, best first."""
        if shortlist.control is None:
            return ()
        mine, *others = rank_scores([shortlist.control, *shortlist.trials.values()])
        scores = dict(zip(shortlist.trials, others, strict=True))
        clear = [plan for plan in scores if scores[plan] <= (1.0 - CLEAR_GAIN) * mine]
        return tuple(sorted(clear, key=lambda plan: scores[plan]))

    def _pairs(self, leader: Plan, shortlist: Shortlist) -> list[Plan]:
        """The leader with others: the likeliest, those that gained most, other rates; refined."""
        others = [plan for plan in shortlist.trials if plan.cause is not leader.cause]
        others.sort(key=lambda plan: shortlist.trials[plan].rank_score)
        rates = [plan for plan in others if plan.cause in RATES]
        likeliest = sorted(others, key=lambda plan: -plan.prior)[:1]
        partners = dict.fromkeys((*likeliest, *others[: PARTNERS - len(RATES)], *rates))
        finer = self.combined.finer(leader, known=shortlist.trials)
        pairs = self.combined.together(leader, list(partners), known=self.finished)
        return [*finer, *pairs][:PARTNERS]

    def _cheap_first(self, shortlist: Shortlist) -> tuple[Plan, ...]:
        """The queue, with plans that cost more than one training behind a clear winner."""
        if not self._clearly_better(shortlist):
            return shortlist.queue
        return tuple(sorted(shortlist.queue, key=lambda plan: self._cost(plan) > 1.0 + 1e-9))
