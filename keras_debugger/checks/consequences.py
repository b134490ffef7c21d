"""Which findings explain each other: what came first stands on top, what followed from it below."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity

_NAN_IN_DATA = ("DAT102", "DAT103")
_LOGARITHMS = ("MOD123", "MOD129")
_TOO_LARGE = ("GRD101", "GRD107")
_SILENT_AT_START = ("DAT104", "MOD110", "ACT106", "ACT101")
_SILENT = (*_SILENT_AT_START, "ACT102", "ACT103", "GRD105")
_HELD_BACK = ("DAT107", "MOD114", "MOD115", "MOD111", "DAT110", "DAT101", "ACT105")

EXPLAINED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "LOS101": (*_NAN_IN_DATA, *_LOGARITHMS, *_TOO_LARGE, "LOS103", "GRD103", "GRD104"),
        "LOS116": (
            *_NAN_IN_DATA,
            *_LOGARITHMS,
            *_TOO_LARGE,
            "LOS103",
            "GRD103",
            "GRD104",
            "LOS101",
        ),
        "ACT107": (*_NAN_IN_DATA, *_LOGARITHMS, *_TOO_LARGE, "GRD103", "GRD104"),
        "GRD103": (*_NAN_IN_DATA, *_LOGARITHMS, *_TOO_LARGE, "LOS103"),
        "GRD104": ("GRD103", *_NAN_IN_DATA, *_TOO_LARGE, "LOS103"),
        "LOS103": (*_TOO_LARGE, "DAT110", "ACT105"),
        "GRD101": ("MOD120", "LOS103", "GRD107", "ACT105"),
        "LOS105": ("GRD107", "GRD112"),
        "LOS106": (*_SILENT, "MOD101", "MOD107", "DAT109", "DAT111", "DAT116", "GRD109", "GRD102"),
        "LOS113": (*_SILENT, "MOD101", "ACT104", "LOS103"),
        "LOS112": ("MOD107", "MOD101"),
        "LOS109": _HELD_BACK,
        "LOS108": ("GRD108", "OPT103", "OPT107", "OPT102", "OPT105"),
        "LOS110": ("LOS111", "DAT116", "DAT113", "DAT114"),
        "LOS111": ("DAT113", "DAT114", "DAT117", "DAT115", "MOD121"),
        "LOS114": ("DAT108",),
        "DAT117": ("DAT115",),
        "GRD102": ("ACT103", "MOD122", "MOD112", "ACT108"),
        "GRD105": (*_SILENT_AT_START, "ACT102"),
        "GRD110": ("GRD107",),
        "GRD114": ("MOD112", "ACT105", "ACT108"),
        "GRD115": ("MOD112", *_SILENT, "GRD102"),
        "GRD116": (*_SILENT, "GRD107", "LOS103", "MOD114"),
        "ACT101": ("MOD112",),
        "ACT102": ("GRD107", "GRD101", "ACT105"),
        "ACT103": ("MOD112", "DAT101", "ACT105", "GRD107"),
        "ACT104": (*_SILENT, "LOS103"),
        "ACT105": ("DAT101", "MOD112"),
        "ACT106": ("MOD110", "DAT104"),
        "ACT108": ("MOD112", "MOD122", "MOD110"),
    }
)


def link(findings: Iterable[Finding], record: TrainingRecord) -> tuple[Finding, ...]:
    """Say of each finding which one explains it, if one does, and put them in order.

    A finding is explained by one that usually leads to it (EXPLAINED_BY, most telling first), that
    costs no less, and that was not seen later. Facts about data, model and optimizer are there
    before the first step. What a check said itself is kept.

    Args:
        findings: what the checks found.
        record: the run, for the first step of each epoch.

    Returns:
        The same findings: groups that belong together, most severe and then first in time on top;
        in each group the one that explains the others, then those in order of time.
    """
    given = tuple(findings)
    times = {id(finding): _time(finding, record) for finding in given}
    linked = _explained(given, times)
    by_code = {finding.code: finding for finding in reversed(linked)}
    roots = [_root(finding, by_code) for finding in linked]
    worst: dict[str, int] = {}
    for finding, root in zip(linked, roots, strict=True):
        worst[root.code] = max(worst.get(root.code, 0), finding.severity)
    when = dict(zip(map(id, linked), (times[id(finding)] for finding in given), strict=True))
    order = sorted(
        range(len(linked)),
        key=lambda i: (
            -worst[roots[i].code],
            when[id(roots[i])],
            [one.code for one in linked].index(roots[i].code),
            linked[i].code != roots[i].code,
            when[id(linked[i])],
            i,
        ),
    )
    return tuple(linked[i] for i in order)


def _explained(given: tuple[Finding, ...], times: Mapping[int, float]) -> list[Finding]:
    """The findings, each with the code of the one that explains it; never in a circle."""
    reasons = {finding.code: finding.consequence_of for finding in given}
    linked = []
    for finding in given:
        code = finding.consequence_of or _reason(finding, given, times, reasons)
        if code is not None:
            reasons[finding.code] = code
        linked.append(replace(finding, consequence_of=code))
    return linked


def _reason(
    finding: Finding,
    others: tuple[Finding, ...],
    times: Mapping[int, float],
    reasons: Mapping[str, str | None],
) -> str | None:
    for code in EXPLAINED_BY.get(finding.code, ()):
        for other in others:
            costs = other.severity > Severity.NOTE or finding.severity <= Severity.NOTE
            before = times[id(other)] <= times[id(finding)]
            if other.code == code and costs and before and not _leads_to(code, finding, reasons):
                return code
    return None


def _leads_to(code: str, finding: Finding, reasons: Mapping[str, str | None]) -> bool:
    """Whether what explains `code` is, in the end, this finding."""
    at: str | None = code
    while at is not None:
        if at == finding.code:
            return True
        at = reasons.get(at)
    return False


def _root(finding: Finding, by_code: Mapping[str, Finding]) -> Finding:
    """The finding at the top of the chain."""
    while (reason := by_code.get(finding.consequence_of or "")) is not None:
        finding = reason
    return by_code[finding.code]


def _time(finding: Finding, record: TrainingRecord) -> float:
    """Optimizer step at which a finding is first seen; -1 for a fact that was there before.

    What is known only from the whole run, or from an epoch of a run without steps, comes late: the
    epoch counts as the step at its end, or as one step each after all steps.
    """
    if finding.step is not None:
        return float(finding.step)
    if finding.epoch is None:
        return -1.0
    if record.has(Need.STEPS):
        last = record.steps.step[record.steps.epoch <= finding.epoch]
        if last.size:
            return float(last[-1])
    return float(finding.epoch)
