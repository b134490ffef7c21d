"""A diagnosis in words: the same sentences for terminal, text, Markdown and HTML."""

from dataclasses import dataclass

from keras_debugger.report.words import (
    ENDINGS,
    SEVERITIES,
    capital,
    clean,
    count,
    duration,
    families,
    listing,
    name,
    number,
    percent,
    sentence,
    title,
)
from keras_debugger.types.cause import Cause
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.finding import Finding, Skipped
from keras_debugger.types.record import ModelDescription, TrainingRecord
from keras_debugger.types.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingStory:
    """One finding: severity word, title, code, sentence, and its evidence in short pieces."""

    severity: str
    title: str
    code: str
    sentence: str
    evidence: tuple[str, ...]


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
class UnjudgedStory:
    """Checks that could not judge for one reason: how many, why, what to do, and which."""

    sentence: str
    hint: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisStory:
    """A diagnosis in words.

    Args:
        headline: the verdict in one sentence.
        badge: the verdict in one or two words.
        tone: `good`, `fair`, `bad` or `neutral`.
        checked: what was checked, one sentence; empty if nothing was.
        findings: most severe first.
        causes: most likely first.
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
    unjudged: tuple[UnjudgedStory, ...]
    crashed: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def tell(diagnosis: Diagnosis) -> DiagnosisStory:
    """Put a diagnosis into words."""
    headline, badge, tone = _verdict(diagnosis)
    return DiagnosisStory(
        headline=headline,
        badge=badge,
        tone=tone,
        checked=_checked(diagnosis),
        findings=tuple(map(_finding, diagnosis.findings)),
        causes=tuple(map(_cause, diagnosis.causes)),
        unjudged=_unjudged(diagnosis.skipped),
        crashed=tuple((clean(part.code), part.traceback) for part in diagnosis.crashed),
        facts=_facts(diagnosis.record),
        notes=tuple(map(sentence, diagnosis.record.notes)),
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
    about = f" ({name(cause.place)})" if cause.place else ""
    return (
        f"Most likely cause: {clean(cause.kind.value)}{about}, {percent(cause.confidence)} sure.",
        badge,
        tone,
    )


def _first(diagnosis: Diagnosis) -> str:
    return sentence(diagnosis.problems[0].summary)


def _checked(diagnosis: Diagnosis) -> str:
    if not diagnosis.checked:
        return ""
    checks = count(len(diagnosis.checked), "check")
    return f"{checks} could judge: {families(diagnosis.checked)}."


def _finding(finding: Finding) -> FindingStory:
    evidence = []
    if finding.place:
        evidence.append(f"where: {name(finding.place)}")
    if finding.epoch is not None or finding.step is not None:
        evidence.append(f"first seen: {_when(finding)}")
    if finding.value == finding.value:
        limit = f", limit {number(finding.limit)}" if finding.limit == finding.limit else ""
        evidence.append(f"measured {number(finding.value)}{limit}")
    evidence.append(f"{percent(finding.confidence)} sure")
    if finding.consequence_of:
        evidence.append(f"follows from {clean(finding.consequence_of)}")
    return FindingStory(
        severity=SEVERITIES[finding.severity],
        title=title(finding.name),
        code=clean(finding.code),
        sentence=sentence(finding.summary),
        evidence=tuple(evidence),
    )


def _when(finding: Finding) -> str:
    epoch = () if finding.epoch is None else (f"epoch {finding.epoch + 1}",)
    step = () if finding.step is None else (f"step {finding.step + 1:,}",)
    return ", ".join((*epoch, *step))


def _cause(cause: Cause) -> CauseStory:
    about = f" ({name(cause.place)})" if cause.place else ""
    return CauseStory(
        title=capital(clean(cause.kind.value)) + about,
        share=min(1.0, max(0.0, cause.confidence)),
        confidence=f"{percent(cause.confidence)} sure",
        evidence=tuple(map(sentence, cause.evidence)),
        rests_on=listing(map(clean, cause.findings)),
        fixes=tuple(clean(fix).replace("-", " ") for fix in cause.fixes),
        repairable=cause.repairable,
    )


def _unjudged(skipped: tuple[Skipped, ...]) -> tuple[UnjudgedStory, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for skip in skipped:
        missing = listing(need.value for need in skip.missing)
        groups.setdefault((missing, clean(skip.hint)), []).append(f"{skip.code} {title(skip.name)}")
    return tuple(
        UnjudgedStory(
            sentence=f"{count(len(checks), 'check')} could not judge: "
            + (f"no {missing} in the record." if missing else "the run is too short."),
            hint=capital(sentence(hint)),
            checks=tuple(map(clean, checks)),
        )
        for (missing, hint), checks in groups.items()
    )


def _facts(record: TrainingRecord) -> tuple[tuple[str, str], ...]:
    facts = []
    if record.epoch_logs is not None:
        ended = ENDINGS[record.ending]
        took = f" in {duration(record.seconds)}" if record.seconds == record.seconds else ""
        text = f"{count(record.epoch_logs.count, 'epoch')}{took}" + (f", {ended}" if ended else "")
        detail = f" ({clean(record.ending_detail)})" if record.ending_detail else ""
        facts.append(("run", text + detail))
    if record.model_description is not None:
        facts += _model(record.model_description)
        if (optimizer := record.model_description.optimizer) is not None:
            rate = number(optimizer.learning_rate)
            facts.append(("optimizer", f"{name(optimizer.name)}, learning rate {rate}"))
    if record.data_profile is not None:
        sampled = record.data_profile.sampled
        part = f" ({sampled:,} looked at)" if sampled < record.data_profile.rows else ""
        facts.append(("training data", count(record.data_profile.rows, "row") + part))
    if record.source:
        facts.append(("source", clean(record.source)))
    if record.versions:
        versions = (f"{clean(key)} {clean(value)}" for key, value in record.versions.items())
        facts.append(("versions", ", ".join(versions)))
    return tuple(facts)


def _model(model: ModelDescription) -> tuple[tuple[str, str], ...]:
    weights = count(model.parameters, "parameter")
    losses = listing(dict.fromkeys(clean(output.loss_name) for output in model.outputs))
    about = ("model", f"{name(model.name)} ({model.kind.value}), {weights}")
    return (about, ("loss", losses)) if losses else (about,)
