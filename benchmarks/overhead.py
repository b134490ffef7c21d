"""What recording costs: the time of `fit` with a Recorder over the time of `fit` without.

All modes of a model are trained in one process, in turn, forwards and then backwards, so that a
busy machine slows all alike; a row is the median of the ratios of its rounds. CPU time is that of
the whole process, wall time is beside it. The first fit, which compiles the step, is apart.

Usage: python benchmarks/overhead.py [--quick] [--json OUT] [--models mlp,cnn] [--memory]
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from keras_debugger import Recorder

L = keras.layers
ENTROPY = "sparse_categorical_crossentropy"


def mlp():
    hidden = [L.Dense(256, activation="relu") for _ in range(3)]
    return keras.Sequential([L.Input((64,)), *hidden, L.Dense(10, activation="softmax")])


def cnn():
    layers = [
        L.Conv2D(32, 3, activation="relu"),
        L.MaxPooling2D(),
        L.Conv2D(64, 3, activation="relu"),
        L.MaxPooling2D(),
        L.Flatten(),
        L.Dense(64, activation="relu"),
        L.Dense(10, activation="softmax"),
    ]
    return keras.Sequential([L.Input((28, 28, 1)), *layers])


def lstm():
    return keras.Sequential([L.Input((40, 16)), L.LSTM(64), L.Dense(10, activation="softmax")])


def deep_mlp():
    hidden = [L.Dense(64, activation="relu") for _ in range(20)]
    return keras.Sequential([L.Input((64,)), *hidden, L.Dense(10, activation="softmax")])


def transformer():
    inputs = x = L.Input((32, 64))
    for _ in range(2):
        x = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(4, 16)(x, x)]))
        inner = L.Dense(64)(L.Dense(128, activation="gelu")(x))
        x = L.LayerNormalization()(L.Add()([x, inner]))
    answer = L.Dense(10, activation="softmax")(L.GlobalAveragePooling1D()(x))
    return keras.Model(inputs, answer)


def embedding():
    return keras.Sequential(
        [
            L.Input((20,)),
            L.Embedding(5000, 32),
            L.GlobalAveragePooling1D(),
            L.Dense(10, activation="softmax"),
        ]
    )


@dataclass(frozen=True)
class Program:
    """A model, its batch size, and the steps of a measured fit."""

    build: Callable[[], keras.Model]
    batch: int
    steps: int


PROGRAMS = {
    "mlp": Program(mlp, 32, 200),
    "cnn": Program(cnn, 64, 40),
    "lstm": Program(lstm, 32, 30),
    "deep_mlp": Program(deep_mlp, 32, 120),
    "transformer": Program(transformer, 32, 40),
    "embedding": Program(embedding, 32, 200),
}
RECORDERS = {"default": 10, "full": 1, "every10": 10, "every100": 100}
PEERS = ("replay_compiled", "replay_eager", "check_numerics", "tensorboard")


class Replay(keras.callbacks.Callback):
    """The usual way: differentiate a batch once more after each step, and read the norms."""

    def __init__(self, x, y, *, compiled):
        super().__init__()
        self._batch = x, y
        self._function = tf.function(self._norms) if compiled else self._norms

    def _norms(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(x, y, self.model(x, training=True))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        return [tf.norm(tf.convert_to_tensor(gradient)) for gradient in gradients]

    def on_train_batch_end(self, batch, logs=None):
        """Differentiate once more."""
        [float(norm) for norm in self._function(*self._batch)]


@dataclass
class Arm:
    """One mode of one model."""

    name: str
    model: keras.Model
    callbacks: list
    first: dict = field(default_factory=dict)
    times: list = field(default_factory=list)


def data_for(program: Program, model: keras.Model):
    random = np.random.default_rng(0)
    rows = program.batch * program.steps
    shape = model.input_shape[1:]
    if any(isinstance(layer, L.Embedding) for layer in model.layers):
        x = random.integers(0, 5000, (rows, *shape))
    else:
        x = random.normal(size=(rows, *shape)).astype("float32")
    return x, random.integers(0, 10, rows)


def make_arm(name: str, program: Program, folder: Path) -> tuple[Arm, tuple]:
    keras.utils.set_random_seed(0)
    model = program.build()
    model.compile(keras.optimizers.Adam(1e-3), ENTROPY)
    x, y = data_for(program, model)
    batch = tf.constant(x[: program.batch]), tf.constant(y[: program.batch])
    callbacks = {
        "replay_compiled": lambda: [Replay(*batch, compiled=True)],
        "replay_eager": lambda: [Replay(*batch, compiled=False)],
        "tensorboard": lambda: [keras.callbacks.TensorBoard(str(folder / name), histogram_freq=1)],
    }
    callbacks |= {mode: lambda: [Recorder(every=RECORDERS[name])] for mode in RECORDERS}
    made = callbacks.get(name, list)()
    return Arm(name, model, made), (x, y)


def fit(arm: Arm, data: tuple, program: Program) -> tuple[float, float]:
    """Train for one epoch; CPU and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    arm.model.fit(
        *data, batch_size=program.batch, shuffle=False, verbose=0, callbacks=arm.callbacks
    )
    return time.process_time() - cpu, time.perf_counter() - wall


