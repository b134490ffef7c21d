"""How many faulty programs are found, understood and repaired, and how many healthy ones are not.

    python benchmarks/score_cases.py [--cases FILE_OR_FOLDER] [--seeds 0,1] [--names a,b]
        [--diagnose-only] [--jobs N] [--json OUT] [--resume]

Each case and seed is a process of its own with a time limit: what raises or hangs becomes a row
with `error`. The JSON is written after every row; `--resume` keeps its rows without an error and
does the rest, so that the table can be made in parts. cases/README.md says what counts.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from case_arguments import add_arguments, requests_of, rows_of
from case_processes import Job, names_in, ordered, print_now, write_whole
from case_run import Request, Row, run_case
from case_scores import show_head, show_row, show_summary, summarize
from surroundings import in_words, limit_threads, surroundings


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
        for row in rows_of(jobs, arguments):
            show_row(row, print_now)
            rows = ordered([*rows, row], names)
            write(arguments, rows, unreadable)
    write(arguments, rows, unreadable)
    print()
    show_summary(summarize(rows), print_now)
    for file, reason in unreadable.items():
        print(f"not read: {file}: {reason}")
    print(in_words(made_with(arguments)))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_arguments(parser, seeds=(0, 1), limit=900.0)
    parser.add_argument("--diagnose-only", action="store_true", help="the record alone")
    parser.add_argument("--threads", type=int, default=1, help="threads of each process")
    parser.add_argument("--budget", type=float, default=3.0, help="of the search, in trainings")
    parser.add_argument("--proof-seeds", type=int, default=5, help="seeds of the proof")
    return parser.parse_args()


def jobs_of(
    arguments: argparse.Namespace, names: Sequence[str], rows: Sequence[Row], folder: Path
) -> list[Job]:
    """What is still to do."""
    done = {(row["case"], row["seed"]) for row in rows}
    return [
        Job(
            target=run_case,
            request=Request(
                diagnose_only=arguments.diagnose_only,
                budget=arguments.budget,
                seeds=arguments.proof_seeds,
                **request,
            ),
            facts={"diagnose_only": arguments.diagnose_only},
        )
        for request in requests_of(arguments, names, folder)
        if (request["name"], request["seed"]) not in done
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
        made = {"unreadable": unreadable, "made_with": made_with(arguments)}
        write_whole(arguments.json, {**summarize(rows), "cases": list(rows), **made})


def made_with(arguments: argparse.Namespace) -> dict[str, Any]:
    """Versions, seeds, cores and threads."""
    chosen = ("jobs", "threads", "seeds", "budget", "proof_seeds")
    return surroundings(**{name: getattr(arguments, name) for name in chosen})


if __name__ == "__main__":
    sys.exit(main())
