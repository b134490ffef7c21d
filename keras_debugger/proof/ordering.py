"""Which trial is better, and in which order plans deserve a full training and a proof."""

import math
from collections.abc import Mapping, Sequence

from keras_debugger.types.edit import SetEpochs, StopEarly
from keras_debugger.types.plan import Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import CauseKind

LOSS_WEIGHT = 0.1  # of the loss ratio beside the error, where the error alone has many ties
MIN_GAIN = 0.05  # a plan must beat the unchanged control by this share
TIE = 0.8  # plans with this share of the best gain are told apart by their prior
FINAL_TIE = 0.9  # the same after full trainings
CERTAIN = 0.8  # prior of a cause that is a fact, not a guess
CLEARLY_BEATEN = 0.5  # share of the best gain below which a certain cause loses its rank
WORST = 3.0  # rank scores are compared up to here; a failed trial has it

# What a short training cannot show.
LATE_CAUSES = frozenset({CauseKind.OVERCAPACITY, CauseKind.CLASS_IMBALANCE})
LATE_EDITS = (SetEpochs, StopEarly)


def rank_score(trial: Trial) -> float:
    """What short trials are ranked by, lower is better.

    The error on the selection part over that of a constant predictor, plus a tenth of the loss
    ratio; a trial that failed or answers NaN has the worst score.
    """
    score = trial.selection
    if score is None or not score.finite:
        return WORST
    loss = 0.0 if math.isnan(score.loss_ratio) else LOSS_WEIGHT * score.loss_ratio
    return min(score.error / max(score.constant_error, 1e-12) + loss, WORST)


def is_late(plan: Plan) -> bool:
    """Whether a short training cannot show what the plan is good for."""
    return plan.cause in LATE_CAUSES or any(isinstance(edit, LATE_EDITS) for edit in plan.edits)


def order(scores: Mapping[Plan, float], control: float, plans: Sequence[Plan]) -> list[Plan]:
    """Plans in the order in which they deserve a full training.

    First come the certain causes unless clearly beaten, then the plans about as good as the best
    of the short trainings together with the late ones, then the others that beat the control.
    Within these the given order counts.

    Args:
        scores: rank score of each plan in the last short rung.
        control: rank score of the unchanged program in that rung.
        plans: all plans, best prior first.
    """
    gains = {plan: control - score for plan, score in scores.items()}
    best = max(gains.values(), default=0.0)
    clear = best >= MIN_GAIN * control

    def group(plan: Plan) -> int | None:
        share = gains[plan] / best if clear and plan in gains else None
        unknown = plan not in gains and not is_late(plan)
        if plan.prior > CERTAIN and not unknown:
            if share is None or share >= TIE:
                return 0
            if share >= CLEARLY_BEATEN:
                return 1
        if is_late(plan) or (share is not None and share >= TIE):
            return 2
        return 3 if unknown or gains[plan] >= MIN_GAIN * control else None

    groups = {plan: group(plan) for plan in plans}
    kept = [plan for plan in plans if groups[plan] is not None]
    return sorted(
        kept,
        key=lambda plan: (groups[plan], scores.get(plan, control) if groups[plan] == 3 else 0.0),
    )


def rank(finished: Mapping[Plan, Trial], original: Trial) -> tuple[Plan, ...]:
    """Plans whose full training beats that of the original, best first.

    Plans about as good as the best keep their order, but none stands before one that does the same
    with a part of its fixes.
    """
    before = error_of(original)
    gains = {
        plan: before - error_of(trial)
        for plan, trial in finished.items()
        if before - error_of(trial) >= MIN_GAIN * before and before > 0.0
    }
    best = max(gains.values(), default=0.0)
    tied = [plan for plan in gains if gains[plan] >= FINAL_TIE * best]

    def key(plan: Plan) -> tuple[bool, float]:
        if plan not in tied:
            return True, rank_score(finished[plan])
        return False, sum(set(other.fixes) < set(plan.fixes) for other in tied)

    return tuple(sorted(gains, key=key))


def error_of(trial: Trial) -> float:
    """Error on the selection part, infinite for a failed trial."""
    score = trial.selection
    if score is None:
        return float("inf")
    return score.error
