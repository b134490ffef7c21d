"""What recording costs: the time of `fit` with a Recorder over the time of `fit` without.

All modes of a model are trained in one process, at once and in turns: each fit takes one step, then
the next fit takes one, in an order drawn anew each time, so that what else the machine does slows
all alike. `step` is the median of the ratios of rounds (ten steps) to those of plain `fit`, with an
interval by resampling rounds. `fit` is the whole call of one epoch of all rounds, with what happens
at its begin and end (by CPU time: what waits there for threads of TensorFlow waits in any mode, and
now and then for seconds). CPU time is that of the whole process, all threads. The first epoch of a
fresh model, which compiles the step, is apart. `plain_again` is a second plain model: what differs
from 1 there is noise. With `--turn 10` fits take turns of ten steps: most steps then find their
own data in the caches of the processor, and intervals are wider.

    python benchmarks/overhead.py [--quick] [--json OUT] [--models mlp,cnn] [--memory]
"""

import argparse
import json
import os
import tempfile
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from overhead_memory import show_memory
from overhead_programs import MODES, PROGRAMS, CheckNumerics, Program, callbacks_of
from overhead_turns import STEPS, in_turns, now, ratio_of, ratio_of_fits

QUICK = ("plain_again", "default", "full")
HEAD = (
    "| model | mode | step, CPU | 95 % | step, wall | us a step, CPU | fit, CPU "
    "| first epoch, CPU | first epoch, wall | s more | rounds |"
)


@dataclass
class Arm:
    """One model that is trained in one mode."""

    mode: str
    model: keras.Model
    callbacks: list


def make_arm(mode: str, program: Program, folder: str) -> Arm:
    keras.backend.clear_session()
    return Arm(mode, program.compiled(), callbacks_of(mode, program, Path(folder) / mode))


def fit(arm: Arm, data: tuple, program: Program, *before: keras.callbacks.Callback) -> np.ndarray:
    """Train for one epoch: seconds of the whole call.

    Args:
        arm: what is trained.
        data: inputs and labels.
        program: gives the batch size.
        before: callbacks that stand before those of the mode.
    """
    checks = any(isinstance(callback, CheckNumerics) for callback in arm.callbacks)
    if checks:
        tf.debugging.enable_check_numerics()
    start = now()
    arm.model.fit(
        *data,
        batch_size=program.batch,
        shuffle=False,
        verbose=0,
        callbacks=[*before, *arm.callbacks],
    )
    seconds = now() - start
    if checks:
        tf.debugging.disable_check_numerics()
    return seconds


def measure(
    name: str, modes: list[str], *, rounds: int, turn: int, fresh: int, steps: int | None = None
) -> dict:
    """Figures of one model by mode; `plain` is among them.

    Args:
        name: the model.
        modes: modes beside `plain`.
        rounds: rounds of ten steps that the fits in turns have, all in one epoch.
        turn: steps of a turn.
        fresh: models of each mode whose first epoch is timed.
        steps: steps of such a first epoch; those of the program if None.
    """
    program = PROGRAMS[name]
    steps = steps or program.steps
    data = program.data(steps)
    firsts: dict[str, list] = {mode: [] for mode in ("plain", *modes)}
    with tempfile.TemporaryDirectory() as folder:
        fit(make_arm("warm-up", program, folder), data, program)  # pays for what all share
        for number in range(fresh):
            arms = []
            for mode in firsts if number % 2 == 0 else reversed(firsts):
                arms.append(make_arm(mode, program, folder))
                firsts[mode].append(fit(arms[-1], data, program))
        for arm in arms:
            fit(arm, data, program)  # what follows is the steady state
        turns = rounds * STEPS // turn
        long = program.data(turns * turn)
        taken = in_turns({arm.mode: partial(fit, arm, long, program) for arm in arms}, turns, turn)
    return {
        mode: {
            **figures_of(taken[mode] / turn, taken["plain"] / turn, rounds),
            **figures_of_first(np.array(first), np.array(firsts["plain"])),
        }
        for mode, first in firsts.items()
    }


