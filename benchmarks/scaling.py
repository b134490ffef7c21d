"""How the diagnosis scales: time and memory by the length of a run and the depth of its model.

The records are made, not trained: values of a healthy run, with as many rows as the recorder's own
tables keep of so many steps. A diagnosis is timed from the record to the ranked causes; the peak is
what Python allocated for it beside the record. Beside it, what it takes to save and load a record,
to import the package and to start the command line (each in a process of its own).

    python benchmarks/scaling.py [--quick] [--json OUT] [--steps 1e3,1e5] [--layers 10,100]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from surroundings import in_words, limit_threads, surroundings

limit_threads(1)

from record_size import bytes_of  # noqa: E402
from scaling_records import make_record  # noqa: E402

from keras_debugger import diagnose  # noqa: E402
from keras_debugger.checks import ALL_CHECKS  # noqa: E402
from keras_debugger.checks.runner import run_checks  # noqa: E402
from keras_debugger.recording.storage import load_record, save_record  # noqa: E402
from keras_debugger.types.record import TrainingRecord  # noqa: E402

STEPS = (1e3, 1e4, 1e5, 1e6, 1e7)
LAYERS = (10, 100, 1000)
QUICK_STEPS = (1e3, 1e5, 1e7)
SLOW = 3.0  # seconds, above which a time is taken once
HEAD = (
    "| steps | layers | rows of gradients | record, MiB | file, MiB | diagnosis, s "
    "| peak, MiB | slowest check | save, s | load, s | problems |"
)
RUN = "import sys; from keras_debugger.cli import main; sys.exit(main(sys.argv[1:]))"


def measure(steps: int, layers: int, folder: Path) -> dict:
    record = make_record(steps, layers)
    diagnosis = diagnose(record)  # what is loaded on first use is not timed
    seconds = seconds_of(lambda: diagnose(record))
    tracemalloc.start()
    diagnose(record)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    check, share = slowest_check(record)
    path = folder / f"{steps}_{layers}.npz"
    saving = seconds_of(lambda: save_record(record, path))
    loading = seconds_of(lambda: load_record(path))
    return {
        "steps": steps,
        "layers": layers,
        "rows": len(record.gradients.step),
        "record_mib": bytes_of(record) / 2**20,
        "file_mib": path.stat().st_size / 2**20,
        "seconds": seconds,
        "peak_mib": peak / 2**20,
        "slowest": check,
        "slowest_seconds": share,
        "save_seconds": saving,
        "load_seconds": loading,
        "problems": [finding.code for finding in diagnosis.problems],
        "crashed": [crashed.code for crashed in diagnosis.crashed],
    }


def seconds_of(work: Callable[[], object]) -> float:
    """Wall seconds, the median of three; one alone if it is slow."""
    taken: list[float] = []
    while len(taken) < 3 and not (taken and taken[0] > SLOW):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def slowest_check(record: TrainingRecord) -> tuple[str, float]:
    taken = {}
    for check in ALL_CHECKS:
        start = time.perf_counter()
        run_checks(record, (check,))
        taken[check.code] = time.perf_counter() - start
    code = max(taken, key=taken.__getitem__)
    return code, taken[code]


def start_up(path: Path, *, repeats: int, word: str) -> dict:
    """Seconds of whole processes whose name holds a word, the median of some."""
    commands = {
        "python alone": ["-c", "pass"],
        "import keras_debugger": ["-c", "import keras_debugger"],
        "diagnose is loaded": ["-c", "from keras_debugger import diagnose"],
        "Recorder is loaded": ["-c", "from keras_debugger import Recorder"],
        "keras alone": ["-c", "import keras"],
        "keras-debugger --version": ["-c", RUN, "--version"],
        "keras-debugger list-checks": ["-c", RUN, "list-checks"],
        "keras-debugger explain GRD101": ["-c", RUN, "explain", "GRD101"],
        "keras-debugger diagnose FILE": ["-c", RUN, "diagnose", str(path)],
    }
    found = {}
    for name, words in commands.items():
        if word not in name:
            continue
        taken = []
        for _ in range(repeats):
            start = time.perf_counter()
            subprocess.run([sys.executable, *words], capture_output=True, check=False)
            taken.append(time.perf_counter() - start)
        found[name] = statistics.median(taken)
    return found


def numbers(text: str) -> list[int]:
    return [int(float(word)) for word in text.split(",")]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer lengths")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--steps", type=numbers, help="such as 1e3,1e5")
    parser.add_argument("--layers", type=numbers, default=[int(n) for n in LAYERS])
    parser.add_argument("--repeats", type=int, default=5, help="processes for each start-up")
    parser.add_argument("--processes", default="", help="only start-ups that hold this word")
    return parser.parse_args()


def main() -> None:
    options = parse_arguments()
    lengths = options.steps or [int(n) for n in (QUICK_STEPS if options.quick else STEPS)]
    made_with = surroundings(seed=0, threads=1, load=os.getloadavg()[0])
    print(in_words(made_with) + "\n")
    print(HEAD + "\n" + "|" + " --- |" * (HEAD.count("|") - 1))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for layers in options.layers:
            for steps in lengths:
                rows.append(row := measure(steps, layers, Path(folder)))
                print(
                    f"| {steps:.0e} | {layers} | {row['rows']} | {row['record_mib']:.0f} "
                    f"| {row['file_mib']:.1f} | {row['seconds']:.2f} | {row['peak_mib']:.0f} "
                    f"| {row['slowest']} {row['slowest_seconds']:.2f} s "
                    f"| {row['save_seconds']:.2f} | {row['load_seconds']:.2f} "
                    f"| {' '.join(row['problems'] + row['crashed']) or '-'} |",
                    flush=True,
                )
        smallest = Path(folder) / f"{lengths[0]}_{options.layers[0]}.npz"
        times = start_up(smallest, repeats=options.repeats, word=options.processes)
    print("\n| process | seconds |\n| --- | --- |")
    for name, seconds in times.items():
        print(f"| {name} | {seconds:.2f} |")
    if options.json:
        content = {"rows": rows, "start_up": times, "made_with": made_with}
        options.json.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
