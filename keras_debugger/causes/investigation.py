"""Which cause it is, by experiment: the most telling one for its cost next, until it is clear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from keras_debugger.causes import interventions as which
from keras_debugger.causes.experiments import Answer, Laboratory
from keras_debugger.causes.information import (
    Belief,
    Outcome,
    belief_of,
    expected_information,
    updated,
)
from keras_debugger.causes.interventions import MIN_GAIN, Intervention, probe_outcomes
from keras_debugger.causes.ordering import CERTAIN, by_belief, order
from keras_debugger.causes.telling import answered, causes_after, probed
from keras_debugger.types.cause import Cause
from keras_debugger.types.experiment import Experiment
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial, rank_scores
from keras_debugger.types.vocabulary import CauseKind

CLEAR = 0.9  # probability from which a cause is clear
CLEAR_GAIN = 0.5  # of the control's score, that a fix against it must show as well
STANDING = 0.01  # belief in a cause that no finding speaks for, but that has a plan
LIKELY_PLANS = 7  # the most likely ones
STANDING_PLANS = 4  # and those at the end, worth a try in any run
LONGER_PLANS = 4  # that reach the second, longer trial
SHORT_SHARE = 1.0 / 3.0  # of the budget, for the first short trials
REPEATED = 0.3  # share of the information of a second plan against the same cause
LEAST_INFORMATION = 0.02  # bits, below which an intervention is not worth its trouble
NOTHING: Mapping[Plan, Trial] = MappingProxyType({})
DIAGNOSTICS = (which.ONE_BATCH, which.SHUFFLED_LABELS, which.LEARNING_RATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation:
    """What the experiments made of the causes.

    Args:
        causes: most likely first, with their experiments as evidence.
        unknown: probability that it is none of them.
        experiments: those that were made, in order.
        queue: plans in the order in which they deserve a full training.
        trials: the last short trial of each plan that had one.
        control: the unchanged program beside them; None if there was none.
    """

    causes: tuple[Cause, ...]
    unknown: float
    experiments: tuple[Experiment, ...]
    queue: tuple[Plan, ...]
    trials: dict[Plan, Trial]
    control: Trial | None


def investigate(
    laboratory: Laboratory,
    causes: Sequence[Cause],
    plans: Sequence[Plan],
    *,
    base: Plan = UNCHANGED,
    known: Mapping[Plan, Trial] = NOTHING,
    original: Trial | None = None,
    first: Sequence[Intervention] = (),
    keep: float = 0.0,
) -> Investigation:
    """Find out by short trainings which cause it is, and which plan is worth a full one.

    Plans are probed from the same weights in the same order of rows beside the unchanged program,
    for a thirtieth of the epochs, the most telling one for its cost first, until one cause is
    clear and a fix against it shows; the best four then for a seventh of the epochs. If none is
    better than the control, other interventions say where to look. What only shows late
    (overfitting, rare classes, too few epochs) is left to the record and to full trainings.

    Args:
        laboratory: makes them within its budget.
        causes: as ranked from the record, most likely first.
        plans: fixes to probe, best first.
        base: the control that they must beat.
        known: full trainings of other plans.
        original: the full training of the unchanged program, to compare those with.
        first: interventions that cost no training, for what the record does not tell.
        keep: trainings to leave in the budget.
    """
    inquiry = _Inquiry(
        laboratory=laboratory, causes=tuple(causes), plans=tuple(plans), base=base, keep=keep
    )
    if original is not None:
        inquiry.trials.update({plan: (trial, original) for plan, trial in known.items()})
    for one in first:
        inquiry.make(one)
    inquiry.probe()
    inquiry.probe_longer()
    if not inquiry.found:
        inquiry.look_elsewhere()
    return inquiry.result()


@dataclass(kw_only=True)
class _Inquiry:
    """The experiments of one investigation and what they say so far."""

    laboratory: Laboratory
    causes: tuple[Cause, ...]
    plans: tuple[Plan, ...]
    base: Plan
    keep: float
    control: Trial | None = None
    trials: dict[Plan, tuple[Trial, Trial]] = field(default_factory=dict)  # trial, its control
    answers: list[tuple[Intervention, Answer]] = field(default_factory=list)

    @property
    def prior(self) -> dict[CauseKind | None, float]:
        """What was believed before; causes with a plan but no finding have a little of the rest."""
        belief = belief_of(self.causes)
        for kind in {plan.cause for plan in self.plans} - set(belief):
            share = min(STANDING, belief[None] / 2.0)
            belief[kind], belief[None] = share, belief[None] - share
        return belief

    @property
    def belief(self) -> Belief:
        """What is believed now."""
        belief = self.prior
        for kind in {plan.cause for plan in self.trials}:
            belief = updated(belief, self.outcome(kind))
        for _, answer in self.answers:
            belief = updated(belief, answer.outcome)
        return belief

    @property
    def found(self) -> bool:
        """Whether any plan was better than the control."""
        return any(self.gain(plan) >= MIN_GAIN for plan in self.trials)

    def gain(self, plan: Plan) -> float:
        """By which share a plan's last trial was better than its control."""
        trial, control = self.trials[plan]
        beside = [one for one, other in self.trials.values() if other is control]
        mine, other, *_ = rank_scores([trial, control, *beside])
        return 1.0 - mine / max(other, 1e-12)

    def outcome(self, kind: CauseKind | None) -> Outcome:
        """How the probes of the plans against a cause ended, by the best of them."""
        return self._outcome([plan for plan in self.trials if plan.cause is kind], kind)

    def probe(self) -> None:
        """The first short trials."""
        early = [plan for plan in self.plans if not plan.is_late]
        if len(early) > LIKELY_PLANS + STANDING_PLANS:
            early = [*early[:LIKELY_PLANS], *early[-STANDING_PLANS:]]
        if not early:
            return
        self.laboratory.expect((self.base, *early), self.laboratory.short)
        if not self._train(self.base, self.laboratory.short):
            return
        budget = self.laboratory.budget
        most = budget.cost + budget.limit * SHORT_SHARE
        while early and not self.is_clear and budget.cost < most:
            plan = max(early, key=self._information)
            early.remove(plan)
            if not self._train(plan, self.laboratory.short):
                return

    def probe_longer(self) -> None:
        """The longer trials of the best plans, and of those against a cause that is a fact."""
        tried = [plan for plan in self.trials if plan in self.plans]
        if self.laboratory.longer <= self.laboratory.short or len(tried) < 2:
            return
        best = sorted(tried, key=lambda plan: -self.gain(plan))[:LONGER_PLANS]
        certain = [plan for plan in tried if plan.prior > CERTAIN and plan not in best]
        short = self.control
        self.laboratory.expect((self.base, *best, *certain), self.laboratory.longer)
        if self._train(self.base, self.laboratory.longer):
            made = [self._train(plan, self.laboratory.longer) for plan in (*best, *certain)]
            if not any(made):
                self.control = short

    def look_elsewhere(self) -> None:
        """The other interventions, the most telling one for its cost first."""
        left = list(DIAGNOSTICS)
        while left and self.control is not None and not self.is_clear:
            belief = self.belief
            worth = {
                one: expected_information(belief, one.outcomes)
                / max(self.laboratory.cost(one), 0.01)
                for one in left
            }
            best = max(left, key=lambda one: worth[one])
            left.remove(best)
            cost = self.laboratory.cost(best)
            told = expected_information(belief, best.outcomes)
            if told < LEAST_INFORMATION or not self._affordable(cost):
                continue
            self.make(best)

    def make(self, intervention: Intervention) -> None:
        """Make an intervention and keep its answer, if it has one."""
        answer = self.laboratory.make(intervention, self.control)
        if answer is not None:
            self.answers.append((intervention, answer))

    @property
    def is_clear(self) -> bool:
        """Whether one cause is clear and a fix against it shows."""
        belief = self.belief
        kind = max(belief, key=lambda one: belief[one])
        if kind is None or belief[kind] < CLEAR:
            return False
        return any(plan.cause is kind and self.gain(plan) >= CLEAR_GAIN for plan in self.trials)

    def result(self) -> Investigation:
        """What came out."""
        belief = self.belief
        experiments = [
            probed(plan, trial, control, self._outcome([plan], plan.cause))
            for plan, (trial, control) in self.trials.items()
        ]
        experiments += [answered(one, answer, self.prior) for one, answer in self.answers]
        return Investigation(
            causes=causes_after(self.causes, belief, experiments),
            unknown=belief.get(None, 0.0),
            experiments=tuple(experiments),
            queue=tuple(self._queue(belief)),
            trials={plan: trial for plan, (trial, _) in self.trials.items()},
            control=self.control,
        )

    def _queue(self, belief: Belief) -> list[Plan]:
        plans = by_belief(self.plans, belief)
        if self.control is None or not self.trials:
            return plans
        last = {p: one for p, (one, control) in self.trials.items() if control is self.control}
        control, *others = rank_scores([self.control, *last.values()])
        beaten = set(self.trials) - set(last)
        scores = dict(zip(last, others, strict=True))
        return order(scores, control, [plan for plan in plans if plan not in beaten])

    def _outcome(self, plans: Sequence[Plan], kind: CauseKind | None) -> Outcome:
        best, better, none = probe_outcomes(kind)
        gain = max((self.gain(plan) for plan in plans), default=0.0)
        if gain < MIN_GAIN:
            return none
        most = max(self.gain(plan) for plan in self.trials)
        return best if gain >= which.SHARE_OF_BEST * most else better

    def _information(self, plan: Plan) -> float:
        """Bits that a probe of a plan is expected to tell; all cost the same."""
        told = expected_information(self.belief, probe_outcomes(plan.cause))
        return told * (REPEATED if plan.cause in {one.cause for one in self.trials} else 1.0)

    def _affordable(self, cost: float) -> bool:
        return self.laboratory.budget.affordable(cost, keep=self.keep)

    def _train(self, plan: Plan, epochs: int) -> bool:
        """Train a plan, or the control, if it can be afforded."""
        budget = self.laboratory.budget
        if not self._affordable(epochs * budget.epoch):
            return False
        trial = budget.train(plan, epochs, short=True)
        if plan is self.base:
            self.control = trial
        elif self.control is not None:
            self.trials[plan] = trial, self.control
        return True
