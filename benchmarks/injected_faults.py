"""What is found in trainings with one known fault, and whether its cause is named.

    python benchmarks/injected_faults.py [--runs N] [--jobs N] [--json OUT] [--resume]
        [--healthy JSON] [--part i/n] [--plots FOLDER] [--counts FILE] [--rates FILE]
        [--only-figures] [--first-seed S] [--records FOLDER]

Faults with a dial (programs/faults/) are put into healthy programs. One round puts each fault at
each strength into one program, the next round into the next, so that the first runs are spread
over all. A fault counts only where it harms (programs/harm.py). Causes are ranked with the counts
of the package less those of the program that is judged. `--healthy` takes the healthy twins
from what healthy_runs.py wrote; twins that are missing there are trained.

`--counts` writes for each cause how often each finding goes with it: `n` runs, `codes` and
`symptoms` of any severity, the same above a note, and the same for each program; and the same of
healthy runs. `--rates` writes for each check its false alarms and what it told of.
"""

import argparse
import sys
import warnings
import zlib
from functools import partial
from pathlib import Path
from typing import NamedTuple

from healthy_runs import train_and_diagnose
from programs.counting import causes_without, counts_of
from programs.fault_scores import confusion, detection, error_rates, show, totals
from programs.faults import FAULTS, HOSTS, Fault
from programs.harm import effective, twins_of
from programs.healthy import programs
from programs.plots import plot_confusion, plot_detection, plot_reliability
from programs.reliability import bins, in_lines, of_findings, of_first_causes, scores
from programs.rows import Row, alarms, describe, part_of, read, run_all, write
from surroundings import in_words, limit_threads, surroundings

DEFAULT_RUNS = 600
TWIN_SEEDS = (0, 1)


class Request(NamedTuple):
    """A fault at a strength in a program, with a seed."""

    fault: str
    strength: float
    host: str
    seed: int


def main() -> int:
    arguments = parse_arguments()
    limit_threads(1)
    healthy = read(arguments.healthy)
    rows = read(arguments.json) if arguments.resume or arguments.only_figures else []
    twins = read(arguments.json, "twins") if arguments.resume or arguments.only_figures else []
    if not arguments.only_figures:
        done = {Request(row["fault"], row["strength"], row["host"], row["seed"]) for row in rows}
        wanted = requests(arguments.runs, arguments.first_seed)
        todo = [one for one in part_of(wanted, arguments.part) if one not in done]
        hosts = {one.host for one in wanted}
        lacking = missing_twins(hosts, [*healthy, *twins], arguments.first_seed)
        for row in run_all(
            partial(train_and_diagnose, records=arguments.records), lacking, jobs=arguments.jobs
        ):
            twins.append(row)
        faulty = partial(train_faulty, records=arguments.records)
        for row in run_all(faulty, todo, jobs=arguments.jobs):
            rows.append(row)
            show_row(row)
            write(arguments.json, {"rows": rows, "twins": twins})
    report(rows, twins, healthy, arguments)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=DEFAULT_RUNS, help="faulty trainings")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--json", type=Path, help="file for figures and rows")
    parser.add_argument("--resume", action="store_true", help="keep the rows of that file")
    parser.add_argument("--only-figures", action="store_true", help="train nothing")
    parser.add_argument("--healthy", type=Path, help="what healthy_runs.py wrote")
    parser.add_argument("--part", default="", help="i/n: the i-th of n parts of the runs")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--records", type=Path, help="folder of kept runs")
    parser.add_argument("--plots", type=Path, help="folder for the pictures")
    parser.add_argument("--counts", type=Path, help="file for the counts of causes")
    parser.add_argument("--rates", type=Path, help="file for the error rates of checks")
    return parser.parse_args()


def requests(count: int, first_seed: int = 0) -> list[Request]:
    """The first runs of the matrix, round by round."""
    known = {program.name: program for program in programs()}
    hosts = {fault.name: [name for name in HOSTS if fault.fits(known[name])] for fault in FAULTS}
    dial = [(fault, strength) for fault in FAULTS for strength in fault.strengths]
    made: list[Request] = []
    while len(made) < count:
        turn = len(made) // len(dial)
        for fault, strength in dial:
            fitting = hosts[fault.name]
            place = turn + zlib.crc32(f"{fault.name} {strength:g}".encode())
            made.append(
                Request(
                    fault.name,
                    strength,
                    fitting[place % len(fitting)],
                    first_seed + turn // len(fitting),
                )
            )
    return made[:count]


