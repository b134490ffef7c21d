"""How many faulty programs are found, understood and repaired, and how many healthy ones are not.

    python benchmarks/score_cases.py [--cases FILE_OR_FOLDER] [--seeds 0,1] [--names a,b]
        [--diagnose-only] [--jobs N] [--json OUT] [--resume]

Each case and seed is a process of its own with a time limit: what raises or hangs becomes a row
with `error`. The JSON is written after every row; `--resume` keeps its rows without an error and
does the rest, so that the table can be made in parts. cases/README.md says what counts.
"""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from case_files import OWN_FOLDER
from case_processes import (
    Job,
    names_in,
    numbers,
    ordered,
    print_now,
    run_all,
    versions,
    words,
    write_whole,
)
from case_run import Request, Row, limit_threads, run_case
from case_scores import show_head, show_row, show_summary, summarize


def main() -> int:
    arguments = parse_arguments()
    limit_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as folder:
        names, unreadable = names_in(arguments.cases, Path(folder))
        unknown = [name for name in arguments.names if name not in names]
        if unknown or not names:
            print(f"no such cases: {unknown}" if unknown else f"no cases: {unreadable}")
            return 2
        rows = kept_rows(arguments) if arguments.resume else []
        jobs = jobs_of(arguments, arguments.names or names, rows, Path(folder))
        show_head(print_now)
        for row in rows:
            show_row(row, print_now)
        for row in run_all(
            jobs,
            at_once=arguments.jobs,
            limit=arguments.limit,
            stop_after=arguments.stop_after,
            end_after=arguments.end_after,
        ):
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
    parser.add_argument("--limit", type=float, default=900.0, help="seconds for each case")
    parser.add_argument(
        "--stop-after", type=float, default=math.inf, help="seconds after which no case is begun"
    )
    parser.add_argument(
        "--end-after", type=float, default=math.inf, help="seconds after which all are cut"
    )
    parser.add_argument("--json", type=Path, help="file for figures and rows")
    parser.add_argument("--resume", action="store_true", help="keep the rows of that file")
    return parser.parse_args()


def jobs_of(
    arguments: argparse.Namespace, names: Sequence[str], rows: Sequence[Row], folder: Path
) -> list[Job]:
    """What is still to do: all names with the first seed, then with the next."""
    done = {(row["case"], row["seed"]) for row in rows}
    return [
        Job(
            target=run_case,
            request=Request(
                place=arguments.cases,
                name=name,
                seed=seed,
                diagnose_only=arguments.diagnose_only,
                budget=arguments.budget,
                seeds=arguments.proof_seeds,
                out=folder / f"{number}-{seed}.json",
            ),
            facts={"diagnose_only": arguments.diagnose_only},
        )
        for seed in arguments.seeds
        for number, name in enumerate(names)
        if (name, seed) not in done
    ]


def kept_rows(arguments: argparse.Namespace) -> list[Row]:
    """Rows of an earlier run of the same kind that ended without an error."""
    if arguments.json is None or not arguments.json.exists():
        return []
    rows = json.loads(arguments.json.read_text(encoding="utf-8"))["cases"]
    kind = arguments.diagnose_only
    return [row for row in rows if not row["error"] and row["diagnose_only"] == kind]


def write(arguments: argparse.Namespace, rows: Sequence[Row], unreadable: dict[str, str]) -> None:
    if arguments.json is not None:
        made = {"unreadable": unreadable, "made_with": surroundings(arguments)}
        write_whole(arguments.json, {**summarize(rows), "cases": list(rows), **made})


def surroundings(arguments: argparse.Namespace) -> dict[str, Any]:
    """Versions, seeds and cores."""
    chosen = ("jobs", "threads", "seeds", "budget", "proof_seeds")
    return {**versions(), **{name: getattr(arguments, name) for name in chosen}}


if __name__ == "__main__":
    sys.exit(main())
