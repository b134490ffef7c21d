"""The result of autofix in words: the same sentences for terminal, text, Markdown and HTML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from keras_debugger.report.code import fix_code
from keras_debugger.report.comparison_story import (
    Interval,
    Row,
    ending_note,
    ending_rows,
    evidence,
    interval,
    seed_rows,
)
from keras_debugger.report.method_story import method_lines, tried_rows
from keras_debugger.report.recommendations import Recommendation
from keras_debugger.report.story import DiagnosisStory, tell
from keras_debugger.report.summary_diff import diff_text, summary_diff
from keras_debugger.report.words import (
    MEANINGS,
    TONES,
    capital,
    clean,
    name,
    percent,
    sentence,
)
from keras_debugger.types.verdict import Verdict

if TYPE_CHECKING:
    from keras_debugger.report.result import AutofixResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FixStory:
    """One fix: what it does, its name, why it helps, and what it may cost."""

    title: str
    name: str
    reason: str
    risk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultStory:
    """A result in words.

    Args:
        badge: the verdict in one or two words.
        tone: `good`, `fair`, `bad` or `neutral`.
        headline: the verdict in one sentence.
        meaning: what the badge means.
        before: diagnosis of the original.
        after: diagnosis of the fixed run, None if no fix was proved.
        proven: whether a fix was proved.
        fixes: the fixes of the plan that was proved or came nearest.
        code: the plan as Python; empty if there is none.
        summary: the summaries of both models as a diff; empty if no layer changes.
        metric: name of the metric that decided; empty if nothing was compared.
        seeds: rows (seed, before, after, change of the error); the last one holds the means.
        evidence: what the comparison rests on.
        interval: the gain with its interval; None if nothing was compared.
        endings: rows (what, before, after) of the trainings themselves.
        endings_note: what to know when comparing them.
        recommendations: rows (text, evidence, area and what it may gain), best first.
        tried: rows (candidate, score, epochs, cost, remark).
        method: how it was measured, one sentence each.
        notes: anything else to know, one sentence each.
    """

    badge: str
    tone: str
    headline: str
    meaning: str
    before: DiagnosisStory
    after: DiagnosisStory | None
    proven: bool
    fixes: tuple[FixStory, ...]
    code: str
    summary: str
    metric: str
    seeds: tuple[Row, ...]
    evidence: str
    interval: Interval | None
    endings: tuple[Row, ...]
    endings_note: str
    recommendations: tuple[Row, ...]
    tried: tuple[Row, ...]
    method: tuple[str, ...]
    notes: tuple[str, ...]


def tell_result(result: AutofixResult) -> ResultStory:
    """Put a result into words."""
    proof = result.proof
    return ResultStory(
        badge=result.verdict.value,
        tone=TONES[result.verdict],
        headline=_headline(proof),
        meaning=capital(MEANINGS[result.verdict]) + ".",
        before=tell(replace(result.diagnosis, next_experiments=())),
        after=None if result.diagnosis_after is None else tell(result.diagnosis_after),
        proven=result.verdict.is_proven,
        fixes=_fixes(result),
        code=_code(result),
        summary=_summary(result),
        metric=name(proof.metric).replace("_", " "),
        seeds=seed_rows(proof, result.before),
        evidence=evidence(proof),
        interval=interval(proof),
        endings=ending_rows(result.before, result.after),
        endings_note=ending_note(result.plan),
        recommendations=_recommendations(result),
        tried=tried_rows(result.tried),
        method=method_lines(result),
        notes=tuple(capital(sentence(note)) for note in result.notes),
    )


def _headline(proof: Verdict) -> str:
    """The sentence of the verdict without the word that the badge says."""
    words = sentence(proof.sentence)
    return capital(words.removeprefix(f"{proof.decision.value.capitalize()}: "))


def _fixes(result: AutofixResult) -> tuple[FixStory, ...]:
    fixes = result.plan.fixes if result.plan else ()
    return tuple(
        FixStory(
            title=capital(fix.kind.value),
            name=clean(fix.name),
            reason=capital(sentence(fix.reason)),
            risk=capital(sentence(fix.risk)),
        )
        for fix in fixes
    )


def _code(result: AutofixResult) -> str:
    record = result.diagnosis.record
    if result.plan is None or record.model_description is None:
        return ""
    source = result.changed.source if result.changed is not None else ""
    described, fit = record.model_description, record.fit_description
    return fix_code(result.plan, described, fit, source=source)


def _summary(result: AutofixResult) -> str:
    before = result.diagnosis.record.model_description
    if before is None or result.changed is None:
        return ""
    return diff_text(summary_diff(before, result.changed.description))


def _recommendations(result: AutofixResult) -> tuple[Row, ...]:
    return tuple(
        (sentence(item.text), capital(sentence(item.evidence)), _label(item))
        for item in result.recommendations
    )


def _label(item: Recommendation) -> str:
    if item.gain == 0.0:
        return f"{item.area.value}, will not help"
    known = f", up to {percent(min(item.gain, 1.0))} of the error" if item.gain > 0.0 else ""
    return item.area.value + known
