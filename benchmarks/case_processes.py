"""Each case in a spawned process of its own, with a time limit; a row is what comes back."""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from case_run import Row, list_cases

START_LIMIT = 180.0  # seconds to load the cases


@dataclass(frozen=True, kw_only=True)
class Job:
    """A process to start.

    Args:
        target: function of a module; it writes its row to `request.out` as it goes on.
        request: its argument, with `name`, `seed` and `out`.
        facts: what is added to the row.
    """

    target: Callable[[Any], None]
    request: Any
    facts: Row


@dataclass(frozen=True, kw_only=True)
class Running:
    """A process that was started."""

    job: Job
    process: Any
    started: float

    def end(self, limit: float) -> Row | None:
        """The row once the process has ended; it is killed when its time is up."""
        seconds = time.monotonic() - self.started
        if self.process.is_alive() and seconds < limit:
            return None
        late = self.process.is_alive()
        if late:
            self.kill()
        self.process.join()
        row = self._row()
        if late:
            row["error"] = f"time limit of {limit:.0f} s"
        elif self.process.exitcode and not row["error"]:
            row["error"] = f"the process ended with code {self.process.exitcode}"
            row["output"] = self._output()
        return {**row, **self.job.facts, "seconds_total": round(seconds, 1)}

    def kill(self) -> None:
        """End the process and all that it has started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError):  # no groups here, or not in its own yet
            self.process.kill()

    def _row(self) -> Row:
        request = self.job.request
        try:
            return json.loads(request.out.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {"case": request.name, "seed": request.seed, "error": ""}

    def _output(self) -> str:
        try:
            log = self.job.request.out.with_suffix(".log")
            return log.read_text(encoding="utf-8", errors="replace")[-2000:]
        except OSError:
            return ""


def run_all(
    jobs: Sequence[Job], *, at_once: int, limit: float, stop_after: float, end_after: float
) -> Iterator[Row]:
    """Rows as they are ready.

    No process is left behind, also when this one is told to end. None is begun after `stop_after`
    seconds, and what still runs after `end_after` seconds is cut, with what it has.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    spawn = multiprocessing.get_context("spawn")
    waiting, running = list(jobs), []
    start = time.monotonic()
    try:
        while waiting or running:
            if time.monotonic() - start > min(stop_after, end_after):
                waiting.clear()
            while waiting and len(running) < at_once:
                job = waiting.pop(0)
                process = spawn.Process(target=job.target, args=(job.request,))
                process.start()
                running.append(Running(job=job, process=process, started=time.monotonic()))
            wait([one.process.sentinel for one in running], timeout=1.0)
            for one in list(running):
                row = one.end(min(limit, start + end_after - one.started))
                if row is not None:
                    running.remove(one)
                    yield row
    finally:
        for one in running:
            one.kill()
            one.process.join()
        signal.signal(signal.SIGTERM, before)


def names_in(place: Path, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Names of the cases, read in another process: this one stays free of TensorFlow."""
    if not place.exists():
        return [], {str(place): "no such file or folder"}
    out = folder / "names.json"
    process = multiprocessing.get_context("spawn").Process(target=list_cases, args=(place, out))
    process.start()
    process.join(START_LIMIT)
    if process.is_alive():
        process.kill()
        return [], {str(place): f"not loaded within {START_LIMIT:g} s"}
    if not out.exists():
        return [], {str(place): f"the process ended with code {process.exitcode}"}
    found = json.loads(out.read_text(encoding="utf-8"))
    return found["names"], found["unreadable"]


def ordered(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Rows in the order of the cases, then of the seeds."""
    place = {name: number for number, name in enumerate(names)}
    return sorted(rows, key=lambda row: (place.get(row["case"], len(place)), row["seed"]))


def write_whole(path: Path, value: Row) -> None:
    """A JSON file, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(value, indent=1, allow_nan=False), encoding="utf-8")
    part.replace(path)


def print_now(text: str) -> None:
    """A line that is seen at once."""
    print(text, flush=True)
