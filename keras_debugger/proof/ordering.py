"""Which full training is better, and which plans deserve a proof."""

from collections.abc import Mapping

from keras_debugger.types.plan import Plan
from keras_debugger.types.trial import Trial

MIN_GAIN = 0.05  # a plan must beat the unchanged control by this share
MIN_LOSS_GAIN = 0.2  # the same of the loss, where the error is equal
FINAL_TIE = 0.9  # plans with this share of the best gain are about as good as the best


def rank(finished: Mapping[Plan, Trial], original: Trial) -> tuple[Plan, ...]:
    """Plans whose full training beats that of the original, best first.

    Plans about as good as the best keep their order, but none stands before one that does the same
    with a part of its fixes. Where few rows count the same errors, a clearly lower loss tells.
    """
    before = error_of(original)
    least = MIN_GAIN * before
    gains = {}
    for plan, trial in finished.items():
        gain = before - error_of(trial)
        if before > 0.0 and (gain >= least or (gain >= 0.0 and _loss_falls(original, trial))):
            gains[plan] = max(gain, least)
    best = max(gains.values(), default=0.0)
    tied = [plan for plan in gains if gains[plan] >= FINAL_TIE * best]

    def key(plan: Plan) -> tuple[bool, float]:
        if plan not in tied:
            return True, finished[plan].rank_score
        return False, sum(set(other.fixes) < set(plan.fixes) for other in tied)

    return tuple(sorted(gains, key=key))


def _loss_falls(original: Trial, trial: Trial) -> bool:
    before, after = original.selection, trial.selection
    if before is None or after is None or not after.finite:
        return False
    return after.loss_ratio <= (1.0 - MIN_LOSS_GAIN) * before.loss_ratio  # false for NaN


def error_of(trial: Trial) -> float:
    """Error on the selection part, infinite for a failed trial."""
    score = trial.selection
    if score is None:
        return float("inf")
    return score.error
