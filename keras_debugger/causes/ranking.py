"""Findings -> causes, most likely first."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keras_debugger.causes.counts import Counts, measured_counts
from keras_debugger.causes.evidence import HARDLY, unlikely_causes
from keras_debugger.causes.prior import (
    CHECKS,
    NAMED,
    NAMED_OTHER,
    OTHER_PRIOR,
    PRIOR,
    SYMPTOMS,
)
from keras_debugger.types.cause import Cause
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.remedies import REMEDIES, fix_names
from keras_debugger.types.vocabulary import CauseKind, Severity

FLOOR = 0.004  # probability that each cause keeps, whatever the table says
LEAST = 0.02  # probability from which a cause is named
MOST_NAMED = 8
# Findings of one family are not independent: each further one counts by this share of the last.
FURTHER = 0.5
# A finding that another one explains tells about that one, not about the cause.
EXPLAINED = 0.5
# What a finding says grows with its cost. A note is a trait without cost: it says little, unless a
# symptom above a note that is typical of the cause says that the trait does cost something.
WARNING_SHARE = 0.85
NOTE_ALONE = 0.1
NOTE_WITH_SYMPTOM = 0.6
TYPICAL = 3.0  # likelihood ratio of a symptom
# Ten times beyond its limit a finding says this much more, up to MOST_BEYOND powers of ten.
BEYOND = 0.05
MOST_BEYOND = 6.0
POINTS = 1.2  # likelihood ratio from which a finding is evidence of a cause
# Weight of the posterior of those findings that the first cause leaves unexplained: a second fault.
SECOND = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How strongly one finding speaks for one cause.

    Args:
        finding: the finding.
        kind: the cause.
        weight: logarithm of the likelihood ratio; below zero it speaks against.
    """

    finding: Finding
    kind: CauseKind
    weight: float


def rank_causes(
    findings: tuple[Finding, ...], record: TrainingRecord, *, counts: Counts | None = None
) -> tuple[Cause, ...]:
    """The possible causes of what was found, most likely first.

    The posterior of each cause is its prior times the likelihood ratios of the findings, as if
    they were independent; of findings of one family, and of symptoms, only the strongest counts
    in full, since they are not. Causes whose object is not in the program are held down. Findings
    that the first cause leaves unexplained raise the causes that explain them: there may be two
    faults.

    Args:
        findings: what the checks found.
        record: the run.
        counts: how often findings go with causes; those of the package if None.

    Returns:
        Causes with a probability of at least 2 % that a finding speaks for; none if no finding is
        above a note.
    """
    if all(finding.severity <= Severity.NOTE for finding in findings):
        return ()
    counts = measured_counts() if counts is None else counts
    probabilities, support = _posterior(findings, record, counts)
    first = max(probabilities, key=lambda kind: probabilities[kind])
    rest = tuple(finding for finding in findings if not _explains(first, finding))
    if any(finding.severity > Severity.NOTE for finding in rest):
        second, _ = _posterior(rest, record, counts)
        probabilities = {
            kind: (1.0 - SECOND) * probabilities[kind] + SECOND * second[kind] for kind in CauseKind
        }
        overtaking = max(probabilities, key=lambda kind: probabilities[kind])
        kept = probabilities[first], probabilities[overtaking]
        probabilities[overtaking], probabilities[first] = kept
    ranked = sorted(probabilities, key=lambda kind: -probabilities[kind])[:MOST_NAMED]
    causes = (_cause(kind, probabilities[kind], support) for kind in ranked)
    return tuple(
        cause
        for cause in causes
        if cause.kind is ranked[0] or (cause.confidence >= LEAST and cause.findings)
    )


def _posterior(
    findings: tuple[Finding, ...], record: TrainingRecord, counts: Counts
) -> tuple[dict[CauseKind, float], list[Support]]:
    """Probability of each cause, and what it rests on."""
    scores = {kind: math.log(PRIOR.get(kind, OTHER_PRIOR)) for kind in CauseKind}
    support: list[Support] = []
    for kind in CauseKind:
        for group in _groups(findings, kind, counts):
            support += group
            scores[kind] += sum(one.weight * FURTHER**rank for rank, one in enumerate(group))
    named = {kind for finding in findings for kind in finding.causes}
    for kind in unlikely_causes(record) - named:
        scores[kind] += math.log(HARDLY)
    return _normalised(scores), support


