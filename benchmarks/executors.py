"""What trainings cost in this process, in processes of their own and on Ray, and how many pay.

For each program and each arrangement (executor, workers x threads) the same trainings are made:
the time until the first is there, the time of each further one, and whether the first has the same
bits as in this process. Then a whole autofix of small convolutions with a rate that is too low, by
each executor. Finished rows are taken over from the JSON file.

    python benchmarks/executors.py [--quick] [--names a,b] [--autofix a,b] [--arrangements a,b]
        [--ray] [--json FILE]
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from case_arguments import words
from executor_programs import KINDS, model_of, trainer_of
from surroundings import in_words, surroundings

from keras_debugger import autofix
from keras_debugger.training.executor import Executor, LocalExecutor
from keras_debugger.training.executor_ray import RayExecutor
from keras_debugger.training.isolation import ProcessExecutor
from keras_debugger.training.machine import processors
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.plan import UNCHANGED

TRAININGS = 6  # of a row, as in a proof with three seeds
AUTOFIX_EPOCHS = 8
AUTOFIX_RATE = 5e-5  # of Adam: a fault that is there in every arrangement


@dataclass(frozen=True, kw_only=True)
class Row:
    """Trainings of one program in one arrangement; times in seconds."""

    program: str
    arrangement: str
    trainings: int
    start: float
    first: float
    further: float
    whole: float
    same_bits: bool


@dataclass(frozen=True, kw_only=True)
class Run:
    """A whole autofix by one executor; `whole` in seconds, `trainings` in those of the original."""

    program: str
    arrangement: str
    trainings: float
    whole: float
    verdict: str
    after: list[float]


def arrangements(with_ray: bool) -> dict[str, Callable[[Trainer], Executor]]:
    def processes(workers: int, threads: int) -> Callable[[Trainer], Executor]:
        return lambda trainer: ProcessExecutor(trainer.program, workers=workers, threads=threads)

    count = processors()
    found: dict[str, Callable[[Trainer], Executor]] = {
        "this process": lambda trainer: LocalExecutor(trainer.program),
        "1 worker x 1 thread": processes(1, 1),
    }
    if count > 1:
        found[f"1 worker x {count} threads"] = processes(1, count)
        found[f"{count} workers x 1 thread"] = processes(count, 1)
    if with_ray:
        found["ray"] = lambda trainer: RayExecutor(trainer.program, num_cpus=1)
    return found


def autofix_arguments(with_ray: bool) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        "this process": {"executor": "local"},
        "1 worker": {"executor": "processes", "workers": 1},
        "2 workers": {"executor": "processes", "workers": 2},
    }
    if with_ray:
        found["ray"] = {"executor": "ray", "resources": {"num_cpus": 1}}
    return found


def measure(name: str, arrangement: str, make: Callable[[Trainer], Executor], **sizes: int) -> Row:
    trainer = trainer_of(KINDS[name], epochs=sizes["epochs"])
    begun = time.perf_counter()
    trainer.executor = make(trainer)
    start = time.perf_counter() - begun
    seeds = range(sizes["trainings"])
    trainer.expect([UNCHANGED], seeds=seeds, held_out=True)
    errors, times = [], []
    for seed in seeds:
        trial = trainer.train(UNCHANGED, seed=seed, held_out=True).trial
        assert not trial.failure, trial.failure
        losses = trial.record.epochs.values["loss"].tolist()
        errors.append([*losses, *trial.held_out.row_errors])
        times.append(time.perf_counter() - begun)
    assert not trainer.notes, trainer.notes
    trainer.close()
    here = trainer_of(KINDS[name], epochs=sizes["epochs"]).train(UNCHANGED, seed=0, held_out=True)
    losses = here.trial.record.epochs.values["loss"].tolist()
    return Row(
        program=name,
        arrangement=arrangement,
        trainings=len(seeds),
        start=start,
        first=times[0] - start,
        further=(times[-1] - times[0]) / max(1, len(times) - 1),
        whole=times[-1],
        same_bits=errors[0] == [*losses, *here.trial.held_out.row_errors],
    )


def measure_autofix(name: str, arrangement: str, given: dict[str, Any], *, epochs: int) -> Run:
    kind = KINDS[name]
    model, data = model_of(kind, rate=AUTOFIX_RATE), kind.data()
    begun = time.perf_counter()
    result = autofix(model, data, epochs=epochs, batch_size=kind.batch_size, verbose=0, **given)
    return Run(
        program=name,
        arrangement=arrangement,
        trainings=result.cost,
        whole=time.perf_counter() - begun,
        verdict=str(result.verdict),
        after=list(result.proof.after),
    )


def show(rows: Sequence[Row], runs: Sequence[Run]) -> None:
    print("| program | arrangement | start, s | first, s | each further, s | whole, s | bits |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print(
            f"| {row.program} | {row.arrangement} | {row.start:.2f} | {row.first:.2f} "
            f"| {row.further:.2f} | {row.whole:.2f} | {'same' if row.same_bits else 'DIFFER'} |"
        )
    print("\n| autofix of | executor | trainings | whole, s | verdict | after |")
    print("| --- | --- | --- | --- | --- | --- |")
    for run in runs:
        after = ", ".join(f"{score:.4f}" for score in run.after)
        print(
            f"| {run.program} | {run.arrangement} | {run.trainings:.1f} | {run.whole:.1f} "
            f"| {run.verdict} | {after} |"
        )


def main() -> None:
    options = parse_arguments()
    rows, runs = kept(options.json)
    for name, arrangement, make in trainings_asked(options, rows):
        epochs, count = (1, 2) if options.quick else (KINDS[name].epochs, TRAININGS)
        rows.append(measure(name, arrangement, make, epochs=epochs, trainings=count))
        write(options.json, rows, runs)
    for name, arrangement, given in autofix_asked(options, runs):
        epochs = 1 if options.quick else AUTOFIX_EPOCHS
        runs.append(measure_autofix(name, arrangement, given, epochs=epochs))
        write(options.json, rows, runs)
    show(rows, runs)
    print(f"\n{in_words(made_with())}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one program, two short trainings")
    parser.add_argument("--names", type=words, help="programs of trainings, or none")
    parser.add_argument("--autofix", type=words, help="programs of a whole autofix, or none")
    parser.add_argument("--arrangements", type=words, default=[], help="only these")
    parser.add_argument("--ray", action="store_true", help="also on a Ray cluster")
    parser.add_argument("--json", type=Path, help="file for all numbers; its rows are not repeated")
    options = parser.parse_args()
    if options.names is None:
        options.names = ["small dense"] if options.quick else list(KINDS)
    if options.autofix is None:
        options.autofix = ["small dense" if options.quick else "convolutions"]
    return options


def kept(path: Path | None) -> tuple[list[Row], list[Run]]:
    """What an earlier run has measured."""
    if path is None or not path.exists():
        return [], []
    found = json.loads(path.read_text(encoding="utf-8"))
    return [Row(**row) for row in found["rows"]], [Run(**run) for run in found["autofix"]]


def trainings_asked(
    options: argparse.Namespace, rows: Sequence[Row]
) -> Iterator[tuple[str, str, Callable[[Trainer], Executor]]]:
    for name in options.names:
        for arrangement, make in arrangements(options.ray).items():
            if is_asked(options, rows, name, arrangement):
                yield name, arrangement, make


def autofix_asked(
    options: argparse.Namespace, runs: Sequence[Run]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in options.autofix:
        for arrangement, given in autofix_arguments(options.ray).items():
            if is_asked(options, runs, name, arrangement):
                yield name, arrangement, given


def is_asked(
    options: argparse.Namespace, done: Sequence[Row | Run], name: str, arrangement: str
) -> bool:
    quick = arrangement in ("this process", "1 worker x 1 thread", "1 worker")
    wanted = arrangement in options.arrangements if options.arrangements else True
    known = any((one.program, one.arrangement) == (name, arrangement) for one in done)
    return wanted and not known and (quick or not options.quick)


def write(path: Path | None, rows: Sequence[Row], runs: Sequence[Run]) -> None:
    if path is not None:
        found = {"rows": [asdict(row) for row in rows], "autofix": [asdict(run) for run in runs]}
        text = json.dumps({**found, "made_with": made_with()}, indent=1)
        path.write_text(text, encoding="utf-8")


def made_with() -> dict[str, Any]:
    seeds = f"0 to {TRAININGS - 1}"
    return surroundings("ray", seeds=seeds, threads=processors(), load=os.getloadavg()[0])


if __name__ == "__main__":
    main()
