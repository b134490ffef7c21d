"""How often each finding goes with each cause, and how far such counts alone name the cause."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files
from math import log

from keras_debugger.causes.counts import FILE, Counts, read_counts
from keras_debugger.causes.ranking import rank_causes
from keras_debugger.types.cause import Cause
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from programs.rows import Row, alarms

LEAST = 0.5  # added to each count, so that nothing is impossible


def tally(rows: Iterable[Row]) -> dict[str, object]:
    """Runs in which each check fired and each symptom was seen.

    Returns:
        `n` runs; `codes` and `symptoms` with findings of any severity, and the same above a note.
    """
    rows = list(rows)
    return {
        "n": len(rows),
        "codes": _count(rows, lambda row: {one["code"] for one in row["findings"]}),
        "symptoms": _count(rows, lambda row: _symptoms(row["findings"])),
        "codes_above_note": _count(rows, lambda row: {one["code"] for one in alarms(row)}),
        "symptoms_above_note": _count(rows, lambda row: _symptoms(alarms(row))),
    }


def counts_of(faulty: Sequence[Row], healthy: Sequence[Row]) -> dict[str, object]:
    """The counts of causes, in all and for each program, and of healthy runs.

    Args:
        faulty: runs whose fault harmed.
        healthy: healthy runs.
    """
    by_cause = defaultdict(list)
    for row in faulty:
        by_cause[row["cause"]].append(row)
    causes = {}
    for cause, rows in sorted(by_cause.items()):
        hosts = sorted({row["host"] for row in rows})
        causes[cause] = {
            **tally(rows),
            "programs": {
                host: _without_notes(tally(row for row in rows if row["host"] == host))
                for host in hosts
            },
        }
    return {"causes": causes, "healthy": tally(healthy)}


def without_program(counts: dict[str, object], host: str) -> dict[str, object]:
    """The counts as if a program had never been counted.

    Args:
        counts: what `counts_of` made, with a command.
        host: the program.
    """
    causes = {}
    for cause, row in counts["causes"].items():
        own = row["programs"].get(host, {"n": 0, "codes": {}, "symptoms": {}})
        causes[cause] = {
            "n": row["n"] - own["n"],
            "codes": _difference(row["codes"], own["codes"]),
            "symptoms": _difference(row["symptoms"], own["symptoms"]),
        }
    return {"command": counts["command"], "causes": causes}


def causes_without(
    host: str, findings: tuple[Finding, ...], record: TrainingRecord
) -> tuple[Cause, ...]:
    """The causes of findings when the package's counts leave out the program that is judged."""
    return rank_causes(findings, record, counts=_shipped_counts_without(host))


@cache
def _shipped_counts_without(host: str) -> Counts:
    shipped = files("keras_debugger.causes").joinpath(FILE).read_text(encoding="utf-8")
    return read_counts(without_program(json.loads(shipped), host))


def left_out_ranks(faulty: Sequence[Row]) -> list[int]:
    """Place of the true cause when counts of all other programs alone rank the causes.

    Naive Bayes over the codes above a note, with the causes that occur in the other programs; the
    program of a run is left out with all its runs.

    Args:
        faulty: runs whose fault harmed.

    Returns:
        Places from 0, one a run whose cause occurs in another program, in order.
    """
    ranks = []
    for host in sorted({row["host"] for row in faulty}):
        others = defaultdict(list)
        for row in faulty:
            if row["host"] != host:
                others[row["cause"]].append({one["code"] for one in alarms(row)})
        for row in faulty:
            if row["host"] == host and row["cause"] in others:
                ranks.append(_rank(row, others))
    return ranks


def _rank(row: Row, others: dict[str, list[set[str]]]) -> int:
    found = {one["code"] for one in alarms(row)}
    codes = {code for sets in others.values() for one in sets for code in one}
    points = {}
    for cause, sets in others.items():
        total = 0.0
        for code in codes:
            share = (sum(code in one for one in sets) + LEAST) / (len(sets) + 2 * LEAST)
            total += log(share if code in found else 1.0 - share)
        points[cause] = total
    return sorted(points, key=lambda cause: -points[cause]).index(row["cause"])


def _count(rows: Iterable[Row], seen: Callable[[Row], set[str]]) -> dict[str, int]:
    counts = Counter(key for row in rows for key in seen(row))
    return dict(sorted(counts.items()))


def _difference(whole: dict[str, int], part: dict[str, int]) -> dict[str, int]:
    return {key: count - part.get(key, 0) for key, count in whole.items()}


def _symptoms(findings: Iterable[Row]) -> set[str]:
    return {one["symptom"] for one in findings if one["symptom"]}


def _without_notes(counts: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in counts.items() if not key.endswith("_above_note")}
