"""How strongly each finding speaks for each cause: the judged ratios and the counts, as weights."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keras_debugger.causes.counts import Counts
from keras_debugger.causes.prior import CHECKS, NAMED, NAMED_BY, NAMED_OTHER, SYMPTOMS
from keras_debugger.types.finding import Finding
from keras_debugger.types.vocabulary import CauseKind, Severity

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


def groups_of(
    findings: tuple[Finding, ...],
    kind: CauseKind,
    counts: Counts,
    left: Mapping[Finding, float],
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
        weight = _weight(finding, ratio) * left.get(finding, 1.0)
        if finding.severity <= Severity.NOTE:
            weight *= NOTE_WITH_SYMPTOM if seen else NOTE_ALONE
        one = Support(finding=finding, kind=kind, weight=weight)
        group = groups.setdefault(family, {})
        if key not in group or abs(one.weight) > abs(group[key].weight):
            group[key] = one
    for group in groups.values():
        yield sorted((one for one in group.values() if one.weight > 0), key=lambda one: -one.weight)
        yield sorted((one for one in group.values() if one.weight < 0), key=lambda one: one.weight)


def weight_of(group: Sequence[Support]) -> float:
    """What a group says together: the strongest in full, each further one less."""
    return sum(one.weight * FURTHER**rank for rank, one in enumerate(group))


def left_over(kind: CauseKind, finding: Finding) -> float:
    """Which share of what a finding says a cause leaves unexplained, 0 to 1."""
    mine = _judged(finding, kind)
    most = max(_judged(finding, other) for other in CauseKind)
    if most < POINTS:
        return 0.0
    return 1.0 - min(max(math.log(mine) / math.log(most), 0.0), 1.0)


def _judged(finding: Finding, kind: CauseKind) -> float:
    """The ratio of a finding for a cause in the judged table: that of its check, or its symptom."""
    ratio = _by_check(finding, kind)
    if ratio != 1.0 or finding.symptom is None or _speaks_itself(finding):
        return ratio
    return SYMPTOMS[finding.symptom].get(kind, 1.0)


def _is_its_symptom(finding: Finding, kind: CauseKind) -> bool:
    """Whether a finding above a note is a symptom that this cause typically has."""
    if finding.symptom is None or finding.severity <= Severity.NOTE:
        return False
    return SYMPTOMS[finding.symptom].get(kind, 1.0) >= TYPICAL


def _by_check(finding: Finding, kind: CauseKind) -> float:
    """The ratio of a check's own row, or of the place that it gives the cause itself."""
    ratio = CHECKS.get(finding.name, {}).get(kind, 1.0)
    if kind in finding.causes:
        named = NAMED_BY.get(finding.name) or NAMED.get(finding.code[:3], NAMED_OTHER)
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
