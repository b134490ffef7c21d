"""Which cause it is, by experiment: the most telling one for its cost next, until it is clear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from keras_debugger.causes import interventions as which
from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.information import expected_information
from keras_debugger.causes.inquiry import Inquiry
from keras_debugger.causes.interventions import Intervention
from keras_debugger.causes.probes import aimed_at
from keras_debugger.causes.telling import answered, causes_after, probed
from keras_debugger.types.cause import Cause
from keras_debugger.types.experiment import Experiment
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial

LIKELY_PLANS = 7  # the most likely ones
STANDING_PLANS = 4  # and those at the end, worth a try in any run
LONGER_PLANS = 4  # that reach the second, longer trial
SHORT_SHARE = 1.0 / 3.0  # of the budget, for the first short trials
LEAST_INFORMATION = 0.02  # bits, below which an intervention is not worth its trouble
DIAGNOSTICS = (which.ONE_BATCH, which.SHUFFLED_LABELS, which.LEARNING_RATES)
NOTHING: Mapping[Plan, Trial] = MappingProxyType({})


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
    inquiry = Inquiry(
        laboratory=laboratory, causes=tuple(causes), plans=tuple(plans), base=base, keep=keep
    )
    if original is not None:
        inquiry.trials.update({plan: (trial, original) for plan, trial in known.items()})
    for one in first:
        inquiry.make(one)
    _probe(inquiry)
    _probe_longer(inquiry)
    if not inquiry.found:
        _look_elsewhere(inquiry)
    return _result(inquiry)


def _probe(inquiry: Inquiry) -> None:
    """The first short trials."""
    early = [plan for plan in inquiry.plans if not plan.is_late]
    if len(early) > LIKELY_PLANS + STANDING_PLANS:
        early = [*early[:LIKELY_PLANS], *early[-STANDING_PLANS:]]
    if not early:
        return
    inquiry.laboratory.expect((inquiry.base, *early), inquiry.laboratory.short)
    if not inquiry.train(inquiry.base, inquiry.laboratory.short):
        return
    budget = inquiry.laboratory.budget
    most = budget.cost + budget.limit * SHORT_SHARE
    while early and not inquiry.is_clear and budget.cost < most:
        plan = max(early, key=inquiry.information)
        early.remove(plan)
        if not inquiry.train(plan, inquiry.laboratory.short):
            return


def _probe_longer(inquiry: Inquiry) -> None:
    """The longer trials of the best plans, and of those against a cause that is a fact."""
    tried = [plan for plan in inquiry.trials if plan in inquiry.plans]
    if inquiry.laboratory.longer <= inquiry.laboratory.short or len(tried) < 2:
        return
    best = sorted(tried, key=lambda plan: -inquiry.gain(plan))[:LONGER_PLANS]
    certain = [plan for plan in tried if plan.is_certain and plan not in best]
    short = inquiry.control
    inquiry.laboratory.expect((inquiry.base, *best, *certain), inquiry.laboratory.longer)
    if inquiry.train(inquiry.base, inquiry.laboratory.longer):
        made = [inquiry.train(plan, inquiry.laboratory.longer) for plan in (*best, *certain)]
        if not any(made):
            inquiry.control = short


def _look_elsewhere(inquiry: Inquiry) -> None:
    """The other interventions, the most telling one for its cost first."""
    left = list(DIAGNOSTICS)
    while left and inquiry.control is not None and not inquiry.is_clear:
        belief = inquiry.belief
        worth = {
            one: expected_information(belief, one.outcomes)
            / max(inquiry.laboratory.cost(one), 0.01)
            for one in left
        }
        best = max(left, key=lambda one: worth[one])
        left.remove(best)
        cost = inquiry.laboratory.cost(best)
        told = expected_information(belief, best.outcomes)
        if told < LEAST_INFORMATION or not inquiry.affordable(cost):
            continue
        inquiry.make(best)


def _result(inquiry: Inquiry) -> Investigation:
    """What came out."""
    belief = inquiry.belief
    experiments = [
        probed(plan, trial, control, inquiry.outcome_of([plan], *aimed_at(plan)))
        for plan, (trial, control) in inquiry.trials.items()
    ]
    experiments += [answered(one, answer, inquiry.prior) for one, answer in inquiry.answers]
    causes = causes_after(inquiry.causes, belief, experiments)
    return Investigation(
        causes=causes,
        unknown=max(0.0, 1.0 - sum(cause.confidence for cause in causes)),
        experiments=tuple(experiments),
        queue=tuple(inquiry.queue()),
        trials={plan: trial for plan, (trial, _) in inquiry.trials.items()},
        control=inquiry.control,
    )
