"""How many faulty programs are found, understood and repaired, and how many healthy ones are not.

    python benchmarks/score_cases.py [--cases FILE_OR_FOLDER] [--seeds 0,1] [--names a,b]
        [--diagnose-only] [--jobs N] [--json OUT] [--resume]

Each case and seed is a process of its own with a time limit: what raises or hangs becomes a row
with `error`. The JSON is written after every row; `--resume` keeps its rows without an error and
does the rest, so that the table can be made in parts. cases/README.md says what counts.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from case_files import OWN_FOLDER
from case_run import Request, Row, limit_threads, list_cases, run_case
from case_scores import show_head, show_row, show_summary, summarize

START_LIMIT = 180.0  # seconds to load the cases


@dataclass(frozen=True, kw_only=True)
class Running:
    """A process that was started."""

    request: Request
    process: Any
    started: float

    def end(self, limit: float) -> Row | None:
        """The row once the process has ended; it is killed when its time is up."""
        seconds = time.monotonic() - self.started
        if self.process.is_alive() and seconds < limit:
            return None
        late = self.process.is_alive()
        if late:
            self.process.kill()
        self.process.join()
        row = self._row()
        if late:
            row["error"] = f"time limit of {limit:g} s"
        elif self.process.exitcode and not row["error"]:
            row["error"] = f"the process ended with code {self.process.exitcode}"
            row["output"] = self._output()
        row["seconds_total"] = round(seconds, 1)
        row["diagnose_only"] = self.request.diagnose_only
        return row

    def _row(self) -> Row:
        try:
            return json.loads(self.request.out.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {"case": self.request.name, "seed": self.request.seed, "error": ""}

    def _output(self) -> str:
        try:
            log = self.request.out.with_suffix(".log")
            return log.read_text(encoding="utf-8", errors="replace")[-2000:]
        except OSError:
            return ""


def main() -> int:
    arguments = parse_arguments()
    limit_threads(arguments.threads)
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        names, unreadable = listed(spawn, arguments.cases, Path(folder) / "list.json")
        unknown = [name for name in arguments.names if name not in names]
        if unknown or not names:
            print(f"no such cases: {unknown}" if unknown else f"no cases: {unreadable}")
            return 2
        rows = kept_rows(arguments) if arguments.resume else []
        done = {(row["case"], row["seed"]) for row in rows}
        requests = [
            Request(
                place=arguments.cases,
                name=name,
                seed=seed,
                diagnose_only=arguments.diagnose_only,
                budget=arguments.budget,
                seeds=arguments.proof_seeds,
                out=Path(folder) / f"{number}-{seed}.json",
            )
            for seed in arguments.seeds
            for number, name in enumerate(arguments.names or names)
            if (name, seed) not in done
        ]
        show_head(print_now)
        for row in run_all(spawn, requests, jobs=arguments.jobs, limit=arguments.limit):
            show_row(row, print_now)
            rows = ordered([*rows, row], names)
            write(arguments, rows, unreadable)
    write(arguments, rows, unreadable)
    print()
    show_summary(summarize(rows), print_now)
    for file, reason in unreadable.items():
        print(f"not read: {file}: {reason}")
    print(", ".join(f"{key} {value}" for key, value in surroundings(arguments).items()))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=Path, default=OWN_FOLDER, help="a file or a folder")
    parser.add_argument("--seeds", type=numbers, default=[0, 1], help="such as 0,1")
    parser.add_argument("--names", type=words, default=[], help="only these cases")
    parser.add_argument("--diagnose-only", action="store_true", help="the record alone")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--threads", type=int, default=1, help="threads of each process")
    parser.add_argument("--budget", type=float, default=3.0, help="of the search, in trainings")
    parser.add_argument("--proof-seeds", type=int, default=5, help="seeds of the proof")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for each case")
    parser.add_argument("--json", type=Path, help="file for figures and rows")
    parser.add_argument("--resume", action="store_true", help="keep the rows of that file")
    return parser.parse_args()


def numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one]


def words(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def print_now(text: str) -> None:
    print(text, flush=True)


def listed(spawn: Any, place: Path, out: Path) -> tuple[list[str], dict[str, str]]:
    """Names of the cases, read in another process: this one stays free of TensorFlow."""
    if not place.exists():
        return [], {str(place): "no such file or folder"}
    process = spawn.Process(target=list_cases, args=(place, out))
    process.start()
    process.join(START_LIMIT)
    if process.is_alive():
        process.kill()
        return [], {str(place): f"not loaded within {START_LIMIT:g} s"}
    if not out.exists():
        return [], {str(place): f"the process ended with code {process.exitcode}"}
    found = json.loads(out.read_text(encoding="utf-8"))
    return found["names"], found["unreadable"]


def run_all(spawn: Any, requests: Sequence[Request], *, jobs: int, limit: float) -> Iterator[Row]:
    """Rows as they are ready, at most `jobs` processes at a time; none is left behind."""
    waiting, running = list(requests), []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                request = waiting.pop(0)
                process = spawn.Process(target=run_case, args=(request,), daemon=True)
                process.start()
                started = time.monotonic()
                running.append(Running(request=request, process=process, started=started))
            wait([one.process.sentinel for one in running], timeout=1.0)
            for one in list(running):
                row = one.end(limit)
                if row is not None:
                    running.remove(one)
                    yield row
    finally:
        for one in running:
            one.process.kill()
            one.process.join()


def kept_rows(arguments: argparse.Namespace) -> list[Row]:
    """Rows of an earlier run of the same kind that ended without an error."""
    if arguments.json is None or not arguments.json.exists():
        return []
    rows = json.loads(arguments.json.read_text(encoding="utf-8"))["cases"]
    return [
        row for row in rows if not row["error"] and row["diagnose_only"] == arguments.diagnose_only
    ]


def ordered(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    place = {name: number for number, name in enumerate(names)}
    return sorted(rows, key=lambda row: (place.get(row["case"], len(place)), row["seed"]))


def write(arguments: argparse.Namespace, rows: Sequence[Row], unreadable: dict[str, str]) -> None:
    if arguments.json is None:
        return
    whole = {
        **summarize(rows),
        "cases": rows,
        "unreadable": unreadable,
        "made_with": surroundings(arguments),
    }
    place = arguments.json.with_name(f"{arguments.json.name}.part")
    place.write_text(json.dumps(whole, indent=1, allow_nan=False), encoding="utf-8")
    place.replace(arguments.json)


def surroundings(arguments: argparse.Namespace) -> dict[str, Any]:
    """Versions, seeds and cores."""
    made: dict[str, Any] = {"python": platform.python_version()}
    for package in ("keras-debugger", "keras", "tensorflow", "tensorflow-cpu", "numpy"):
        try:
            made[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        **made,
        "cores": os.cpu_count(),
        "jobs": arguments.jobs,
        "threads": arguments.threads,
        "seeds": arguments.seeds,
        "budget": arguments.budget,
        "proof_seeds": arguments.proof_seeds,
    }


if __name__ == "__main__":
    sys.exit(main())
