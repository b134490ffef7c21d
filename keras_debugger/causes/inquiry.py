"""The state of an investigation: what was tried, and what it makes of the belief in the causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.information import (
    CLEAR,
    Belief,
    Outcome,
    belief_of,
    expected_information,
    updated,
)
from keras_debugger.causes.interventions import Answer, Intervention
from keras_debugger.causes.ordering import by_belief, order
from keras_debugger.causes.probes import (
    MIN_GAIN,
    ON_ITS_WAY,
    SHARE_OF_BEST,
    aimed_at,
    probe_outcomes,
)
from keras_debugger.types.cause import Cause
from keras_debugger.types.plan import Plan
from keras_debugger.types.trial import Trial, rank_scores
from keras_debugger.types.vocabulary import CauseKind

CLEAR_GAIN = 0.5  # of the control's score, that a fix against it must show as well
STANDING = 0.01  # belief in a cause that no finding speaks for, but that has a plan
REPEATED = 0.3  # share of the information of a second plan against the same cause


@dataclass(kw_only=True)
class Inquiry:
    """The experiments of one investigation and what they say so far.

    Args:
        laboratory: makes them.
        causes: as ranked from the record.
        plans: fixes to probe.
        base: the control.
        keep: trainings to leave in the budget.
        control: the last short trial of the control.
        trials: the last trial of each plan, and the control that it is compared with.
        answers: the interventions that were made.
    """

    laboratory: Laboratory
    causes: tuple[Cause, ...]
    plans: tuple[Plan, ...]
    base: Plan
    keep: float
    control: Trial | None = None
    trials: dict[Plan, tuple[Trial, Trial]] = field(default_factory=dict)
    answers: list[tuple[Intervention, Answer]] = field(default_factory=list)

    @property
    def prior(self) -> dict[CauseKind | None, float]:
        """What was believed before; causes with a plan but no finding have a little of the rest."""
        belief = belief_of(self.causes)
        aims = (kind for plan in self.plans for kind in aimed_at(plan))
        for kind in dict.fromkeys(kind for kind in aims if kind not in belief):
            share = min(STANDING, belief[None] / 2.0)
            belief[kind], belief[None] = share, belief[None] - share
        return belief

    @property
    def belief(self) -> Belief:
        """What is believed now."""
        belief = self.prior
        for kind in dict.fromkeys(kind for plan in self.trials for kind in aimed_at(plan)):
            belief = updated(belief, self.outcome(kind))
        for _, answer in self.answers:
            belief = updated(belief, answer.outcome)
        return belief

    @property
    def found(self) -> bool:
        """Whether any plan was better than the control."""
        return any(self.gain(plan) >= MIN_GAIN for plan in self.trials)

    @property
    def is_blind(self) -> bool:
        """Whether nothing is better than a constant guess yet, or clearly on its way."""
        stuck = all(trial.is_stuck for trial, _ in self.trials.values())
        return stuck and all(self.gain(plan) < ON_ITS_WAY for plan in self.trials)

    def gain(self, plan: Plan) -> float:
        """By which share a plan's last trial was better than its control."""
        trial, control = self.trials[plan]
        beside = [one for one, other in self.trials.values() if other is control]
        mine, other, *_ = rank_scores([trial, control, *beside])
        return 1.0 - mine / max(other, 1e-12)

    def outcome(self, kind: CauseKind) -> Outcome:
        """How the probes of the plans against a cause ended, by the best of them."""
        return self.outcome_of([plan for plan in self.trials if kind in aimed_at(plan)], kind)

    @property
    def is_clear(self) -> bool:
        """Whether one cause is clear and a fix against it shows."""
        belief = self.belief
        kind = max(belief, key=lambda one: belief[one])
        if kind is None or belief[kind] < CLEAR:
            return False
        probed = [plan for plan in self.trials if kind in aimed_at(plan) and plan in self.plans]
        return any(self.gain(plan) >= CLEAR_GAIN for plan in probed)

    def queue(self) -> list[Plan]:
        """Plans in the order in which they deserve a full training."""
        plans = by_belief(self.plans, self.belief)
        if self.control is None or self.is_blind:
            return plans
        last = {p: one for p, (one, control) in self.trials.items() if control is self.control}
        control, *others = rank_scores([self.control, *last.values()])
        beaten = set(self.trials) - set(last)
        scores = dict(zip(last, others, strict=True))
        return order(scores, control, [plan for plan in plans if plan not in beaten])

    def outcome_of(self, plans: Sequence[Plan], *kinds: CauseKind) -> Outcome:
        """How the probes of some plans against causes ended, by the best of them."""
        best, better, none = probe_outcomes(*kinds, blind=self.is_blind)
        gain = max((self.gain(plan) for plan in plans), default=0.0)
        if gain < MIN_GAIN:
            return none
        most = max(self.gain(plan) for plan in self.trials)
        return best if gain >= SHARE_OF_BEST * most else better

    def information(self, plan: Plan) -> float:
        """Bits that a probe of a plan is expected to tell; all cost the same."""
        told = expected_information(self.belief, probe_outcomes(*aimed_at(plan)))
        return told * (REPEATED if plan.cause in {one.cause for one in self.trials} else 1.0)

    def affordable(self, cost: float) -> bool:
        """Whether so many trainings leave what is to be kept."""
        return self.laboratory.budget.affordable(cost, keep=self.keep)

    def train(self, plan: Plan, epochs: int) -> bool:
        """Train a plan, or the control, if it can be afforded."""
        budget = self.laboratory.budget
        if not self.affordable(epochs * budget.epoch):
            return False
        trial = budget.train(plan, epochs, short=True)
        if plan is self.base:
            self.control = trial
        elif self.control is not None:
            self.trials[plan] = trial, self.control
        return True

    def make(self, intervention: Intervention) -> None:
        """Make an intervention and keep its answer, if it has one."""
        answer = self.laboratory.make(intervention, self.control)
        if answer is not None:
            self.answers.append((intervention, answer))
