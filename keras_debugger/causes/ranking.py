"""Findings -> causes, most likely first."""

import math
from collections.abc import Iterable, Mapping

from keras_debugger.causes.counts import Counts, measured_counts
from keras_debugger.causes.evidence import ratios_of_program
from keras_debugger.causes.likelihood import POINTS, Support, groups_of, left_over, weight_of
from keras_debugger.causes.prior import NAMED_BY, OTHER_PRIOR, PRIOR
from keras_debugger.types.cause import Cause
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.remedies import REMEDIES, fix_names
from keras_debugger.types.vocabulary import CauseKind, Severity

FLOOR = 0.001  # probability that each cause keeps, whatever the table says
# Evidence counts this much more than the judged ratios say, which are cautious. With programs left
# out the logarithmic score is best at 2 (benchmarks/RESULTS.md); less leaves room for faults of
# kinds that the table has not met.
SHARPNESS = 1.6
LEAST = 0.02  # probability from which a cause is named
MOST_NAMED = 8
# Probability of a second fault where the first cause explains nothing of some finding above a note.
SECOND = 0.1


def rank_causes(
    findings: tuple[Finding, ...], record: TrainingRecord, *, counts: Counts | None = None
) -> tuple[Cause, ...]:
    """The possible causes of what was found, most likely first.

    The posterior of each cause is its prior times the likelihood ratios of the findings, as if
    they were independent; of findings of one family, and of symptoms, only the strongest counts
    in full, since they are not. Causes whose object is not in the program are held down, those
    whose object stands out are raised. What the first cause leaves of the findings unexplained
    raises the causes that explain it: there may be two faults.

    Args:
        findings: what the checks found.
        record: the run.
        counts: how often findings go with causes; those of the package if None.

    Returns:
        The likeliest cause, and all with a probability of at least 2 % that a finding speaks for;
        none if there is no such cause, or no finding above a note.
    """
    if all(finding.severity <= Severity.NOTE for finding in findings):
        return ()
    counts = measured_counts() if counts is None else counts
    one, support = _posterior(findings, record, counts)
    first = max(one, key=lambda kind: one[kind])
    left = {finding: left_over(first, finding) for finding in findings}
    share = SECOND * max(left[finding] for finding in findings if finding.severity > Severity.NOTE)
    other, _ = _posterior(findings, record, counts, left)
    probabilities = {kind: (1.0 - share) * one[kind] + share * other[kind] for kind in CauseKind}
    ranked = sorted(probabilities, key=lambda kind: -probabilities[kind])[:MOST_NAMED]
    causes = [_cause(kind, probabilities[kind], support) for kind in ranked]
    spoken_for = [cause for cause in causes if cause.findings and cause.confidence >= LEAST]
    if not spoken_for:
        return ()
    return tuple(causes[:1] + [cause for cause in spoken_for if cause is not causes[0]])


def _posterior(
    findings: tuple[Finding, ...],
    record: TrainingRecord,
    counts: Counts,
    left: Mapping[Finding, float] | None = None,
) -> tuple[dict[CauseKind, float], list[Support]]:
    """Probability of each cause, and what it rests on; `left` is the share of what each says."""
    scores = {kind: math.log(PRIOR.get(kind, OTHER_PRIOR)) for kind in CauseKind}
    support: list[Support] = []
    for kind in CauseKind:
        for group in groups_of(findings, kind, counts, left or {}):
            support += group
            scores[kind] += weight_of(group)
    read_off = (finding for finding in findings if finding.name not in NAMED_BY)
    named = {kind for finding in read_off for kind in finding.causes}
    for kind, ratio in ratios_of_program(record, named).items():
        scores[kind] += math.log(ratio)
    return _normalised(scores), support


def _normalised(scores: Mapping[CauseKind, float]) -> dict[CauseKind, float]:
    top = max(scores.values())
    shares = {kind: math.exp(SHARPNESS * (score - top)) for kind, score in scores.items()}
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
