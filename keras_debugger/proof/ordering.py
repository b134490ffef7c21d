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


def order(scores: Mapping[Plan, float], control: float, late: Sequence[Plan]) -> list[Plan]:
    """Plans in the order in which they deserve a full training.

    Certain causes come first unless clearly beaten, then plans about as good as the best together
    with the late ones, by prior, then the others that beat the control, by score.

    Args:
        scores: rank score of each plan in the last short rung.
        control: rank score of the unchanged program in that rung.
        late: plans that short trainings cannot judge.
    """
    gains = {plan: control - score for plan, score in scores.items()}
    best = max(gains.values(), default=0.0)
    clear = best >= MIN_GAIN * control

    def group(plan: Plan) -> int | None:
        share = gains[plan] / best if clear and plan in gains else None
        if plan.prior > CERTAIN and (share is None or share >= CLEARLY_BEATEN):
            return 0
        if plan not in gains or (share is not None and share >= TIE):
            return 1
        return 2 if gains[plan] >= MIN_GAIN * control else None

    grouped = [(group(plan), plan) for plan in (*scores, *late)]
    kept = [(place, plan) for place, plan in grouped if place is not None]
    kept.sort(
        key=lambda item: (
            item[0],
            scores.get(item[1], 0.0) if item[0] == 2 else -item[1].prior,
        )
    )
    return [plan for _, plan in kept]


def rank(finished: Mapping[Plan, Trial], original: Trial) -> tuple[Plan, ...]:
    """Plans whose full training beats that of the original, best first; ties by prior."""
    before = error_of(original)
    gains = {
        plan: before - error_of(trial)
        for plan, trial in finished.items()
        if before - error_of(trial) >= MIN_GAIN * before and before > 0.0
    }
    best = max(gains.values(), default=0.0)

    def key(plan: Plan) -> tuple[bool, float]:
        tied = gains[plan] >= FINAL_TIE * best
        return not tied, -plan.prior if tied else rank_score(finished[plan])

    return tuple(sorted(gains, key=key))


def error_of(trial: Trial) -> float:
    """Error on the selection part, infinite for a failed trial."""
    score = trial.selection
    if score is None:
        return float("inf")
    return score.error
