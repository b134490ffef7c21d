"""How often the right cause is named: by a plain table, by a good one, and by experiments.

Healthy programs (benchmarks/programs) get one or two faults; those that stay healthy with it are
left out. Each is diagnosed by the rules of a plain workflow, by the checks with the judged table,
by the same with counts from the other programs (whole programs left out), by probes of fixes in
random order, and as `autofix` does it. Rows are written as they are made: a run that was cut off
goes on from its file, and `--part` shares the work.

    python benchmarks/causes.py [--hosts NAME ...] [--faults NAME ...] [--pairs] [--seeds N ...]
                                [--budget 2] [--part 1/4] [--compare] [--json FILE] [--plot FILE]

`--budget 0` makes no search: the record and a profile of all the data.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent))

import cause_tables as tables
from cause_rows import HOSTS, NAMES, Task, make_row
from programs.faults import FAULTS
from programs.reliability import in_lines
from programs.training import train
from surroundings import in_words, surroundings

from keras_debugger.types.remedies import REMEDIES
from keras_debugger.types.vocabulary import CauseKind

USUAL_HOSTS = ("wine-tanh", "cancer", "diabetes", "moons")
PAIRS = (
    ("raw-inputs", "rate-low"),
    ("raw-inputs", "relu-output"),
    ("raw-targets", "rate-low"),
    ("raw-inputs", "raw-targets"),
    ("zero-start", "rate-low"),
    ("frozen", "raw-inputs"),
    ("strong-penalty", "rate-low"),
    ("sigmoid-output", "rate-low"),
    ("missing-values", "raw-inputs"),
    ("rate-high", "huge-start"),
)


def main() -> None:
    options = _options()
    rows = _load(options.json)
    tasks = [*_tasks(options)]
    part, parts = (int(number) for number in options.part.split("/"))
    for task in tasks[part - 1 :: parts]:
        if task.key in rows:
            continue
        if time.monotonic() > options.until:
            break
        try:
            row = make_row(task, budget=options.budget, compare=options.compare)
        except Exception as error:  # a fault that this program cannot have
            print(f"{task.key}: left out, {type(error).__name__}", flush=True)
            continue
        row["host_reached"] = _host_score(task, rows)
        row["data_at_fault"] = any(not REMEDIES[CauseKind[name]] for name in task.causes)
        rows[task.key] = row
        _save(rows, options.json)
        print(
            f"{task.key}: {row.get('experiments', row.get('static', 'healthy'))[:2]}, "
            f"{row['seconds']:.0f} s",
            flush=True,
        )
    _show([row for row in rows.values() if row["causes"]], options)


def _tasks(options: argparse.Namespace) -> Sequence[Task]:
    faults = PAIRS if options.pairs else tuple((fault.name,) for fault in FAULTS)
    if options.faults:
        faults = tuple(names for names in faults if set(names) <= set(options.faults))
    tasks = [
        Task(host=host, faults=tuple((name, _strength(name)) for name in names), seed=seed)
        for seed in options.seeds
        for names in faults
        for host in options.hosts
        if all(NAMES[name].fits(HOSTS[host]) for name in names)
    ]
    random.Random(0).shuffle(tasks)  # what was made when a run is cut off is a fair sample
    return tasks


def _strength(fault: str) -> float:
    """The middle of a fault's dial."""
    strengths = NAMES[fault].strengths
    return strengths[len(strengths) // 2]


def _host_score(task: Task, rows: dict[str, dict]) -> float:
    """Score of the healthy program on the same rows; kept with the other rows."""
    host = Task(host=task.host, faults=(), seed=task.seed)
    if host.key not in rows:
        reached = train(host.program(), host.seed).reached
        rows[host.key] = {"key": host.key, "causes": (), "reached": reached, "seconds": 0.0}
    return float(rows[host.key]["reached"])


def _show(rows: Sequence[dict], options: argparse.Namespace) -> None:
    faulty = [row for row in rows if not row["healthy"]]
    print(f"\n{in_words(surroundings(seeds=options.seeds))}")
    print(
        f"{len(faulty)} faulty programs ({len(rows) - len(faulty)} more stayed healthy with their "
        f"fault); budget {options.budget:g} trainings"
    )
    searched = [row for row in faulty if "experiments" in row]
    for lines in (
        tables.hits(faulty),
        tables.confusion(faulty, "experiments" if searched else "static"),
        tables.outcome(searched),
        tables.did_not_pay(searched),
    ):
        print()
        for line in lines:
            print(line)
    print("\n| first cause | said | right (95 %) | programs |\n| --- | --- | --- | --- |")
    for way in ("static", "experiments"):
        for line in in_lines(tables.WAYS[way], tables.calibration(faulty, way)):
            print(line)
    if options.plot is not None and faulty:
        tables.plot_calibration(faulty, options.plot)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", nargs="+", default=USUAL_HOSTS, choices=sorted(HOSTS))
    parser.add_argument("--faults", nargs="+", choices=sorted(NAMES))
    parser.add_argument("--pairs", action="store_true", help="two faults at once")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--budget", type=float, default=2.0, help="0: the record alone")
    parser.add_argument("--part", default="1/1", help="which share of the programs: 1/4")
    parser.add_argument("--compare", action="store_true", help="also probes in random order")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    options.until = time.monotonic() + 60.0 * options.minutes
    return options


def _load(path: Path | None) -> dict[str, dict]:
    return json.loads(path.read_text()) if path is not None and path.is_file() else {}


def _save(rows: dict[str, dict], path: Path | None) -> None:
    if path is not None:
        path.with_suffix(".tmp").write_text(json.dumps(rows, indent=1))
        path.with_suffix(".tmp").replace(path)


if __name__ == "__main__":
    main()
