"""Scores the reading and judging of real training logs, from curves alone.

    python benchmarks/score_logs.py [FOLDER] [--json OUT]

FOLDER (shared/logs beside this repository, if not given) holds logs and a `manifest.csv` with the
columns file, kind, visible, symptoms, cause and epochs. Kinds are faulty, healthy, unclear, edge
and negative; `symptoms` are names of `Symptom` or HEALTHY, `cause` names of `Cause`, if known.
"""

import argparse
import csv
import json
from dataclasses import dataclass
from pathlib import Path

from surroundings import in_words, surroundings

from keras_debugger import diagnose
from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.storage import read_source
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Severity

CONFIDENT = 0.8
LOGS = Path(__file__).resolve().parents[2] / "shared" / "logs"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One log: what the manifest says and what the diagnosis says."""

    row: dict[str, str]
    record: TrainingRecord | None
    findings: tuple[Finding, ...] = ()
    causes: tuple[str, ...] = ()
    crashed: tuple[str, ...] = ()

    @property
    def problems(self) -> list[Finding]:
        """Findings above a note."""
        return [found for found in self.findings if found.severity > Severity.NOTE]

    @property
    def seen(self) -> list[str]:
        """Symptoms among the problems."""
        return [found.symptom.name for found in self.problems if found.symptom is not None]

    @property
    def wanted(self) -> list[str]:
        """Symptoms of the manifest."""
        return [name for name in self.row["symptoms"].split(";") if name]

    @property
    def is_healthy(self) -> bool:
        """Whether a reader sees that the run is healthy."""
        return self.row["visible"] == "yes" and self.wanted[:1] == ["HEALTHY"]

    @property
    def is_faulty(self) -> bool:
        """Whether a reader sees a fault."""
        return self.row["visible"] == "yes" and bool(self.wanted) and not self.is_healthy

    @property
    def right(self) -> bool:
        """Whether a problem is one of the symptoms of the manifest."""
        return bool({*self.seen} & {*self.wanted})

    def names_cause(self, first: int) -> bool:
        """Whether one of the first causes is one of the manifest."""
        return bool({*self.causes[:first]} & {*self.row["cause"].split(";")})


def judge(folder: Path, row: dict[str, str]) -> Judged:
    try:
        record = read_source(folder / row["file"])
    except UnreadableFileError:
        return Judged(row=row, record=None)
    diagnosis = diagnose(record)
    return Judged(
        row=row,
        record=record,
        findings=diagnosis.findings,
        causes=tuple(cause.kind.name for cause in diagnosis.causes),
        crashed=tuple(crash.traceback for crash in diagnosis.crashed),
    )


def share(hits: list[bool]) -> str:
    return f"{sum(hits)} of {len(hits)} ({sum(hits) / max(len(hits), 1):.0%})"


def read_right(judged: Judged) -> bool:
    """Refused if it must be, else as many epochs as a plain reader finds, or more."""
    if judged.row["kind"] == "negative":
        return judged.record is None or bool(judged.record.notes)
    return judged.record is not None and judged.record.epochs.count >= int(judged.row["epochs"])


def summarize(logs: list[Judged]) -> dict[str, str]:
    edge = [log for log in logs if log.row["kind"] == "edge"]
    settled = [log for log in logs if log.is_faulty and log.row.get("cause")]
    return {
        "read right": share([read_right(log) for log in logs]),
        "crashed checks": str(sum(len(log.crashed) for log in logs)),
        "visible faults found": share([log.right for log in logs if log.is_faulty]),
        "cause named first": share([log.names_cause(1) for log in settled]),
        "cause among the first three": share([log.names_cause(3) for log in settled]),
        "false alarms on healthy logs": share(
            [bool(log.problems) for log in logs if log.is_healthy]
        ),
        "confident findings on edge cases": share(
            [any(found.confidence >= CONFIDENT for found in log.problems) for log in edge]
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=LOGS, help="logs and manifest.csv")
    parser.add_argument("--json", type=Path, help="file for figures and findings")
    arguments = parser.parse_args()
    if not (arguments.folder / "manifest.csv").is_file():
        parser.error(f"no manifest.csv in {arguments.folder}")
    with (arguments.folder / "manifest.csv").open(encoding="utf-8") as file:
        logs = [judge(arguments.folder, row) for row in csv.DictReader(file)]
    for log in logs:
        wrong = (log.is_faulty and not log.right) or (log.is_healthy and log.problems)
        odd = log.crashed or not read_right(log)
        if wrong or odd or (log.row["kind"] == "edge" and log.problems):
            print(f"{log.row['file']:40s} wanted {log.row['symptoms'] or '-'}")
            for found in log.problems:
                print(f"    {found.code} {found.confidence:.2f} {found.summary}")
            for crash in log.crashed:
                print(crash)
    summary = summarize(logs)
    print("\n| figure | value |\n| --- | --- |")
    for name, value in summary.items():
        print(f"| {name} | {value} |")
    made_with = surroundings(threads=1)  # nothing is drawn, so no seed
    print(f"\n{in_words(made_with)}")
    if arguments.json:
        rows = [
            {
                "file": log.row["file"],
                "wanted": log.wanted,
                "causes": list(log.causes),
                "findings": [
                    {"code": f.code, "severity": f.severity.name, "confidence": f.confidence}
                    for f in log.findings
                ],
            }
            for log in logs
        ]
        whole = {"summary": summary, "logs": rows, "made_with": made_with}
        arguments.json.write_text(json.dumps(whole, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