def _explains(kind: CauseKind, finding: Finding) -> bool:
    """Whether a cause makes a finding more usual."""
    by_symptom = 1.0 if finding.symptom is None else SYMPTOMS[finding.symptom].get(kind, 1.0)
    return max(_by_check(finding, kind), by_symptom) >= POINTS


def _groups(
    findings: tuple[Finding, ...], kind: CauseKind, counts: Counts
) -> Iterable[list[Support]]:
    """What speaks for or against a cause, strongest first, in groups that are independent."""
    seen = any(_is_its_symptom(finding, kind) for finding in findings)
    groups: dict[str, dict[str, Support]] = {}
    for finding in findings:
        family, key, ratio = finding.code[:3], finding.name, _by_check(finding, kind)
        if finding.symptom is None or ratio != 1.0 or _speaks_itself(finding):
            ratio = counts.by_code(kind, finding.code, ratio)
        if ratio == 1.0 and finding.symptom is not None:
            family, key = "symptoms", finding.symptom.name
            judged = SYMPTOMS[finding.symptom].get(kind, 1.0)
            ratio = counts.by_symptom(kind, key, judged)
        weight = _weight(finding, ratio)
        if finding.severity <= Severity.NOTE:
            weight *= NOTE_WITH_SYMPTOM if seen else NOTE_ALONE
        one = Support(finding=finding, kind=kind, weight=weight)
        group = groups.setdefault(family, {})
        if key not in group or abs(one.weight) > abs(group[key].weight):
            group[key] = one
    for group in groups.values():
        yield sorted((one for one in group.values() if one.weight > 0), key=lambda one: -one.weight)
        yield sorted((one for one in group.values() if one.weight < 0), key=lambda one: one.weight)


def _is_its_symptom(finding: Finding, kind: CauseKind) -> bool:
    """Whether a finding above a note is a symptom that this cause typically has."""
    if finding.symptom is None or finding.severity <= Severity.NOTE:
        return False
    return SYMPTOMS[finding.symptom].get(kind, 1.0) >= TYPICAL


def _by_check(finding: Finding, kind: CauseKind) -> float:
    """The ratio of a check's own row, or of the place that it gives the cause itself."""
    ratio = CHECKS.get(finding.name, {}).get(kind, 1.0)
    if kind in finding.causes:
        named = NAMED.get(finding.code[:3], NAMED_OTHER)
        place = min(finding.causes.index(kind), len(named) - 1)
        ratio = max(ratio, named[place])
    return ratio


def _speaks_itself(finding: Finding) -> bool:
    """Whether the check itself tells causes apart; otherwise only its symptom does."""
    return bool(finding.causes) or finding.name in CHECKS


def _weight(finding: Finding, ratio: float) -> float:
    sure = min(max(finding.confidence, 0.0), 1.0)
    weight = sure * math.log(ratio)
    if finding.severity is Severity.WARNING:
        weight *= WARNING_SHARE
    if finding.consequence_of is not None:
        weight *= EXPLAINED
    beyond = abs(finding.value / finding.limit) if finding.limit else math.nan
    if beyond > 0 and math.isfinite(beyond):
        weight *= 1.0 + BEYOND * min(abs(math.log10(beyond)), MOST_BEYOND)
    return weight


def _normalised(scores: Mapping[CauseKind, float]) -> dict[CauseKind, float]:
    top = max(scores.values())
    shares = {kind: math.exp(score - top) for kind, score in scores.items()}
    whole = sum(shares.values())
    free = 1.0 - FLOOR * len(shares)
    return {kind: FLOOR + free * share / whole for kind, share in shares.items()}


def _cause(kind: CauseKind, probability: float, support: Iterable[Support]) -> Cause:
    speaking = [one for one in support if one.kind is kind and one.weight >= math.log(POINTS)]
    speaking.sort(key=lambda one: -one.weight)
    findings = tuple(dict.fromkeys(one.finding for one in speaking))
    places = (one.finding.place for one in speaking if kind in one.finding.causes)
    return Cause(
        kind=kind,
        confidence=probability,
        findings=tuple(dict.fromkeys(finding.code for finding in findings)),
        evidence=tuple(dict.fromkeys(finding.summary for finding in findings)),
        fixes=fix_names(kind),
        place=next(places, ""),
        repairable=bool(REMEDIES[kind]),
    )
