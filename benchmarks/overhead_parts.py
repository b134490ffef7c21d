"""Where the time of recording goes: the recorded step with parts of it switched off.

Every arm is a compiled training step of its own model; all are called in turn, one step each, in an
order drawn anew each time. A figure is the median of the ratios of rounds (ten calls) to those of
the plain step, by wall time, with a 95 % interval by resampling rounds; what two rows differ by is
what the part between them costs. Each row but the last ones leaves out what the next ones add.

    python benchmarks/overhead_parts.py [--models mlp,deep_mlp] [--rounds 150] [--json OUT]
"""

import argparse
import gc
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from surroundings import in_words, limit_threads, surroundings

limit_threads(1)

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from overhead_programs import PROGRAMS, Program  # noqa: E402
from overhead_turns import STEPS, ratio_of  # noqa: E402

from keras_debugger.recording import gradients  # noqa: E402
from keras_debugger.recording.step import step_statistics  # noqa: E402
from keras_debugger.recording.step.train_step import CAPACITY, StepTap  # noqa: E402

NEVER = np.full(CAPACITY, np.finfo(np.float32).max, np.float32)  # no step is chosen
LATE = 1000  # a step after the first ones, which are all recorded in full


def nothing(*_: Any, **__: Any) -> None:
    """Leave a part out."""


def zeros(site_or_blocks: Any, *_: Any) -> Any:
    """Stand for numbers of all variables that cost nothing."""
    groups = getattr(site_or_blocks, "groups", None)
    count = sum(map(len, groups)) if groups else sum(block.count for block in site_or_blocks)
    return tf.zeros([count])


def no_choice(*_: Any, **__: Any) -> list[Any]:
    """Stand for the choice of the full set."""
    return [tf.constant(0.0)]


STATISTICS, CHOICE = (gradients, "take_statistics"), (step_statistics, "choose")
ARMS: dict[str, tuple[str, dict]] = {  # what is recorded, and what stands in for parts of it
    "plain": ("", {}),
    "plain again": ("", {}),
    "patched step, nothing taken": (
        "never",
        {STATISTICS: lambda *_, **__: {}, (StepTap, "_finish"): nothing},
    ),
    "+ loss, learning rate, row": ("never", {STATISTICS: lambda *_, **__: {}}),
    "+ sums of squares": ("never", {CHOICE: no_choice}),
    "+ choice of the full set, never taken": ("never", {}),
    "default: taken at each tenth step": ("default", {}),
    "full: taken at each step, no choice": ("full", {}),
    "full without largest entries": ("full", {(step_statistics, "largest_entries"): zeros}),
    "full without shares of zeros": ("full", {(step_statistics, "zero_shares"): zeros}),
    "full without norms of weights": ("full", {(gradients, "weight_norms_before"): zeros}),
    "full without norms of weights, changes": (
        "full",
        {(step_statistics, "l2_norms"): zeros},
    ),
}


@contextmanager
def without(parts: dict) -> Iterator[None]:
    """Put stand-ins in the place of parts while a step is traced."""
    with ExitStack() as stack:
        for (owner, name), stand_in in parts.items():
            stack.enter_context(patch.object(owner, name, stand_in))
        yield


def compiled_step(program: Program, recorded: str, parts: dict) -> Callable[[], Any]:
    """A training step on one batch, traced and called twice."""
    model = program.compiled()
    data = tuple(tf.constant(part) for part in program.data(1))
    model.optimizer.build(model.trainable_variables)
    step = model.train_step
    if recorded:
        tap = StepTap(
            every=1 if recorded == "full" else 10,
            guard=lambda work: work(),
            sample=None,
            bad_batch=None,
            before_update=nothing,
            activations=False,
        )
        tap.expect(LATE)
        if recorded == "never":
            tap._limits.assign(NEVER)
        step = tap.wrap(model, step)
    function = tf.function(step, autograph=False)
    with without(parts):
        function(data)
    function(data)
    return lambda: function(data)


def measure(program: Program, rounds: int) -> dict[str, dict]:
    """Ratios of each arm to the plain step."""
    steps = {name: compiled_step(program, *arm) for name, arm in ARMS.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ARMS}
    order = random.Random(0)
    gc.collect()
    for _ in range(rounds * STEPS + 2):
        for name in order.sample(sorted(steps), len(steps)):
            start = time.perf_counter()
            steps[name]()
            seconds[name].append(time.perf_counter() - start)
    found = {}
    for name, times in seconds.items():
        ratio, low, high = ratio_of(np.array(times), np.array(seconds["plain"]), rounds)
        found[name] = {"ratio": ratio, "low": low, "high": high, "us": 1e6 * np.median(times)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="mlp,deep_mlp")
    parser.add_argument("--rounds", type=int, default=150)
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    made_with = surroundings(seed=0, rounds=options.rounds, threads=1, load=os.getloadavg()[0])
    print(in_words(made_with) + "\n")
    print("| model | what is done | step | 95 % | us |\n| --- | --- | --- | --- | --- |")
    found = {}
    for model in options.models.split(","):
        found[model] = measure(PROGRAMS[model], options.rounds)
        for name, row in found[model].items():
            print(
                f"| {model} | {name} | {row['ratio']:.3f} | {row['low']:.3f} to {row['high']:.3f} "
                f"| {row['us']:.0f} |",
                flush=True,
            )
    if options.json:
        whole = {"parts": found, "made_with": made_with}
        options.json.write_text(json.dumps(whole, indent=1, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