def missing_twins(hosts: set[str], rows: list[Row], first_seed: int = 0) -> list[tuple[str, int]]:
    """Healthy programs and seeds that are still to be trained."""
    done = {(row["program"], row["seed"]) for row in rows}
    return [
        (host, first_seed + seed)
        for host in sorted(hosts)
        for seed in TWIN_SEEDS
        if (host, first_seed + seed) not in done
    ]


def train_faulty(request: Request, *, records: Path | None = None) -> Row:
    """One row: a program with a fault, and what was found."""
    from programs.kept_runs import run_of

    from keras_debugger import diagnose

    fault = _fault(request.fault)
    host = next(one for one in programs() if one.name == request.host)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = run_of(fault.put_into(host, request.strength), request.seed, records)
        diagnosis = diagnose(run.record)
    causes = causes_without(request.host, diagnosis.findings, run.record)
    return {
        **describe(run, diagnosis),
        **request._asdict(),
        "cause": fault.cause.name,
        "causes": [[cause.kind.name, round(cause.confidence, 3)] for cause in causes],
    }


def _fault(name: str) -> Fault:
    return next(fault for fault in FAULTS if fault.name == name)


def report(
    rows: list[Row], twins: list[Row], healthy: list[Row], arguments: argparse.Namespace
) -> None:
    """Figures, files and pictures of all rows."""
    once = {(row["program"], row["seed"]): row for row in [*healthy, *twins]}
    sound = [row for row in once.values() if row["healthy"]]
    harmful = effective(rows, twins_of(sound))
    table, named, whole = detection(rows, harmful), confusion(harmful), totals(harmful)
    harmless = [row for row in rows if row not in harmful]
    said = {"findings": of_findings(harmful, sound), "first cause": of_first_causes(harmful)}
    made_with = surroundings(threads=1, jobs=arguments.jobs)
    write(
        arguments.json,
        {
            **whole,
            "harmless": len(harmless),
            "harmless_told_of": sum(bool(alarms(row)) for row in harmless),
            "tried": len(rows),
            "harmful": len(harmful),
            "strengths": table,
            "confusion": named,
            "said": {name: {**scores(one), "bins": bins(one)} for name, one in said.items()},
            "made_with": made_with,
            "rows": rows,
            "twins": twins,
        },
    )
    if arguments.counts:
        command = made_with.pop("command")
        counts = counts_of(harmful, sound)
        left_out = {key: whole[key] for key in whole if key.startswith("left_out")}
        write(
            arguments.counts,
            {"command": command, "versions": made_with, "left_out": left_out, **counts},
        )
    if arguments.rates:
        write(arguments.rates, error_rates(sound, harmful))
    if arguments.plots:
        plot_detection(table, arguments.plots / "fault_detection.png")
        plot_confusion(named, arguments.plots / "fault_causes.png")
        plot_reliability(said, arguments.plots / "fault_reliability.png")
    show(table, whole, named)
    print("\n| with what probability | said | right (95 %) | n |\n| --- | --- | --- | --- |")
    for name, one in said.items():
        print("\n".join(in_lines(name, one)))
    told = sum(bool(alarms(row)) for row in harmless)
    print(f"\n{len(rows)} runs, {len(harmful)} harmful; {len(sound)} healthy runs beside them")
    print(f"of {len(harmless)} runs whose fault did not harm, {told} have a finding above a note")
    print(in_words(made_with))


def show_row(row: Row) -> None:
    codes = ",".join(sorted({one["code"] for one in alarms(row)}))
    first = row["causes"][0][0] if row["causes"] else "-"
    print(
        f"{row['program']:60} {row['seed']:2} {row['reached']:6.3f} {row['seconds']:5.1f} s "
        f"{row['cause']} -> {first} {codes} {' '.join(row['crashed'])}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
