"""How often something is found where nothing is wrong: false alarms on healthy trainings.

    python benchmarks/healthy_runs.py [--runs N] [--quick] [--jobs N] [--json OUT] [--resume]
        [--names a,b] [--part i/n] [--first-seed S] [--records FOLDER]

Each run is a small program (programs/healthy.py) trained under the Recorder as a user has it, then
diagnosed, with what simple models reach on the same rows. A finding above a note is a false alarm,
if the run is healthy by its score: at least 80 % of the way from the constant answer to
scikit-learn's best usual model on the same rows, and a validation loss that does not end far above
its lowest (programs/scores.py). Runs that are not healthy by that rule are reported and not
counted. `--records` keeps each run in a folder and takes those that are there, so that changed
checks judge the same runs again.
"""

import argparse
import sys
import warnings
from collections import Counter
from functools import partial
from pathlib import Path

from programs.healthy import programs
from programs.rows import (
    Row,
    alarms,
    describe,
    part_of,
    read,
    run_all,
    share_text,
    wilson,
    write,
)
from surroundings import in_words, limit_threads, surroundings

DEFAULT_RUNS = 240
QUICK_RUNS = 40


def main() -> int:
    arguments = parse_arguments()
    limit_threads(1)
    wanted = requests(arguments.runs, arguments.names, arguments.first_seed)
    rows = read(arguments.json) if arguments.resume else []
    done = {(row["program"], row["seed"]) for row in rows}
    todo = [one for one in part_of(wanted, arguments.part) if one not in done]
    work = partial(train_and_diagnose, records=arguments.records)
    for row in run_all(work, todo, jobs=arguments.jobs):
        rows.append(row)
        show_row(row)
        write(arguments.json, whole(rows, arguments))
    write(arguments.json, whole(rows, arguments))
    show(whole(rows, arguments))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=DEFAULT_RUNS, help="trainings")
    parser.add_argument("--quick", action="store_true", help=f"only {QUICK_RUNS} trainings")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--json", type=Path, help="file for figures and rows")
    parser.add_argument("--resume", action="store_true", help="keep the rows of that file")
    parser.add_argument("--names", default="", help="only these programs, such as digits-mlp,wine")
    parser.add_argument("--part", default="", help="i/n: the i-th of n parts of the runs")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--records", type=Path, help="folder of kept runs")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.runs = QUICK_RUNS
    return arguments


def requests(count: int, names: str = "", first_seed: int = 0) -> list[tuple[str, int]]:
    """Programs and seeds: every program once before any is trained again."""
    chosen = [one for one in names.split(",") if one] or [one.name for one in programs()]
    return [(chosen[at % len(chosen)], first_seed + at // len(chosen)) for at in range(count)]


def train_and_diagnose(request: tuple[str, int], *, records: Path | None = None) -> Row:
    """One row: a program trained with a seed, and what was found."""
    from programs.kept_runs import run_of

    from keras_debugger import diagnose

    name, seed = request
    program = next(one for one in programs() if one.name == name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = run_of(program, seed, records, simple_models=True)
        return describe(run, diagnose(run.record))


def whole(rows: list[Row], arguments: argparse.Namespace) -> dict:
    """Figures and rows."""
    healthy = [row for row in rows if row["healthy"]]
    false = [row for row in healthy if alarms(row)]
    codes = Counter(code for row in healthy for code in {one["code"] for one in alarms(row)})
    checked = Counter(code for row in healthy for code in row["checked"])
    return {
        "runs": len(healthy),
        "false_alarms": len(false),
        "interval": wilson(len(false), len(healthy)),
        "checks": {
            code: {
                "runs": checked[code],
                "false_alarms": codes[code],
                "interval": wilson(codes[code], checked[code]),
            }
            for code in sorted(checked)
        },
        "alarms": [
            {
                "program": row["program"],
                "seed": row["seed"],
                "code": one["code"],
                "summary": one["summary"],
            }
            for row in false
            for one in alarms(row)
        ],
        "not_healthy": [
            [row["program"], row["seed"], row["reached"], row["constant"], row["reference"]]
            for row in rows
            if not row["healthy"]
        ],
        "made_with": surroundings(threads=1, jobs=arguments.jobs, first_seed=arguments.first_seed),
        "rows": rows,
    }


def show_row(row: Row) -> None:
    codes = ",".join(sorted({one["code"] for one in alarms(row)}))
    state = "healthy" if row["healthy"] else "NOT HEALTHY"
    print(
        f"{row['program']:32} {row['seed']:3} {state:11} {row['reached']:6.3f} of "
        f"{row['reference']:6.3f} {row['seconds']:5.1f} s {codes} {' '.join(row['crashed'])}",
        flush=True,
    )


def show(result: dict) -> None:
    print()
    print("| check | healthy runs | false alarms | share |")
    print("| --- | --- | --- | --- |")
    for code, one in result["checks"].items():
        if one["false_alarms"]:
            print(
                f"| {code} | {one['runs']} | {one['false_alarms']} | "
                f"{share_text(one['false_alarms'], one['runs'])} |"
            )
    print(
        f"| any | {result['runs']} | {result['false_alarms']} | "
        f"{share_text(result['false_alarms'], result['runs'])} |"
    )
    print(f"\nprograms: {len({row['program'] for row in result['rows']})}")
    print(f"not healthy by their score, not counted: {len(result['not_healthy'])}")
    print(in_words(result["made_with"]))
    for one in result["alarms"]:
        print(f"{one['program']} seed {one['seed']}: {one['code']} {one['summary']}")


if __name__ == "__main__":
    sys.exit(main())
