"""What a run said, as a row of plain values, and rows to and from a file."""

import json
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from multiprocessing import get_context
from pathlib import Path
from typing import Any

Row = dict[str, Any]
RUNS_OF_A_PROCESS = 40  # a process that has compiled many models becomes slow and large


def describe(run, diagnosis) -> Row:
    """A run and its diagnosis as plain values.

    Args:
        run: a training.Run.
        diagnosis: what `diagnose` made of its record.
    """
    return {
        "program": run.program.name,
        "seed": run.seed,
        "reached": round(run.reached, 4),
        "constant": round(run.constant, 4),
        "reference": round(run.reference, 4),
        "healthy": run.healthy,
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "causes": [[cause.kind.name, round(cause.confidence, 3)] for cause in diagnosis.causes],
        "checked": list(diagnosis.checked),
        "crashed": [crash.code for crash in diagnosis.crashed],
        "steps": 0 if run.record.step_logs is None else len(run.record.step_logs.step),
        "seconds": round(run.seconds, 2),
    }


def _finding(finding) -> Row:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.name,
        "symptom": finding.symptom.name if finding.symptom else "",
        "summary": finding.summary,
        "value": _number(finding.value),
        "limit": _number(finding.limit),
        "confidence": finding.confidence,
        "step": finding.step,
        "epoch": finding.epoch,
        "place": finding.place,
        "consequence_of": finding.consequence_of,
        "causes": [kind.name for kind in finding.causes],
    }


def _number(value: float) -> float | None:
    value = float(value)
    return value if abs(value) < float("inf") else None


def alarms(row: Row) -> list[Row]:
    """Findings of a row above a note."""
    return [finding for finding in row["findings"] if finding["severity"] != "NOTE"]


def run_all(work: Callable[[Any], Row], requests: Sequence[Any], *, jobs: int) -> Iterator[Row]:
    """Rows in the order of the requests, several a process.

    Args:
        work: a function of a module, request -> row.
        requests: what to do.
        jobs: processes at a time; with 1 the work is done in this process.
    """
    if jobs == 1:
        yield from map(work, requests)
        return
    # ProcessPoolExecutor may wait for ever once a worker has done its share (CPython issue 115634).
    with get_context("spawn").Pool(jobs, maxtasksperchild=RUNS_OF_A_PROCESS) as pool:
        yield from pool.imap(work, requests)


def part_of(requests: Sequence[Any], part: str) -> list[Any]:
    """The i-th of n parts, written `i/n` with i from 1; all for an empty text."""
    if not part:
        return list(requests)
    number, count = (int(one) for one in part.split("/"))
    return list(requests[number - 1 :: count])


def read(path: Path | None, key: str = "rows") -> list[Row]:
    """Rows that an earlier run wrote; none if there is no file."""
    if path is None or not path.exists():
        return []
    return json.loads(path.read_text(encoding="utf-8"))[key]


def write(path: Path | None, whole: dict[str, Any]) -> None:
    """Write a JSON file in one go."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    place = path.with_name(f"{path.name}.part")
    place.write_text(json.dumps(whole, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    place.replace(path)


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share, with 95 % confidence.

    Args:
        hits: how often it was so.
        count: of how many; (0, 1) if none.
        z: quantile of the normal distribution.
    """
    if count == 0:
        return 0.0, 1.0
    share = hits / count
    middle = share + z**2 / (2 * count)
    half = z * sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    whole = 1 + z**2 / count
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def share_text(hits: int, count: int) -> str:
    """A share with its interval, in words."""
    if count == 0:
        return "-"
    low, high = wilson(hits, count)
    return f"{hits / count:.3f} ({low:.3f} to {high:.3f})"
