"""A digest of everything that decides what a training gives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from keras_debugger.recording.run.plain_values import to_plain
from keras_debugger.training.callbacks import callbacks_to_plain, functions_of
from keras_debugger.training.data import take
from keras_debugger.training.layer_names import LayerNames
from keras_debugger.training.nested import nested_to_plain
from keras_debugger.training.own_code import digest_of_code, own_code
from keras_debugger.training.parts_form import parts_to_plain
from keras_debugger.training.random_state import seeded
from keras_debugger.training.retracing import without_retracing_warnings
from keras_debugger.training.task import Task
from keras_debugger.training.trial_run import Program
from keras_debugger.training.weights import read_weights
from keras_debugger.types.plan import UNCHANGED

STEP_ROWS = 8
ROUNDING = 1e-4  # of the largest value of a variable
_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "keras-debugger")


def digest_of(program: Program) -> str:
    """SHA-like digest of a program: model, weights, data, arguments, own code, versions.

    The same program gives the same digest in any process on machines of one kind. A program with
    another one may give other trials, so trials are never taken from one for the other.
    """
    arrays: dict[str, np.ndarray] = {}
    names = LayerNames.of(program.setup.model)
    initial = {
        names.place_of(path): values for path, values in (program.initial_weights or {}).items()
    }
    plain = [
        to_plain(program.setup, arrays, "setup"),
        to_plain(program.metric, arrays, "metric"),
        parts_to_plain(program.parts, arrays),
        nested_to_plain(initial, arrays, "initial"),
        callbacks_to_plain(program.callbacks),
        code_of(program),
        _versions(),
        one_step(program),
    ]
    digest = hashlib.blake2b(digest_size=16)
    digest.update(json.dumps(names.as_places(plain), default=str).encode("utf-8"))
    for name, array in arrays.items():
        digest.update(f"{name} {array.shape} {array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def one_step(program: Program) -> str:
    """A digest of all variables after the first step."""
    digest = hashlib.blake2b(digest_size=16)
    for values in first_step(program):
        digest.update(values.tobytes())
    return digest.hexdigest()


def first_step(program: Program) -> list[np.ndarray]:
    """Logs and all variables after one step on a few rows; nothing if it cannot be made.

    It tells whether a copy of a program in another process does the same: layers, initial weights,
    losses and optimizer all have a part in it.
    """
    task = Task(plan=UNCHANGED, seed=0, epochs=1)
    with seeded(0), without_retracing_warnings():
        try:
            model = program.build_for(task)
            part = program.fit_of(task).part
            few = take(part, np.arange(min(STEP_ROWS, part.rows)))
            model.run_eagerly = True  # no graph for a single step
            logs = model.train_on_batch(few.x, few.y, few.sample_weight)
            return [np.atleast_1d(np.asarray(logs, dtype=float)), *read_weights(model)]
        except Exception:  # the same program fails in the same way
            return []


def same_step(one: Sequence[np.ndarray], two: Sequence[np.ndarray]) -> bool:
    """Whether two first steps are the same but for the rounding of sums in another order.

    Another number of threads adds up in another order.
    """
    if len(one) != len(two):
        return False
    return all(_close(first, second) for first, second in zip(one, two, strict=True))


def _close(first: np.ndarray, second: np.ndarray) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.dtype.kind != "f":
        return bool(np.array_equal(first, second))
    finite = second[np.isfinite(second)]
    scale = float(np.abs(finite).max()) if finite.size else 0.0
    return bool(np.allclose(first, second, rtol=0.0, atol=ROUNDING * scale, equal_nan=True))


def code_of(program: Program) -> str:
    """A digest of the user's own code in a program."""
    if program.model is None:
        return ""
    others = [*functions_of(program.callbacks), *([program.build] if program.build else [])]
    return digest_of_code(own_code(program.model, *others))


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
