"""Findings -> causes, most likely first."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keras_debugger.causes.evidence import HARDLY, unlikely_causes
from keras_debugger.causes.prior import (
    CHECKS,
    NAMED,
    NAMED_OTHER,
    NOTE_SHARE,
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
# Findings of one run are not independent: a sum of their logarithms is too sure of itself.
TEMPER = 0.7
# A finding that another one explains tells about that one, not about the cause.
EXPLAINED = 0.5
POINTS = 1.2  # likelihood ratio from which a finding is shown as evidence of a cause


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


def rank_causes(findings: tuple[Finding, ...], record: TrainingRecord) -> tuple[Cause, ...]:
    """The possible causes of what was found, most likely first.

    The posterior of each cause is its prior times the likelihood ratios of the findings, as if
    they were independent, tempered because they are not. Each check counts once for a cause, and
    each symptom once. Causes whose object is not in the program are held down.

    Args:
        findings: what the checks found.
        record: the run.

    Returns:
        Causes with a probability of at least 2 %; none if no finding is above a note.
    """
    if all(finding.severity <= Severity.NOTE for finding in findings):
        return ()
    support = tuple(_strongest(_support(findings)))
    scores = {kind: math.log(PRIOR.get(kind, OTHER_PRIOR)) for kind in CauseKind}
    for one in support:
        scores[one.kind] += TEMPER * one.weight
    named = {kind for finding in findings for kind in finding.causes}
    for kind in unlikely_causes(record) - named:
        scores[kind] += math.log(HARDLY)
    probabilities = _normalised(scores)
    ranked = sorted(probabilities, key=lambda kind: -probabilities[kind])[:MOST_NAMED]
    return tuple(
        _cause(kind, probabilities[kind], support)
        for kind in ranked
        if probabilities[kind] >= LEAST or kind is ranked[0]
    )


def _support(findings: Iterable[Finding]) -> Iterable[tuple[str, Support]]:
    """Each way in which a finding speaks for a cause, with what it is counted once under."""
    for finding in findings:
        for name, ratios in (
            (f"check {finding.name}", _by_check(finding)),
            (f"symptom {finding.symptom}", _by_symptom(finding)),
        ):
            for kind, ratio in ratios.items():
                weight = _weight(finding, ratio)
                yield name, Support(finding=finding, kind=kind, weight=weight)


def _by_check(finding: Finding) -> dict[CauseKind, float]:
    ratios = dict(CHECKS.get(finding.name, {}))
    named = NAMED.get(finding.code[:3], NAMED_OTHER)
    for kind, ratio in zip(finding.causes, named, strict=False):
        ratios[kind] = max(ratio, ratios.get(kind, 1.0))
    return ratios


def _by_symptom(finding: Finding) -> Mapping[CauseKind, float]:
    return {} if finding.symptom is None else SYMPTOMS[finding.symptom]


def _weight(finding: Finding, ratio: float) -> float:
    sure = min(max(finding.confidence, 0.0), 1.0)
    weight = math.log(1.0 + sure * (ratio - 1.0))
    if finding.consequence_of is not None:
        weight *= EXPLAINED
    if finding.severity <= Severity.NOTE:
        weight *= NOTE_SHARE
    return weight


def _strongest(pairs: Iterable[tuple[str, Support]]) -> Iterable[Support]:
    best: dict[tuple[str, CauseKind], Support] = {}
    for name, one in pairs:
        key = (name, one.kind)
        if key not in best or abs(one.weight) > abs(best[key].weight):
            best[key] = one
    return best.values()


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
