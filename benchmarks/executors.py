"""What trials cost in this process, in processes of their own and on Ray, and how many pay.

For each program and each arrangement (executor, workers x threads) the same trainings are made:
the time until the first is there, the time of each further one, and whether all have the same
bits as in this process. Finished rows are taken over from the JSON file.

    python benchmarks/executors.py [--quick] [--names NAME,...] [--ray] [--json FILE]
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits, load_wine

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.training.data import split_data
from keras_debugger.training.executor import Executor, LocalExecutor
from keras_debugger.training.executor_ray import RayExecutor
from keras_debugger.training.isolation import ProcessExecutor
from keras_debugger.training.machine import processors
from keras_debugger.training.scoring import choose_metric
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.record import FitDescription
from keras_debugger.types.setup import TrainingSetup

TRAININGS = 6  # of a row, as in a proof with three seeds
L = keras.layers


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A program: data, model and epochs."""

    data: Callable[[], tuple[np.ndarray, np.ndarray]]
    layers: Callable[[], list]
    epochs: int
    batch_size: int = 32


@dataclass(frozen=True, kw_only=True)
class Row:
    """One arrangement on one program; times in seconds."""

    program: str
    arrangement: str
    trainings: int
    start: float
    first: float
    further: float
    whole: float
    same_bits: bool


def wine() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_wine(return_X_y=True)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


def digits() -> tuple[np.ndarray, np.ndarray]:
    bunch = load_digits()
    return (bunch.images[..., None] / 16.0).astype("float32"), bunch.target


KINDS = {
    "small dense": Kind(
        data=wine,
        layers=lambda: [L.Input((13,)), L.Dense(16, "relu"), L.Dense(3, "softmax")],
        epochs=30,
    ),
    "wide dense": Kind(
        data=digits,
        layers=lambda: [
            L.Input((8, 8, 1)),
            L.Flatten(),
            L.Dense(1024, "relu"),
            L.Dense(1024, "relu"),
            L.Dense(10, "softmax"),
        ],
        epochs=12,
        batch_size=128,
    ),
    "convolutions": Kind(
        data=digits,
        layers=lambda: [
            L.Input((8, 8, 1)),
            L.Conv2D(32, 3, padding="same", activation="relu"),
            L.Conv2D(64, 3, padding="same", activation="relu"),
            L.GlobalAveragePooling2D(),
            L.Dense(10, "softmax"),
        ],
        epochs=8,
    ),
    "recurrent": Kind(
        data=lambda: (digits()[0][..., 0], digits()[1]),
        layers=lambda: [L.Input((8, 8)), L.LSTM(64), L.Dense(10, "softmax")],
        epochs=8,
    ),
}


def trainer_of(kind: Kind, *, epochs: int) -> Trainer:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(kind.layers())
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    parts = split_data(kind.data(), seed=0)
    description = describe_model(model)
    profile = profile_data(parts.train.x, parts.train.y)
    blueprint = read_blueprint(model, description)
    setup = TrainingSetup(
        model=description,
        data=profile,
        fit=FitDescription(epochs=epochs, batch_size=kind.batch_size, shuffle=True),
        graph=blueprint.graph,
    )
    metric = choose_metric(description, profile)
    return Trainer(blueprint, parts, metric, setup=setup, model=model)


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
        found["ray, 1 processor each"] = lambda trainer: RayExecutor(trainer.program, num_cpus=1)
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


def show(rows: list[Row]) -> None:
    print(
        f"{'program':14}{'arrangement':24}{'start':>7}{'first':>8}{'further':>9}{'whole':>8}  bits"
    )
    for row in rows:
        print(
            f"{row.program:14}{row.arrangement:24}{row.start:7.2f}{row.first:8.2f}"
            f"{row.further:9.2f}{row.whole:8.2f}  {'same' if row.same_bits else 'DIFFER'}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one program, two short trainings")
    parser.add_argument("--names", default=",".join(KINDS), help="programs, with commas")
    parser.add_argument("--ray", action="store_true", help="also on a Ray cluster")
    parser.add_argument("--json", type=Path, help="file for all numbers; its rows are not repeated")
    options = parser.parse_args()
    names = ["small dense"] if options.quick else options.names.split(",")
    rows: list[Row] = []
    if options.json and options.json.exists():
        rows = [Row(**row) for row in json.loads(options.json.read_text(encoding="utf-8"))["rows"]]
    done = {(row.program, row.arrangement) for row in rows}
    for name in names:
        sizes = {"epochs": KINDS[name].epochs, "trainings": TRAININGS}
        if options.quick:
            sizes = {"epochs": 1, "trainings": 2}
        for arrangement, make in arrangements(options.ray).items():
            if (name, arrangement) in done or (options.quick and "1 thread" not in arrangement):
                continue
            rows.append(measure(name, arrangement, make, **sizes))
            show(rows[-1:])
            if options.json:
                told = {"machine": machine(), "rows": [asdict(row) for row in rows]}
                options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    print(f"\n{machine()}; {TRAININGS} trainings a row, seeds 0 to {TRAININGS - 1}; times in s")
    show(rows)


def machine() -> str:
    versions = f"Keras {keras.version()}, TensorFlow {tf.__version__}, NumPy {np.__version__}"
    return f"{processors()} processors, {versions}"


if __name__ == "__main__":
    main()
