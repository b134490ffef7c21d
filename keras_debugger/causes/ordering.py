"""In which order plans deserve a full training, by short trials and by what is believed."""

from collections.abc import Mapping, Sequence

from keras_debugger.causes.information import Belief
from keras_debugger.causes.probes import MIN_GAIN, SHARE_OF_BEST
from keras_debugger.types.plan import Plan

CLEARLY_BEATEN = 0.5  # share of the best gain below which a certain cause loses its rank
NEXT_REMEDY = 0.6  # each further plan against a cause counts by this share of the one before it


def by_belief(plans: Sequence[Plan], belief: Belief) -> list[Plan]:
    """Plans by the probability of their cause; further ones against the same cause come later."""
    seen: dict[object, int] = {}
    weights: dict[Plan, float] = {}
    for plan in plans:
        rank = seen.get(plan.cause, 0)
        weights[plan] = belief.get(plan.cause, 0.0) * NEXT_REMEDY**rank
        seen[plan.cause] = rank + 1
    return sorted(weights, key=lambda plan: -weights[plan])


def order(scores: Mapping[Plan, float], control: float, plans: Sequence[Plan]) -> list[Plan]:
    """Plans in the order in which they deserve a full training.

    First come the certain causes unless clearly beaten, then the plans about as good as the best
    of the short trainings together with the late ones, then the others that beat the control.
    Within these the given order counts.

    Args:
        scores: rank score of each plan in the last short rung.
        control: rank score of the unchanged program in that rung.
        plans: all plans, most likely first.
    """
    gains = {plan: control - score for plan, score in scores.items()}
    best = max(gains.values(), default=0.0)
    clear = best >= MIN_GAIN * control

    def group(plan: Plan) -> int | None:
        share = gains[plan] / best if clear and plan in gains else None
        unknown = plan not in gains and not plan.is_late
        if plan.is_certain and not unknown:
            if share is None or share >= SHARE_OF_BEST:
                return 0
            if share >= CLEARLY_BEATEN:
                return 1
        if plan.is_late or (share is not None and share >= SHARE_OF_BEST):
            return 2
        return 3 if unknown or gains[plan] >= MIN_GAIN * control else None

    groups = {plan: group(plan) for plan in plans}
    kept = [plan for plan in plans if groups[plan] is not None]
    return sorted(
        kept,
        key=lambda plan: (groups[plan], scores.get(plan, control) if groups[plan] == 3 else 0.0),
    )
