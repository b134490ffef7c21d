"""What the scripts that run cases take alike on their command line, and the cases asked for."""

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from case_files import OWN_FOLDER
from case_processes import Job, run_all
from case_run import Row


def add_arguments(parser: argparse.ArgumentParser, *, seeds: Sequence[int], limit: float) -> None:
    """Which cases and seeds, how many at a time and for how long, and where to."""
    parser.add_argument("--cases", type=Path, default=OWN_FOLDER, help="a file or a folder")
    parser.add_argument("--names", type=words, default=[], help="only these cases")
    parser.add_argument("--seeds", type=numbers, default=list(seeds), help="such as 0,1")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--limit", type=float, default=limit, help="seconds for each case")
    parser.add_argument(
        "--stop-after", type=float, default=math.inf, help="seconds after which no case is begun"
    )
    parser.add_argument(
        "--end-after", type=float, default=math.inf, help="seconds after which all are cut"
    )
    parser.add_argument("--json", type=Path, help="file for figures and rows")
    parser.add_argument("--resume", action="store_true", help="keep the rows of that file")


def requests_of(
    arguments: argparse.Namespace, names: Sequence[str], folder: Path
) -> Iterator[dict[str, Any]]:
    """What each process is told of its case: all names with the first seed, then with the next."""
    for seed in arguments.seeds:
        for number, name in enumerate(names):
            out = folder / f"{number}-{seed}.json"
            yield {"place": arguments.cases, "name": name, "seed": seed, "out": out}


def rows_of(jobs: Sequence[Job], arguments: argparse.Namespace) -> Iterator[Row]:
    """Rows as they are ready, within the limits asked for."""
    return run_all(
        jobs,
        at_once=arguments.jobs,
        limit=arguments.limit,
        stop_after=arguments.stop_after,
        end_after=arguments.end_after,
    )


def numbers(text: str) -> list[int]:
    """Such as `0,1`."""
    return [int(one) for one in text.split(",") if one]


def words(text: str) -> list[str]:
    """Such as `a,b`."""
    return [one.strip() for one in text.split(",") if one.strip()]