def first_fit(arm: Arm, data: tuple, program: Program) -> None:
    """Compile the step, apart from the rounds."""
    rows = 2 * program.batch
    small = tuple(part[:rows] for part in data)
    if arm.name == "check_numerics":
        tf.debugging.enable_check_numerics()
    arm.first = dict(zip(("cpu", "wall"), fit(arm, small, program), strict=True))
    fit(arm, data, program)  # what follows is the steady state
    if arm.name == "check_numerics":
        tf.debugging.disable_check_numerics()


def measure(name: str, modes: list[str], rounds: int) -> dict:
    """Ratios of one model: {mode: {"cpu", "wall", "first_cpu", "first_wall", "ms"}}."""
    program = PROGRAMS[name]
    with tempfile.TemporaryDirectory() as folder:
        made = [make_arm(mode, program, Path(folder)) for mode in ("warm-up", "plain", *modes)]
        data = made[0][1]
        arms = [arm for arm, _ in made]
        for arm in arms:
            first_fit(arm, data, program)
        arms = arms[1:]  # the first model of a process pays for what all share
        for number in range(rounds):
            for arm in arms if number % 2 == 0 else reversed(arms):
                arm.times.append(fit(arm, data, program))
    plain = np.array(arms[0].times)
    return {
        arm.name: {
            "cpu": float(np.median(np.array(arm.times)[:, 0] / plain[:, 0])),
            "wall": float(np.median(np.array(arm.times)[:, 1] / plain[:, 1])),
            "spread": float(np.std(np.array(arm.times)[:, 0] / plain[:, 0])),
            "first_cpu": arm.first["cpu"] / arms[0].first["cpu"],
            "first_wall": arm.first["wall"] / arms[0].first["wall"],
            "ms": float(1e3 * np.median(np.array(arm.times)[:, 0]) / program.steps),
        }
        for arm in arms
    }


def memory(steps: int) -> float:
    """MiB that a record of this many steps holds, in a model of eight variables."""
    model = mlp()
    model.compile("sgd", ENTROPY)
    x, y = np.zeros((1000, 64), "float32"), np.zeros(1000)
    recorder = Recorder()
    model.fit(x, y, batch_size=1, steps_per_epoch=1, verbose=0, callbacks=[recorder])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    model.fit(x, y, batch_size=1, epochs=max(1, steps // 1000), verbose=0, callbacks=[recorder])
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="four models, few rounds, no peers")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--models", default="")
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    names = options.models.split(",") if options.models else list(PROGRAMS)
    if options.quick and not options.models:
        names = ["mlp", "cnn", "lstm", "deep_mlp"]
    rounds = 5 if options.quick else 12
    peers = [] if options.quick else list(PEERS)
    if find_spec("tensorboard") is None and "tensorboard" in peers:
        peers.remove("tensorboard")
        print("tensorboard is not installed: left out\n")
    print(
        f"keras {keras.__version__}, tensorflow {tf.__version__}, {os.cpu_count()} cores, one "
        f"thread, {rounds} rounds, load {os.getloadavg()[0]:.1f}. `default` and `every10` are "
        "the same recorder, measured twice: their difference is noise.\n"
    )
    print(
        "| model | mode | CPU ratio | wall ratio | sd of CPU ratio | CPU ms a step "
        "| first fit, CPU | first fit, wall |"
    )
    print("|" + " --- |" * 8)
    measured = {}
    for name in names:
        measured[name] = measure(name, [*RECORDERS, *peers], rounds)
        for mode, row in measured[name].items():
            print(
                f"| {name} | {mode} | {row['cpu']:.3f} | {row['wall']:.3f} | {row['spread']:.3f} "
                f"| {row['ms']:.3f} | {row['first_cpu']:.2f} | {row['first_wall']:.2f} |",
                flush=True,
            )
        keras.backend.clear_session()
    used = {}
    if options.memory:
        for steps in (1_000, 100_000, 1_000_000):
            used[str(steps)] = memory(steps)
            print(f"memory of {steps} steps: {used[str(steps)]:.0f} MiB", flush=True)
    if options.json:
        content = {
            "ratio": {n: {m: r["cpu"] for m, r in rows.items()} for n, rows in measured.items()},
            "rows": measured,
            "memory_mib": used,
            "rounds": rounds,
        }
        options.json.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
