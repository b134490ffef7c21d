"""Rows of the benchmark of causes -> tables: hits, confusion, calibration, cost."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from programs.faults import is_named
from programs.plots import plot_reliability
from programs.reliability import Said
from scipy.stats import binomtest

Row = dict[str, Any]
REPAIRED = 0.8  # share of the lost score that a repair brings back
WAYS = {
    "baseline": "the baseline's table",
    "curves": "the curves of the epochs alone",
    "table": "the record alone, with a good table",
    "counted": "the same with counts of other programs",
    "static": "the same with a profile of all the data",
    "random": "probes in random order, same cost",
    "experiments": "record and experiments",
}


def first_is_right(row: Row, way: str) -> bool:
    """Whether the first cause that a way of diagnosing names is one of those that are there."""
    named = _named(row, way)[:1]
    return any(is_named(cause, named) for cause in row["causes"])


def all_are_named(row: Row, way: str, *, among: int = 3) -> bool:
    """Whether every cause that is there is among the first few."""
    return all(is_named(cause, _named(row, way)[:among]) for cause in row["causes"])


def is_repaired(row: Row) -> bool:
    """Whether the search brought back most of what the fault took; see `REPAIRED`."""
    if row.get("fixed") is None or row.get("host_reached") is None:
        return False
    lost = row["host_reached"] - row["reached"]
    return bool(row["fixed"] >= row["reached"] + REPAIRED * lost)


def hits(rows: Sequence[Row]) -> Iterator[str]:
    """Right cause first and among the first three, one line for each way, with 95 % intervals."""
    yield f"{'way':42s} {'first':>18s} {'first three':>18s} {'rows':>5s}"
    for way, words in WAYS.items():
        with_way = [row for row in rows if way in row]
        if with_way:
            first = _share(with_way, lambda row, way=way: first_is_right(row, way))
            three = _share(with_way, lambda row, way=way: all_are_named(row, way))
            yield f"{words:42s} {first:>18s} {three:>18s} {len(with_way):5d}"


def outcome(rows: Sequence[Row]) -> Iterator[str]:
    """Repairs, refusals and cost of the searches."""
    data = [row for row in rows if row["data_at_fault"]]
    model = [row for row in rows if not row["data_at_fault"]]
    if model:
        share = _share(model, is_repaired)
        yield f"repaired to {REPAIRED:.0%} (a model at fault): {share} of {len(model)}"
    if data:
        refused = _share(data, lambda row: row["decision"] == "refused")
        yield f"refused (data at fault): {refused} of {len(data)}"
    costs = [row["cost"] for row in rows]
    spent = [row["experiment_cost"] for row in rows]
    if rows:
        yield f"trainings of a search: mean {np.mean(costs):.2f}, highest {max(costs):.2f}"
        yield f"of these, short trials: mean {np.mean(spent):.2f}, highest {max(spent):.2f}"
        counts, _ = np.histogram(costs, bins=(0, 0.001, 0.5, 1, 1.5, 2, 2.5, 3, 99))
        names = ("0", "-0.5", "-1", "-1.5", "-2", "-2.5", "-3", "more")
        yield "cost histogram: " + ", ".join(
            f"{name}: {count}" for name, count in zip(names, counts, strict=True)
        )


def confusion(rows: Sequence[Row], way: str = "experiments") -> Iterator[str]:
    """What was named first for each cause that was there; only where it was not right."""
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for row in rows:
        for cause in row["causes"]:
            whole[cause] += 1
            if not first_is_right(row, way):
                wrong[cause][(_named(row, way) or ["none"])[0]] += 1
    for cause in sorted(whole):
        others = ", ".join(f"{name} {count}" for name, count in wrong[cause].most_common())
        right = whole[cause] - sum(wrong[cause].values())
        yield f"{cause:32s} {right:3d} of {whole[cause]:3d}" + (f"   {others}" if others else "")


def calibration(rows: Sequence[Row], way: str) -> list[Said]:
    """Probability of the first cause, and whether it is one of those that are there."""
    return [(row[way][0][1], first_is_right(row, way)) for row in rows if row.get(way)]


def did_not_pay(rows: Sequence[Row]) -> Iterator[str]:
    """Where the table was right and the experiments were not, and the other way round."""
    for words, better, worse in (
        ("experiments right, without them wrong", "experiments", "static"),
        ("experiments wrong, without them right", "static", "experiments"),
    ):
        keys = [
            row["key"]
            for row in rows
            if first_is_right(row, better) and not first_is_right(row, worse)
        ]
        yield f"{words}: {len(keys)}" + (f" ({', '.join(keys)})" if keys else "")
    same = [row for row in rows if row["made"] and row["static"] and row["experiments"]]
    idle = [row for row in same if row["static"][0][0] == row["experiments"][0][0]]
    spent = sum(row["experiment_cost"] for row in idle)
    yield (
        f"experiments that did not change the first cause: {len(idle)} of {len(same)} programs, "
        f"{spent:.1f} trainings in all"
    )


def plot_calibration(rows: Sequence[Row], path: Path) -> None:
    """The probability of the first cause against how often it was right."""
    ways = ("static", "experiments")
    plot_reliability({WAYS[way]: calibration(rows, way) for way in ways}, path)


def _named(row: Row, way: str) -> list[str]:
    return [name for name, _ in row.get(way, ())]


def _share(rows: Sequence[Row], right: Callable[[Row], bool]) -> str:
    amount = sum(map(right, rows))
    interval = binomtest(amount, len(rows)).proportion_ci(method="wilson")
    return f"{amount / len(rows):.2f} [{interval.low:.2f}, {interval.high:.2f}]"
