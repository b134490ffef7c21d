"""The verdict in plain words: absolute numbers first, then the gain and how sure it is."""

import math

import numpy as np

from keras_debugger.proof.held_out_rows import POWER_FACTOR
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

FEW_BELOW = 4  # seeds whose mean can still move by much

_HEADS = {
    Decision.VERIFIED: "Verified",
    Decision.IMPROVED: "Improved",
    Decision.NOT_PROVEN: "Not proven",
    Decision.NO_BETTER: "No better",
    Decision.WORSE: "Worse",
}
ROUNDING = 1e-12  # a metric below this is zero


def sentence(verdict: Verdict, *, alpha: float) -> str:
    """One sentence (and one more for diverged runs) that says what was decided and why.

    Args:
        verdict: the verdict without its sentence.
        alpha: error rate of the bound that is told.
    """
    if max(verdict.error_before) <= 0.0:
        return (
            f"No better: the original makes no error on {_rows(verdict)}, so nothing can improve."
        )
    count = len(verdict.before)
    only = "only " if count < FEW_BELOW else ""
    seeds = f"mean of {only}{count} {_trainings(verdict)}" if count > 1 else "one seed"
    text = (
        f"{_HEADS[verdict.decision]}: {verdict.metric.replace('_', ' ')} on {_rows(verdict)} is "
        f"{_number(_mean(verdict.before))} before and {_number(_mean(verdict.after))} after "
        f"({seeds}), {_gain(verdict, alpha)}."
    )
    return text + _diverged(verdict)


def needed(verdict: Verdict, difference: np.ndarray | None) -> str:
    """What it would take to decide; empty if it is decided.

    Args:
        verdict: the verdict without its words.
        difference: error of each row before minus after over the mean error before, shape
            (rows,); None if the rows cannot be told apart.

    Returns:
        Rows by n = 6.2 E[difference**2] / mean**2 if the rows are too few, with the smallest gain
        that so few can prove; seeds by the same formula if the seeds disagree; or that the gain is
        below what was asked for.
    """
    if verdict.decision is not Decision.NOT_PROVEN:
        return ""
    if verdict.gain <= verdict.min_improvement:
        return (
            f"a larger gain: {_percent(verdict.gain)} was seen, "
            f"more than {_percent(verdict.min_improvement)} was asked for"
        )
    wishes = []
    if difference is not None:
        rows = _enough(float(np.mean(np.square(difference))), verdict.gain)
        if rows > verdict.rows:
            wishes.append(
                f"about {rows:,} held-out rows instead of {verdict.rows:,}{_least(verdict)}"
            )
    old, new = np.array(verdict.error_before), np.array(verdict.error_after)
    spread = float(np.var((old - new) / old.mean(), ddof=1)) if len(old) > 1 else 1.0
    seeds = max(_enough(spread, verdict.gain) + 2, len(old) + 1)
    if not wishes or seeds > len(old) + 2:
        wishes.append(f"about {seeds} {_trainings(verdict)} instead of {len(old)}")
    return " and ".join(wishes)


def _least(verdict: Verdict) -> str:
    """What so few rows can prove; empty if that is no hindrance."""
    if not verdict.smallest_gain > max(verdict.gain, verdict.min_improvement):
        return ""
    if verdict.smallest_gain >= 1.0:
        return " (so few cannot prove any gain over an error this small)"
    return f" (so few can prove no gain below {_percent(verdict.smallest_gain)})"


def _trainings(verdict: Verdict) -> str:
    return "folds" if verdict.folds else "seeds"


def _enough(second_moment: float, gain: float) -> int:
    return math.ceil(POWER_FACTOR * second_moment / gain**2)


def _gain(verdict: Verdict, alpha: float) -> str:
    sure = f"{100.0 * (1.0 - alpha):g} % confidence"
    if verdict.high < 0.0:
        return f"{_percent(-verdict.gain)} more error (at least {_percent(-verdict.high)}, {sure})"
    if verdict.gain <= 0.0:
        return "so the error does not fall"
    less = f"{_percent(verdict.gain)} less error"
    if math.isinf(verdict.low):
        return f"{less}; one seed alone proves nothing"
    if verdict.low > 0.0:
        return f"{less} (at least {_percent(verdict.low)}, {sure})"
    return f"{less}, but chance explains that too: the range goes from {_percent(verdict.low)}"


def _diverged(verdict: Verdict) -> str:
    runs = []
    for count, nan, who in (
        (verdict.diverged_before, verdict.nan_before, "the original"),
        (verdict.diverged_after, verdict.nan_after, "the fixed model"),
    ):
        if count:
            became = f" ({nan} of them became NaN and count as one)" if nan else ""
            among = f"{count} of {len(verdict.before)} {_trainings(verdict)}"
            runs.append(f"{who} is no better than a constant guess on {among}{became}")
    if not runs:
        return ""
    text = " and ".join(runs)
    return f" {text[0].upper()}{text[1:]}."


def _rows(verdict: Verdict) -> str:
    return f"{verdict.rows:,} held-out rows" if verdict.rows else "the held-out data"


def _mean(values: tuple[float, ...]) -> float:
    return float(np.mean(values))


def _number(value: float) -> str:
    if abs(value) < ROUNDING:
        return "0"
    return f"{value:.3f}" if 0.001 <= abs(value) < 10.0 else f"{value:.4g}"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
