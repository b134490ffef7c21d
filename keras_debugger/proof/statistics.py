"""The decision rule: the seeds and the held-out rows must both say that the error fell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from keras_debugger.proof.wording import needed, sentence
from keras_debugger.types.trial import Score
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

RESAMPLES = 4000
VALUES_AT_ONCE = 4_000_000  # resampled differences in memory at a time
OFFSET = 0.25  # of the mean error before, added to both errors before their logarithms
NOTHING_LEFT = 1e-9  # mean error that counts as none, as a share of the constant predictor's


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """One-sided lower and upper bounds of the relative error reduction, each at 1 - alpha."""

    low: float
    high: float


def decide(
    before: Sequence[Score],
    after: Sequence[Score],
    *,
    min_improvement: float = 0.10,
    alpha: float = 0.05,
    plan: str = "",
) -> Verdict:
    """Say whether a fix reduces the error on held-out data.

    The gain is 1 - mean error after / mean error before. Its lower bound is the smaller of two:
    paired Student t over the seeds of the logarithm of after / before (the chance in weights, order
    and dropout) and a bootstrap over the held-out rows of the differences averaged over the seeds
    (the chance in the data).
    `verified` asks the bound to be above `min_improvement`, `improved` asks the mean to be above it
    and the bound above zero.

    Args:
        before: scores of the original on the held-out part, one for each seed.
        after: scores of the fixed model on the same rows, same seeds, same order.
        min_improvement: relative error reduction that was asked for, 0 to 1.
        alpha: error rate of each one-sided bound, 0 to 0.5.
        plan: name of the plan.

    Returns:
        The verdict with absolute numbers, gain and bounds; provisional below four seeds.
    """
    old = np.array([score.error for score in before], dtype=float)
    new = np.array([score.error for score in after], dtype=float)
    if len(old) != len(new) or not len(old):
        raise ValueError(f"{len(old)} scores before and {len(new)} after cannot be paired")
    bounds = Bounds(low=0.0, high=0.0)
    gain = 0.0
    if old.mean() > NOTHING_LEFT * before[0].constant_error:
        gain = float(1.0 - new.mean() / old.mean())
        seeds = seed_bounds(old, new, alpha=alpha)
        bounds = _wider(gain, seeds, row_bounds(before, after, alpha=alpha))
    decision = _decision(gain, bounds, min_improvement=min_improvement)
    verdict = Verdict(
        decision=decision,
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
        rows=len(before[0].row_errors),
        diverged_before=sum(_never_trained(score) for score in before),
        diverged_after=sum(_never_trained(score) for score in after),
        plan=plan,
    )
    return _with_words(verdict, before, after, alpha=alpha)


def seed_bounds(old: np.ndarray, new: np.ndarray, *, alpha: float) -> Bounds:
    """Bounds of the gain from the paired errors over seeds.

    Errors of repeated trainings spread by factors more than by amounts: one seed that fails makes
    the spread of the differences so large that no gain could be seen. An offset c keeps the errors
    near zero, which are few rows, from doing the same to the logarithms. In 6,000 comparisons of a
    program with itself (pools of benchmarks/proof.py, five seeds a side) this accepts about as few
    as the differences (0.4 % against 0.4 % verified, 2.2 % against 1.9 % in all) and finds more
    real repairs (51 % against 44 % verified, 65 % against 56 % in all).

    Args:
        old: error of the original, shape (seeds,), mean above 0.
        new: error of the fixed model, shape (seeds,).
        alpha: error rate of each bound.

    Returns:
        With l = log(new + c) - log(old + c), c = mean(old) / 4 and the limits
        r = exp(mean(l) +- t(1 - alpha, n - 1) sd(l) / sqrt(n)): the gain at which the mean of old
        goes to r (mean(old) + c) - c. Infinite for one seed.
    """
    count = len(old)
    if count < 2:
        return Bounds(low=float("-inf"), high=float("inf"))
    offset = OFFSET * old.mean()
    ratio = np.log(new + offset) - np.log(old + offset)
    margin = stats.t.ppf(1.0 - alpha, count - 1) * ratio.std(ddof=1) / np.sqrt(count)
    low, high = -np.expm1(ratio.mean() + margin), -np.expm1(ratio.mean() - margin)
    return Bounds(low=float(low * (1.0 + OFFSET)), high=float(high * (1.0 + OFFSET)))


def row_bounds(before: Sequence[Score], after: Sequence[Score], *, alpha: float) -> Bounds | None:
    """Bounds of the gain from a percentile bootstrap over the held-out rows.

    The error of each row is averaged over the seeds first, so that this is about the data alone.

    Args:
        before: scores of the original, one for each seed.
        after: scores of the fixed model on the same rows.
        alpha: error rate of each bound.

    Returns:
        The bounds; None if the metric is not a mean over rows.
    """
    difference = row_differences(before, after)
    if difference is None:
        return None
    if np.ptp(difference) == 0.0:
        constant = float(difference[0])
        return Bounds(low=constant, high=constant)
    interval = stats.bootstrap(
        (difference,),
        np.mean,
        confidence_level=1.0 - 2.0 * alpha,
        n_resamples=RESAMPLES,
        batch=max(1, VALUES_AT_ONCE // len(difference)),
        method="percentile",
        random_state=np.random.default_rng(0),
    ).confidence_interval
    return Bounds(low=float(interval.low), high=float(interval.high))


def row_differences(before: Sequence[Score], after: Sequence[Score]) -> np.ndarray | None:
    """Error of each row before minus after, over the mean error before, averaged over seeds.

    Args:
        before: scores of the original, one for each seed.
        after: scores of the fixed model on the same rows.

    Returns:
        Shape (rows,), no unit; its mean is the gain. None if the metric is not a mean over rows.
    """
    lengths = {len(score.row_errors) for score in (*before, *after)}
    if len(lengths) != 1 or 0 in lengths:
        return None
    old = np.mean([score.row_errors for score in before], axis=0)
    new = np.mean([score.row_errors for score in after], axis=0)
    return np.asarray((old - new) / old.mean())


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
    return Decision.NOT_PROVEN if gain > 0.0 else Decision.NO_BETTER


def _never_trained(score: Score) -> bool:
    return not score.finite or score.error >= score.constant_error


def _with_words(
    verdict: Verdict, before: Sequence[Score], after: Sequence[Score], *, alpha: float
) -> Verdict:
    difference = row_differences(before, after) if verdict.gain > 0.0 else None
    verdict = replace(verdict, needed=needed(verdict, difference, alpha=alpha))
    return replace(verdict, sentence=sentence(verdict, alpha=alpha))
