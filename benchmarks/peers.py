"""What else a user would try, on the same cases, splits and trainings: who repairs with how many.

    python benchmarks/peers.py [--cases FILE_OR_FOLDER] [--names a,b] [--seeds 0] [--trainings 20]
        [--methods a,b] [--jobs N] [--json OUT] [--resume] [--plot FILE]

Methods: the search of autofix and the whole of it; fixed rules with one fix for each issue; random
search, Optuna and KerasTuner over the same fixes (up to three in a candidate); EarlyStopping,
ReduceLROnPlateau and TerminateOnNaN. All choose by the same score on the same selection part, and
none sees the test part. `pip install keras-debugger[bench]` brings the tuners; without one its
methods are named and left out.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from case_arguments import add_arguments, requests_of, rows_of, words
from case_processes import Job, names_in, ordered, print_now, write_whole
from case_run import Row
from peer_run import PeerRequest, run_peers
from peer_scores import draw_peers, rows_with, show_peers, summarize_peers
from surroundings import in_words, limit_threads, surroundings

CHOSEN = (
    "softmax_single_unit",
    "sgd_rate_too_high",
    "oscillating_loss",
    "deep_sigmoid",
    "zero_weights",
    "penalty_too_strong",
    "uneven_features",
    "targets_up_to_1e8",
    "minority_ignored",
    "overfit_small_data",
)
METHODS: dict[str, str] = {  # name -> package that it needs
    "keras_debugger search": "",
    "keras_debugger proved": "",
    "static rules": "",
    "random search": "",
    "Optuna TPE pruned": "optuna",
    "KerasTuner Hyperband": "keras_tuner",
    "KerasTuner Bayesian": "keras_tuner",
    "Keras callbacks": "",
}


def main() -> int:
    arguments = parse_arguments()
    limit_threads(1)
    absent = {name: need for name, need in METHODS.items() if need and not find_spec(need)}
    methods = tuple(name for name in arguments.methods or METHODS if name not in absent)
    with tempfile.TemporaryDirectory() as folder:
        names, unreadable = names_in(arguments.cases, Path(folder))
        chosen = arguments.names or [name for name in CHOSEN if name in names] or names
        unknown = [name for name in (*chosen, *arguments.methods) if name not in (*names, *METHODS)]
        if unknown or not chosen:
            print(f"unknown: {unknown}; not read: {unreadable}")
            return 2
        rows = kept_rows(arguments) if arguments.resume else []
        jobs = jobs_of(arguments, chosen, methods, rows, Path(folder))
        for row in rows_of(jobs, arguments):
            show_curves(row)
            rows = ordered(merged(rows, row), names)
            write(arguments, rows)
    whole = whole_rows(rows)
    figures = summarize_peers(whole, list(METHODS), arguments.trainings)
    print()
    show_peers(figures, arguments.trainings, print_now)
    for name, need in absent.items():
        print(f"left out: {name}: {need} is not installed")
    print(in_words(made_with(arguments)))
    if arguments.plot and whole:
        draw_peers(whole, list(METHODS), arguments.trainings, arguments.plot)
    write(arguments, rows)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_arguments(parser, seeds=(0,), limit=3600.0)
    parser.add_argument("--trainings", type=float, default=20.0, help="what a method may spend")
    parser.add_argument("--methods", type=words, default=[], help="only these methods")
    parser.add_argument("--plot", type=Path, help="picture to draw, such as plots/peers.png")
    return parser.parse_args()


def jobs_of(
    arguments: argparse.Namespace,
    names: Sequence[str],
    methods: tuple[str, ...],
    rows: Sequence[Row],
    folder: Path,
) -> list[Job]:
    """Of each case, the methods that have no curve yet."""
    known = {(row["case"], row["seed"]): row["curves"] for row in rows}
    facts = {"trainings": arguments.trainings}
    jobs = []
    for request in requests_of(arguments, names, folder):
        curves = known.get((request["name"], request["seed"]), {})
        left = tuple(one for one in methods if one not in curves)
        if left:
            whole = PeerRequest(limit=arguments.trainings, methods=left, **request)
            jobs.append(Job(target=run_peers, request=whole, facts=facts))
    return jobs


def kept_rows(arguments: argparse.Namespace) -> list[Row]:
    """Rows of an earlier run with the same budget; what they lack is done now."""
    if arguments.json is None or not arguments.json.exists():
        return []
    rows = json.loads(arguments.json.read_text(encoding="utf-8"))["cases"]
    return [row for row in rows if row["trainings"] == arguments.trainings and row.get("curves")]


def merged(rows: Sequence[Row], row: Row) -> list[Row]:
    """The rows with a new one, which keeps the curves of an earlier row of the same case."""
    key = (row["case"], row["seed"])
    earlier = [one for one in rows if (one["case"], one["seed"]) == key]
    curves: Row = {}
    for one in (*earlier, row):
        curves |= one.get("curves", {})
    others = [one for one in rows if (one["case"], one["seed"]) != key]
    return [*others, {**(earlier[0] if earlier else {}), **row, "curves": curves}]


def whole_rows(rows: Sequence[Row]) -> list[Row]:
    """Rows whose faulty and known-good run are done."""
    return [row for row in rows if row.get("known_good") is not None]


def show_curves(row: Row) -> None:
    if row.get("known_good") is None:
        print_now(f"{row['case']} {row['seed']}: {row['error']}")
        return
    ends = f"faulty {row['faulty']:.3f}, known good {row['known_good']:.3f}"
    print_now(f"{row['case']} {row['seed']}: {ends} {row['error']}")
    for method in METHODS:
        if rows_with([row], method):
            steps = ", ".join(f"{spent:.1f}: {score:.3f}" for spent, score in row["curves"][method])
            print_now(f"    {method}: {steps}")
    for method, problem in row.get("errors", {}).items():
        print_now(f"    {method}: {problem.strip().splitlines()[-1]}")


def write(arguments: argparse.Namespace, rows: Sequence[Row]) -> None:
    if arguments.json is None:
        return
    figures = summarize_peers(whole_rows(rows), list(METHODS), arguments.trainings)
    whole = {"methods": figures, "cases": list(rows), "made_with": made_with(arguments)}
    write_whole(arguments.json, whole)


def made_with(arguments: argparse.Namespace) -> dict[str, Any]:
    """Versions, seeds, cores and threads."""
    chosen = {"jobs": arguments.jobs, "seeds": arguments.seeds, "trainings": arguments.trainings}
    return surroundings("optuna", "keras-tuner", threads=1, **chosen)


if __name__ == "__main__":
    sys.exit(main())
