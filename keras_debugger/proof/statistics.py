"""The decision rule: the seeds and the held-out rows must both say that the error fell."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from keras_debugger.proof.bounds import Bounds, seed_bounds
from keras_debugger.proof.held_out_rows import Folds, row_bounds, row_differences, smallest_gain
from keras_debugger.proof.wording import needed, sentence
from keras_debugger.types.trial import Score
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

NOTHING_LEFT = 1e-9  # mean error that counts as none, as a share of the constant predictor's


def decide(
    before: Sequence[Score],
    after: Sequence[Score],
    *,
    min_improvement: float = 0.10,
    alpha: float = 0.05,
    plan: str = "",
    folds: Folds | None = None,
) -> Verdict:
    """Say whether a fix reduces the error on held-out data.

    The gain is 1 - mean error after / mean error before. Its lower bound is the smaller of two:
    paired Student t over the seeds of the logarithm of after / before (the chance in weights, order
    and dropout) and a bootstrap over the held-out rows of the differences averaged over the seeds
    (the chance in the data); its upper bound is the larger of two in the same way.
    `verified` asks the lower bound to be above `min_improvement`, `improved` asks the mean to be
    above it and the bound above zero, `worse` asks the upper bound to be below zero.

    Args:
        before: scores of the original on the held-out part, one for each seed.
        after: scores of the fixed model on the same rows, same seeds, same order.
        min_improvement: relative error reduction that was asked for, 0 to 1.
        alpha: error rate of each one-sided bound, 0 to 0.5.
        plan: name of the plan.
        folds: which rows each score is of, if it is a cross-validation.

    Returns:
        The verdict with absolute numbers, gain and bounds; below four seeds it says `only`.
    """
    old = np.array([score.error for score in before], dtype=float)
    new = np.array([score.error for score in after], dtype=float)
    if len(old) != len(new) or not len(old):
        raise ValueError(f"{len(old)} scores before and {len(new)} after cannot be paired")
    bounds, gain, difference = Bounds(low=0.0, high=0.0), 0.0, None
    if old.mean() > NOTHING_LEFT * before[0].constant_error:
        gain = float(1.0 - new.mean() / old.mean())
        difference = row_differences(before, after, folds)
        seeds = seed_bounds(old, new, alpha=alpha)
        bounds = _wider(gain, seeds, row_bounds(difference, alpha=alpha))
    verdict = Verdict(
        decision=_decision(gain, bounds, min_improvement=min_improvement),
        sentence="",
        metric=before[0].metric,
        before=tuple(score.value for score in before),
        after=tuple(score.value for score in after),
        error_before=tuple(old.tolist()),
        error_after=tuple(new.tolist()),
        gain=gain,
        low=bounds.low,
        high=bounds.high,
        confidence=1.0 - alpha,
        min_improvement=min_improvement,
        rows=_rows(before, folds),
        diverged_before=sum(map(_never_trained, before)),
        diverged_after=sum(map(_never_trained, after)),
        nan_before=sum(not score.finite for score in before),
        nan_after=sum(not score.finite for score in after),
        plan=plan,
        smallest_gain=smallest_gain(before, folds),
        folds=len(folds.rows) if folds is not None else 0,
    )
    return _with_words(verdict, difference, alpha=alpha)


def _rows(scores: Sequence[Score], folds: Folds | None) -> int:
    if folds is None or not scores[0].row_errors:
        return len(scores[0].row_errors)
    return len(np.unique(np.concatenate(folds.rows)))


def _wider(gain: float, seeds: Bounds, rows: Bounds | None) -> Bounds:
    low, high = min(seeds.low, gain), max(seeds.high, gain)
    if rows is not None:
        low, high = min(low, rows.low), max(high, rows.high)
    return Bounds(low=low, high=min(high, 1.0))  # no more than all of the error can go


def _decision(gain: float, bounds: Bounds, *, min_improvement: float) -> Decision:
    if gain > min_improvement and bounds.low > min_improvement:
        return Decision.VERIFIED
    if gain > min_improvement and bounds.low > 0.0:
        return Decision.IMPROVED
    if bounds.high < 0.0:
        return Decision.WORSE
    return Decision.NOT_PROVEN if gain > 0.0 else Decision.NO_BETTER


def _never_trained(score: Score) -> bool:
    return not score.finite or score.error >= score.constant_error


def _with_words(verdict: Verdict, difference: np.ndarray | None, *, alpha: float) -> Verdict:
    verdict = replace(verdict, needed=needed(verdict, difference))
    return replace(verdict, sentence=sentence(verdict, alpha=alpha))
