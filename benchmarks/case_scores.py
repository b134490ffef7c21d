"""Rows of cases become figures, each with an interval and the number of runs behind it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from scipy import stats

LEVEL = 0.95
Row = dict[str, Any]


def share(hits: Iterable[bool]) -> Row:
    """A share with its Wilson interval."""
    hits = [bool(hit) for hit in hits]
    if not hits:
        return {"value": None, "low": None, "high": None, "n": 0}
    interval = stats.binomtest(sum(hits), len(hits)).proportion_ci(LEVEL, method="wilson")
    low, high = float(interval.low), float(interval.high)
    return {"value": sum(hits) / len(hits), "low": low, "high": high, "n": len(hits)}


def average(values: Iterable[float]) -> Row:
    """A mean with its bootstrap interval; the interval of one value is the value."""
    sample = np.asarray(list(values), dtype=float)
    if not len(sample):
        return {"value": None, "low": None, "high": None, "n": 0}
    mean = low = high = float(sample.mean())
    if len(sample) > 1 and np.ptp(sample) > 0:
        random = np.random.default_rng(0)
        found = stats.bootstrap(
            (sample,), np.mean, confidence_level=LEVEL, method="percentile", rng=random
        ).confidence_interval
        low, high = float(found.low), float(found.high)
    return {"value": mean, "low": low, "high": high, "n": len(sample)}


def summarize(rows: Sequence[Row]) -> dict[str, Row]:
    """All figures of the rows; see cases/README.md for what counts."""
    known = [row for row in rows if "healthy" in row]
    faulty = [row for row in known if not row["healthy"]]
    healthy = [row for row in known if row["healthy"]]
    whole = [row for row in faulty if not row["diagnose_only"]]
    mendable = [row for row in whole if not row["refusable"]]
    edited = [row for row in healthy if not row["diagnose_only"]]
    searched = [row for row in whole if row.get("budget")]
    return {
        "detection": share(is_true("detected", faulty)),
        "cause_top1": share(is_true("top1", faulty)),
        "cause_top3": share(is_true("top3", faulty)),
        "repaired": share(is_true("repaired", mendable)),
        "improvement_ratio": average(map(ratio, mendable)),
        "refused_right": share(is_true("refused_right", [r for r in whole if r["refusable"]])),
        "false_alarms": share(bool(row.get("problems")) for row in healthy),
        "edits_of_healthy": share(is_true("edited", edited)),
        "harm": share(is_true("harmed", edited)),
        "harm_of_faulty": share(is_true("harmed", whole)),
        "budget_mean": average(row["budget"] for row in searched),
        "budget_with_proof": average(row["budget_with_proof"] for row in searched),
        "cause_top1_of_record": share(is_true("top1", [r.get("record", {}) for r in faulty])),
        "cause_top3_of_record": share(is_true("top3", [r.get("record", {}) for r in faulty])),
        "errors": share(bool(row["error"]) for row in rows),
    }


def is_true(key: str, rows: Iterable[Row]) -> list[bool]:
    """Whether each row has it; a row that ended in an error before that has not."""
    return [bool(row.get(key)) for row in rows]


def ratio(row: Row) -> float:
    """How far towards the known-good run, cut off at -1 and 1; 0 for a run with an error."""
    value = row.get("ratio")
    return 0.0 if value is None else min(1.0, max(-1.0, value))


def show_summary(figures: dict[str, Row], out: Callable[[str], None]) -> None:
    out("| figure | value | 95 % interval | runs |")
    out("| --- | --- | --- | --- |")
    for name, figure in figures.items():
        if figure["n"]:
            interval = f"{figure['low']:.2f} to {figure['high']:.2f}"
            out(f"| {name} | {figure['value']:.3f} | {interval} | {figure['n']} |")


def show_head(out: Callable[[str], None]) -> None:
    out(
        "| case | seed | found | causes, first three | verdict | fix | faulty | known good | ours "
        "| search | s |"
    )
    out("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")


def show_row(row: Row, out: Callable[[str], None]) -> None:
    """A row of the table; (!) marks what is wrong."""
    healthy = row.get("healthy", False)
    wrong_found = bool(row.get("problems")) if healthy else not row.get("detected")
    found = ", ".join(row.get("found") or row.get("problems") or ["-"])
    causes = ", ".join(row.get("causes", [])[:3]) or "-"
    wrong_cause = not healthy and not row.get("top1")
    verdict = row.get("verdict", "") or (f"error: {row['error']}" if row["error"] else "-")
    good = row.get("refused_right") if row.get("refusable") else row.get("repaired")
    wrong_end = row.get("harmed") or ("verdict" in row and not healthy and not good)
    cells = [
        row["case"],
        str(row["seed"]),
        found + mark(wrong_found),
        causes + mark(wrong_cause),
        verdict[:120].replace("\n", " ").replace("|", "/") + mark(wrong_end),
        row.get("plan") or "-",
        *(number(row.get(key), ".3f") for key in "frs"),
        number(row.get("budget"), ".1f"),
        number(row.get("seconds"), ".0f"),
    ]
    out(f"| {' | '.join(cells)} |")


def mark(wrong: Any) -> str:
    return " (!)" if wrong else ""


def number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
