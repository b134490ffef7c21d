"""The rows of the baseline from check to verdict, each beside its healthy twin.

For each row the faulty program goes through autofix, and its twin through autofix as well. Prints
a table; nothing is chosen or left out.

Usage: python benchmarks/rows.py [--json OUT] [NAME ...]
"""

import argparse
import json
import sys
import time
from pathlib import Path

from surroundings import in_words, limit_threads, surroundings

limit_threads(1)
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "rows"))

import keras  # noqa: E402
import row_cases  # noqa: E402

import keras_debugger  # noqa: E402

HEAD = (
    "| fault | found | cause named first | fix | before | after | less error (bounds) | verdict "
    "| twin | trainings | s |"
)


def measure(row: row_cases.Row) -> dict[str, object]:
    """What autofix makes of the faulty program and of its healthy twin."""
    keras.utils.set_random_seed(0)
    start = time.perf_counter()
    result = keras_debugger.autofix(row.faulty(), row.data(), verbose=0, **row.fit)
    seconds = time.perf_counter() - start
    keras.utils.set_random_seed(0)
    twin = keras_debugger.autofix(
        row.healthy(), (row.healthy_data or row.data)(), verbose=0, **row.fit
    )
    found = sorted({f.symptom.name for f in result.diagnosis.problems if f.symptom})
    cause = result.diagnosis.causes[0].kind.name if result.diagnosis.causes else "-"
    proof = result.proof
    return {
        "fault": row.name,
        "found": found,
        "found_right": bool(row.symptoms & set(found)),
        "cause": cause,
        "cause_right": cause in row.causes,
        "fix": result.plan.name if result.plan else "-",
        "metric": proof.metric,
        "before": _mean(proof.before),
        "after": _mean(proof.after),
        "gain": proof.gain,
        "low": proof.low,
        "high": proof.high,
        "verdict": str(result.verdict),
        "twin": str(twin.verdict),
        "twin_findings": [f.code for f in twin.diagnosis.problems],
        "cost": result.cost,
        "seconds": seconds,
    }


def _mean(values: tuple[float, ...]) -> float:
    return round(sum(values) / len(values), 9) if values else float("nan")


def line(measured: dict) -> str:
    """One row of the table."""
    m = measured
    mark = {True: "", False: " (!)"}
    return (
        f"| {m['fault']} | {', '.join(m['found']) or '-'}{mark[m['found_right']]} "
        f"| {m['cause']}{mark[m['cause_right']]} | {m['fix']} "
        f"| {m['metric']} {m['before']:.3g} | {m['after']:.3g} "
        f"| {m['gain']:.0%} ({m['low']:.0%} to {m['high']:.0%}) | {m['verdict']} "
        f"| {m['twin']}{' ' + ' '.join(m['twin_findings']) if m['twin_findings'] else ''} "
        f"| {m['cost']:.1f} | {m['seconds']:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    made_with = surroundings(seed=0, seeds_of_the_proof="1000 to 1004", threads=1)
    print(in_words(made_with) + "\n")
    print(HEAD)
    print("|" + " --- |" * (HEAD.count("|") - 1))
    rows = []
    for row in row_cases.ROWS:
        if not options.names or row.name in options.names:
            rows.append(measure(row))
            print(line(rows[-1]), flush=True)
            keras.backend.clear_session()
    if options.json:
        whole = {"rows": rows, "made_with": made_with}
        options.json.write_text(json.dumps(whole, indent=1, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
