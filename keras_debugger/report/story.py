"""A diagnosis in words: the same sentences for terminal, text, Markdown and HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keras_debugger.report.experiment_story import ExperimentStory, tell_experiments
from keras_debugger.report.facts import facts_of
from keras_debugger.report.finding_story import FindingStory, tell_finding
from keras_debugger.report.unjudged_story import UnjudgedStory, tell_unjudged
from keras_debugger.report.words import (
    capital,
    clean,
    count,
    families,
    listing,
    name,
    percent,
    sentence,
)
from keras_debugger.types.cause import Cause
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.vocabulary import Severity

LIKELY = 0.5  # confidence from which a cause leads the verdict
WORTH = 0.1  # confidence from which a cause is told at length
UNKNOWN = 0.2  # probability from which it is told that it may be none of the causes
MOST_FIXES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseStory:
    """One cause: title, confidence as share and as words, why, and what would mend it."""

    title: str
    share: float
    confidence: str
    evidence: tuple[str, ...]
    rests_on: str
    fixes: tuple[str, ...]
    repairable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisStory:
    """A diagnosis in words.

    Args:
        headline: the verdict in one sentence.
        badge: the verdict in one or two words.
        tone: `good`, `fair`, `bad` or `neutral`.
        checked: what was checked, one sentence; empty if nothing was.
        findings: most severe first; those that follow from another one are behind it.
        causes: most likely first, those worth telling at length.
        others: the less likely ones in one line.
        experiments: those that were made.
        next_experiments: those that would tell the causes apart.
        unjudged: what could not be judged.
        crashed: parts of ours that raised, code and traceback.
        facts: the run in short pieces: name of the fact and words.
        notes: what was thinned, sampled or not captured.
    """

    headline: str
    badge: str
    tone: str
    checked: str
    findings: tuple[FindingStory, ...]
    causes: tuple[CauseStory, ...]
    others: str
    experiments: tuple[ExperimentStory, ...]
    next_experiments: tuple[ExperimentStory, ...]
    unjudged: tuple[UnjudgedStory, ...]
    crashed: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def tell(diagnosis: Diagnosis) -> DiagnosisStory:
    """Put a diagnosis into words."""
    headline, badge, tone = _verdict(diagnosis)
    shown = _shown(diagnosis.causes)
    told = {finding.summary for finding in diagnosis.findings}
    return DiagnosisStory(
        headline=headline,
        badge=badge,
        tone=tone,
        checked=_checked(diagnosis),
        findings=tuple(tell_finding(finding, diagnosis.findings) for finding in diagnosis.findings),
        causes=tuple(_cause(cause, told) for cause in diagnosis.causes[:shown]),
        others=", ".join(_others(diagnosis, shown)),
        experiments=tell_experiments(diagnosis.experiments),
        next_experiments=tell_experiments(diagnosis.next_experiments),
        unjudged=tell_unjudged(diagnosis.skipped),
        crashed=tuple((clean(part.code), part.traceback) for part in diagnosis.crashed),
        facts=facts_of(diagnosis.record),
        notes=tuple(capital(sentence(note)) for note in diagnosis.record.notes),
    )


def _verdict(diagnosis: Diagnosis) -> tuple[str, str, str]:
    problems = len(diagnosis.problems)
    if diagnosis.healthy:
        checks = count(len(diagnosis.checked), "check")
        seen = families(diagnosis.checked)
        return f"This run is healthy: {checks} found nothing wrong ({seen}).", "healthy", "good"
    if not problems:
        return "Nothing could be judged: the record holds too little.", "not judged", "neutral"
    severe = any(finding.severity is Severity.ERROR for finding in diagnosis.problems)
    tone, badge = ("bad" if severe else "fair"), count(problems, "problem")
    if not diagnosis.causes:
        return f"{badge} found, and no cause stands out: {_first(diagnosis)}", badge, tone
    cause = diagnosis.causes[0]
    if cause.confidence < LIKELY:
        either = " or ".join(map(_brief, diagnosis.causes[:2]))
        return f"{_first(diagnosis)} Its cause is open: {either}.", badge, tone
    return f"Most likely cause: {_about(cause)}, {percent(cause.confidence)} sure.", badge, tone


def _others(diagnosis: Diagnosis, shown: int) -> Iterator[str]:
    for cause in diagnosis.causes[shown:]:
        yield _brief(cause)
    if diagnosis.causes and diagnosis.unknown >= UNKNOWN:
        yield f"another cause than these ({percent(diagnosis.unknown)})"


def _about(cause: Cause) -> str:
    place = f" ({name(cause.place)})" if cause.place else ""
    return clean(cause.kind.value) + place


def _brief(cause: Cause) -> str:
    return f"{_about(cause)} ({percent(cause.confidence)})"


def _first(diagnosis: Diagnosis) -> str:
    return sentence(diagnosis.problems[0].summary)


def _checked(diagnosis: Diagnosis) -> str:
    if not diagnosis.checked:
        return ""
    checks = count(len(diagnosis.checked), "check")
    return f"{checks} could judge: {families(diagnosis.checked)}."


def _shown(causes: Sequence[Cause]) -> int:
    """Number of causes that are told at length: three, and others that are not far behind."""
    return max(min(3, len(causes)), sum(cause.confidence >= WORTH for cause in causes))


def _cause(cause: Cause, told: set[str]) -> CauseStory:
    return CauseStory(
        title=capital(_about(cause)),
        share=min(1.0, max(0.0, cause.confidence)),
        confidence=f"{percent(cause.confidence)} sure",
        evidence=tuple(sentence(text) for text in cause.evidence if text not in told),
        rests_on=listing(map(clean, cause.findings)),
        fixes=tuple(clean(fix).replace("-", " ") for fix in cause.fixes[:MOST_FIXES]),
        repairable=cause.repairable,
    )
