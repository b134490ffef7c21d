"""Verdict: before, after, interval, decision."""

from dataclasses import dataclass

from keras_debugger.types.vocabulary import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the proof says.

    Args:
        decision: the verdict in one word.
        sentence: the verdict in one plain sentence with its numbers.
        metric: the metric it speaks of; empty if nothing was compared.
        before: metric of the original on held-out data, one value a seed.
        after: metric of the fixed model on the same rows and seeds.
        error_before: the same as errors, lower is better.
        error_after: the same as errors.
        gain: relative reduction of the error, mean over seeds, 1 is perfect.
        low: lower bound of the gain.
        high: upper bound of the gain.
        confidence: confidence with which each of the two bounds holds, 0 to 1.
        min_improvement: gain that was asked for.
        rows: held-out rows.
        diverged_before: seeds on which the original became non-finite or constant.
        diverged_after: the same of the fixed model.
        nan_before: those of them whose loss or answers became NaN or infinite; each counts as the
            constant predictor.
        nan_after: the same of the fixed model.
        plan: name of the plan that was proved, empty if none.
        needed: what it would take to decide, empty if decided.
        smallest_gain: smallest gain that so many held-out rows can prove (power 80 %), above 1 if
            none; NaN if the metric is no mean over rows.
        folds: parts of a repeated cross-validation, one value of `before` and `after` each; 0 if
            one held-out part judged all seeds.
    """

    decision: Decision
    sentence: str
    metric: str = ""
    before: tuple[float, ...] = ()
    after: tuple[float, ...] = ()
    error_before: tuple[float, ...] = ()
    error_after: tuple[float, ...] = ()
    gain: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    confidence: float = 0.95
    min_improvement: float = 0.1
    rows: int = 0
    diverged_before: int = 0
    diverged_after: int = 0
    nan_before: int = 0
    nan_after: int = 0
    plan: str = ""
    needed: str = ""
    smallest_gain: float = float("nan")
    folds: int = 0
