"""Before and after in words: scores of each seed, the interval, and how the trainings ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keras_debugger.report.words import count, duration, number, percent, score_words
from keras_debugger.types.edit import BalanceClasses, ScaleTargets, SetL2, SetLoss
from keras_debugger.types.plan import Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict

Row = tuple[str, ...]
_ABSENT = "not recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The gain between its lower and upper bounds, as shares of the error; what was asked."""

    gain: float
    low: float
    high: float
    asked: float
    span: str
    sure: str
    words: str


def seed_rows(proof: Verdict, before: Sequence[Trial]) -> tuple[Row, ...]:
    """Rows (seed, before, after, change of the error); the last one holds the means."""
    pairs = list(zip(proof.before, proof.after, strict=False))
    if not pairs:
        return ()
    errors = list(zip(proof.error_before, proof.error_after, strict=False))
    seeds = [str(trial.seed) for trial in before]
    if len(seeds) != len(pairs) or proof.folds:
        seeds = [str(i + 1) for i in range(len(pairs))]
    changes = [_change(*pair) for pair in errors] + [""] * len(pairs)
    rows = [
        (f"{'fold' if proof.folds else 'seed'} {seed}", score_words(old), score_words(new), change)
        for seed, (old, new), change in zip(seeds, pairs, changes, strict=False)
    ]
    means = [score_words(sum(values) / len(values)) for values in (proof.before, proof.after)]
    return (*rows, ("mean", *means, _gain(proof.gain)))


def _change(before: float, after: float) -> str:
    if not (math.isfinite(before) and math.isfinite(after)) or before <= 0:
        return ""
    return _gain(1.0 - after / before)


def _gain(gain: float) -> str:
    if not math.isfinite(gain):
        return ""
    return f"{percent(gain)} less error" if gain >= 0 else f"{percent(-gain)} more error"


def interval(proof: Verdict) -> Interval | None:
    """The gain with its interval; None if nothing was compared."""
    if not all(map(math.isfinite, (proof.gain, proof.low, proof.high))):
        return None
    high = min(1.0, proof.high)  # no error at all is the most that can be gained
    span = f"{percent(proof.low)} to {percent(high)}"
    sure = percent(proof.confidence)
    asked = f"asked for: at least {percent(proof.min_improvement)}"
    return Interval(
        gain=proof.gain,
        low=proof.low,
        high=high,
        asked=proof.min_improvement,
        span=span,
        sure=sure,
        words=f"{_gain(proof.gain)} ({sure} bounds: {span}; {asked})",
    )


def evidence(proof: Verdict) -> str:
    """What the comparison rests on: seeds and rows."""
    rows = f", {count(proof.rows, 'row')}" if proof.rows else ""
    return count(len(proof.before), "fold" if proof.folds else "seed") + rows


def ending_rows(before: Sequence[Trial], after: Sequence[Trial]) -> tuple[Row, ...]:
    """Rows (what, before, after) of losses, convergence and time, mean over seeds."""
    if not after:
        return ()
    both = tuple([trial for trial in trials if not trial.failure] for trials in (before, after))
    measures = (
        ("training loss at the end", lambda record: _last(record, "loss")),
        ("validation loss at the end", lambda record: _last(record, "val_loss")),
        ("lowest validation loss", lambda record: _lowest(record)[0]),
        ("epoch of the lowest validation loss", lambda record: _lowest(record)[1]),
        ("epochs trained", _epochs),
    )
    rows: list[Row] = [
        (words, *(_mean([measure(trial.record) for trial in trials]) for trials in both))
        for words, measure in measures
    ]
    ratios = tuple(_mean([_loss_ratio(trial) for trial in trials]) for trials in both)
    rows.append(("held-out loss, constant guess = 1", *ratios))
    rows.append(("time of one training", *map(_seconds, both)))
    return tuple(row for row in rows if row[1:] != (_ABSENT, _ABSENT))


def _loss_ratio(trial: Trial) -> float | None:
    """Loss over that of a constant guess: one unit for all losses, unweighted, no penalty."""
    ratio = trial.held_out.loss_ratio if trial.held_out is not None else math.nan
    return ratio if math.isfinite(ratio) else None


def ending_note(plan: Plan | None) -> str:
    """What to know when losses before and after are compared; empty if nothing."""
    changing = (SetLoss, ScaleTargets, BalanceClasses, SetL2)
    if plan is not None and any(isinstance(edit, changing) for edit in plan.edits):
        return (
            "The fix changes what the logged loss measures, so the logged losses before and after "
            "are not on one scale; the metric, and the loss over that of a constant guess, are."
        )
    return ""


def _logs(record: TrainingRecord, key: str) -> np.ndarray:
    values = {} if record.epoch_logs is None else record.epoch_logs.values
    return np.asarray(values.get(key, ()), dtype=np.float64)


def _last(record: TrainingRecord, key: str) -> float | None:
    values = _logs(record, key)
    return float(values[-1]) if values.size else None


def _lowest(record: TrainingRecord) -> tuple[float | None, float | None]:
    values = _logs(record, "val_loss")
    if not np.isfinite(values).any():
        return None, None
    best = int(np.argmin(np.where(np.isfinite(values), values, np.inf)))
    return float(values[best]), best + 1.0


def _epochs(record: TrainingRecord) -> float | None:
    return None if record.epoch_logs is None else float(record.epoch_logs.count)


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return number(sum(known) / len(known)) if known else _ABSENT


def _seconds(trials: Sequence[Trial]) -> str:
    known = [trial.seconds for trial in trials if math.isfinite(trial.seconds)]
    return duration(sum(known) / len(known)) if known else _ABSENT
