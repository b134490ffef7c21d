"""A finding in words: what it saw, where, when, and what it follows from."""

from collections.abc import Sequence
from dataclasses import dataclass

from keras_debugger.report.words import (
    SEVERITIES,
    clean,
    count,
    name,
    number,
    percent,
    sentence,
    title,
)
from keras_debugger.types.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingStory:
    """One finding: severity word, title, code, sentence, and its evidence in short pieces."""

    severity: str
    title: str
    code: str
    sentence: str
    evidence: tuple[str, ...]


def tell_finding(finding: Finding, others: Sequence[Finding]) -> FindingStory:
    """Put a finding into words.

    Args:
        finding: the finding.
        others: all findings, among them the one that it follows from.
    """
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
        evidence.append(f"follows from {_reason(finding, others)}")
    return FindingStory(
        severity=SEVERITIES[finding.severity],
        title=title(finding.name),
        code=clean(finding.code),
        sentence=sentence(finding.summary),
        evidence=tuple(evidence),
    )


def _reason(finding: Finding, others: Sequence[Finding]) -> str:
    """The finding that explains this one, and how long before it was seen."""
    reason = next((one for one in others if one.code == finding.consequence_of), None)
    if reason is None:
        return clean(finding.consequence_of or "")
    words = f"{title(reason.name).lower()} ({clean(reason.code)})"
    if finding.step is None or reason.step is None or reason.step >= finding.step:
        return words
    return f"{words} {count(finding.step - reason.step, 'step')} before"


def _when(finding: Finding) -> str:
    epoch = () if finding.epoch is None else (f"epoch {finding.epoch + 1}",)
    step = () if finding.step is None else (f"step {finding.step + 1:,}",)
    return ", ".join((*epoch, *step))