def figures_of(seconds: np.ndarray, plain: np.ndarray, rounds: int) -> dict:
    cpu, low, high = ratio_of(seconds[:, 0], plain[:, 0], rounds)
    return {
        "step_cpu": cpu,
        "step_low": low,
        "step_high": high,
        "step_wall": ratio_of(seconds[:, 1], plain[:, 1], rounds)[0],
        "step_us": float(1e6 * np.median(seconds[1:-1, 0])),
        "cpu": ratio_of_fits(seconds[:, 0], plain[:, 0], rounds),
        "rounds": rounds,
    }


def figures_of_first(first: np.ndarray, plain: np.ndarray) -> dict:
    ratios = first / plain
    return {
        "first_cpu": float(np.median(ratios[:, 0])),
        "first_wall": float(np.median(ratios[:, 1])),
        "first_seconds_more": float(np.median(first[:, 0] - plain[:, 0])),
    }


def show(name: str, rows: dict) -> None:
    for mode, row in rows.items():
        print(
            f"| {name} | {mode} | {row['step_cpu']:.3f} "
            f"| {row['step_low']:.3f} to {row['step_high']:.3f} | {row['step_wall']:.3f} "
            f"| {row['step_us']:.0f} | {row['cpu']:.3f} "
            f"| {row['first_cpu']:.2f} | {row['first_wall']:.2f} "
            f"| {row['first_seconds_more']:.2f} | {row['rounds']} |",
            flush=True,
        )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="no peers, one fresh model")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--resume", action="store_true", help="keep the models of that file")
    parser.add_argument("--models", default=",".join(PROGRAMS), help="empty for none")
    parser.add_argument("--modes", default="", help="such as default,full")
    parser.add_argument("--rounds", type=int, help="rounds of ten steps in turns")
    parser.add_argument("--turn", type=int, default=1, help="steps that a fit takes at once")
    parser.add_argument("--steps", type=int, help="steps of each first epoch")
    parser.add_argument("--memory", action="store_true", help="also what long records take")
    parser.add_argument("--memory-steps", default="1000,100000,1000000")
    return parser.parse_args()


def chosen_modes(options: argparse.Namespace) -> list[str]:
    if options.modes:
        return options.modes.split(",")
    modes = list(QUICK if options.quick else MODES)
    if "tensorboard" in modes and find_spec("tensorboard") is None:
        modes.remove("tensorboard")
        print("tensorboard is not installed: left out\n")
    return modes


def main() -> None:
    options = parse_arguments()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    modes = chosen_modes(options)
    about = {
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "cores": os.cpu_count(),
        "threads": 1,
        "seed": 0,
        "steps in a round": STEPS,
        "in a turn": options.turn,
        "load": os.getloadavg()[0],
    }
    print(", ".join(f"{key} {value}" for key, value in about.items()) + "\n")
    content = {"ratio": {}, "rows": {}, "memory": {}, "about": about}
    if options.resume and options.json.is_file():
        content |= json.loads(options.json.read_text(encoding="utf-8"))
    print(HEAD + "\n" + "|" + " --- |" * (HEAD.count("|") - 1))
    names = [name for name in options.models.split(",") if name and name not in content["rows"]]
    for name in names:
        rows = measure(
            name,
            modes,
            turn=options.turn,
            rounds=options.rounds or PROGRAMS[name].steps // (2 if options.quick else 1),
            fresh=1 if options.quick else 3,
            steps=options.steps,
        )
        show(name, rows)
        if "default" in rows and "every10" not in rows:
            rows["every10"] = rows["default"]  # the default is every tenth step in full
        content["rows"][name] = rows
        content["ratio"][name] = {mode: row["cpu"] for mode, row in rows.items()}
        write(options.json, content)
    if options.memory:
        content["memory"] = show_memory([int(n) for n in options.memory_steps.split(",")])
        write(options.json, content)


def write(path: Path | None, content: dict) -> None:
    if path is not None:
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
