"""What was tried and how it was measured, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_debugger.report.comparison_story import Row
from keras_debugger.report.words import (
    capital,
    clean,
    cost_words,
    count,
    duration,
    name,
    number,
    percent,
    plan_title,
    score_words,
    sentence,
)
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict

if TYPE_CHECKING:
    from keras_debugger.report.result import AutofixResult

NO_HELP = 0.05  # share of the control's error below which a candidate did not help


def tried_rows(trials: Sequence[Trial]) -> tuple[Row, ...]:
    """One row a candidate with its longest training; those trained longest first, then by error.

    Args:
        trials: trainings of the search.

    Returns:
        Rows (candidate, score, epochs, cost, remark).
    """
    longest = longest_trials(trials)
    order = sorted(
        longest.values(),
        key=lambda t: (-t.epochs, t.selection.error if t.selection else math.inf),
    )
    control = longest.get(UNCHANGED.name)
    return tuple(
        (
            plan_title(trial.plan),
            _score(trial),
            count(trial.epochs, "epoch"),
            cost_words(sum(t.cost for t in trials if t.plan.name == trial.plan.name)),
            clean(trial.failure, limit=160) or _remark(trial, control),
        )
        for trial in order
    )


def longest_trials(trials: Sequence[Trial]) -> dict[str, Trial]:
    """The longest training of each candidate, the last of equals, by the name of its plan."""
    longest: dict[str, Trial] = {}
    for trial in trials:
        name = trial.plan.name
        if name not in longest or trial.epochs >= longest[name].epochs:
            longest[name] = trial
    return longest


def _score(trial: Trial) -> str:
    if trial.selection is None:
        return "none"
    return f"{name(trial.selection.metric).replace('_', ' ')} {score_words(trial.selection.value)}"


def _remark(trial: Trial, control: Trial | None) -> str:
    if trial.selection is not None and not trial.selection.finite:
        return "answers were not finite"
    if not trial.plan.fixes:
        return "the control"
    if control is None or control.selection is None or trial.selection is None:
        return ""
    alike = control.epochs == trial.epochs
    helps = trial.selection.error < (1.0 - NO_HELP) * control.selection.error
    return "did not help" if alike and not helps else ""


def method_lines(result: AutofixResult) -> tuple[str, ...]:
    """How the result was measured and what it cost, one sentence each."""
    proof = result.proof
    lines = [capital(sentence(result.split))] if result.split else []
    if proof.before and proof.after:
        lines += [_compared(proof), _gain(proof), *_few_rows(proof)]
    if proof.nan_before or proof.nan_after:
        lines.append(
            f"A training that became NaN counts as a constant guess: {proof.nan_before} of the "
            f"original, {proof.nan_after} of the fixed model."
        )
    if proof.diverged_before or proof.diverged_after:
        lines.append(
            f"Trainings that became non-finite or constant: {proof.diverged_before} of the "
            f"original, {proof.diverged_after} of the fixed model."
        )
    if proof.needed:
        lines.append(f"What it would take to decide: {sentence(proof.needed)}")
    if math.isfinite(result.cost):
        took = f", {duration(result.seconds)}" if math.isfinite(result.seconds) else ""
        known = math.isfinite(result.told)
        told = f" (at most {number(result.told)} were told before)" if known else ""
        lines.append(
            f"The whole run cost {number(result.cost)} trainings of the original{told}{took}."
        )
    return tuple(lines)


def _compared(proof: Verdict) -> str:
    rows = count(proof.rows, "held-out row")
    if proof.folds:
        return (
            "Candidates were compared on rows that judge nothing. In each of "
            f"{count(proof.folds, 'fold')} of the others the chosen one and the original were "
            "trained on the same fresh seed and judged by rows that neither had seen; together "
            f"they judged {rows}."
        )
    seeds = count(len(proof.before), "fresh seed")
    return (
        "Candidates were compared on the selection part. The chosen one and the original were "
        f"then trained again on the same {seeds} and met {rows} that no training and no choice "
        "had seen."
    )


def _gain(proof: Verdict) -> str:
    over = "folds" if proof.folds else "seeds"
    return (
        "The gain is the relative reduction of the error; each of its bounds holds with "
        f"{percent(proof.confidence)} confidence over {over} and rows. "
        f"Asked for was a gain of at least {percent(proof.min_improvement)}."
    )


def _few_rows(proof: Verdict) -> tuple[str, ...]:
    """What the held-out rows can prove at best, where that is less than was asked for."""
    if not proof.smallest_gain > proof.min_improvement:
        return ()
    least = (
        f"cannot prove any gain over an error of {number(_mean(proof.error_before))}"
        if proof.smallest_gain >= 1.0
        else f"can only prove gains of about {percent(proof.smallest_gain)} and more"
    )
    return (f"{count(proof.rows, 'held-out row')} {least} (power 80 %).",)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
