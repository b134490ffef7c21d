"""A program as files, for another process: the model as Keras saves it, the rest JSON and `.npy`.

Nothing is pickled. Code of the user's own comes by the name of its module, which must be importable
where the files are read; what is defined in the script itself or in a notebook cannot be sent.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.run.plain_values import from_plain, to_plain
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.training.callbacks import (
    callbacks_from_plain,
    callbacks_to_plain,
    functions_of,
)
from keras_debugger.training.nested import (
    nested_from_plain,
    nested_to_plain,
    read_arrays,
    write_arrays,
)
from keras_debugger.training.own_code import own_code, references, resolve
from keras_debugger.training.parts_form import parts_from_plain, parts_to_plain
from keras_debugger.training.program_digest import first_step, same_step
from keras_debugger.training.scoring import Metric
from keras_debugger.training.trial_run import Program
from keras_debugger.types.setup import TrainingSetup

MODEL, TEXT, ARRAYS = "model.keras", "program.json", "arrays"


def write_program(program: Program, folder: Path) -> None:
    """Write a program into an empty folder.

    Raises:
        UnsupportedModelError: it cannot be sent; the message says what of it and why.
        OSError: there is no room for it.
    """
    if program.model is None:
        raise _cannot("its model is not known")
    replicas = getattr(program.model.distribute_strategy, "num_replicas_in_sync", 1)
    if replicas > 1:
        raise _cannot("its model was made under a distribution strategy")
    arrays: dict[str, np.ndarray] = {}
    try:
        plain = _to_plain(program, arrays)
        program.model.save(folder / MODEL)
    except OSError:
        raise
    except Exception as error:  # whatever a layer of the user's raises when it is saved
        raise _cannot(" ".join(str(error).split())[:200]) from error
    write_arrays(folder / ARRAYS, arrays)
    (folder / TEXT).write_text(json.dumps(plain, allow_nan=False), encoding="utf-8")


def read_program(folder: Path, *, with_own_code: bool = True) -> Program:
    """The program of `write_program`, checked to do the same as the one that was written.

    Args:
        folder: the folder.
        with_own_code: whether modules that the files name may be imported.

    Raises:
        UnsupportedModelError: it cannot be read here, or does something else here.
    """
    plain = json.loads((folder / TEXT).read_text(encoding="utf-8"))
    if plain["own_code"] and not with_own_code:
        names = ", ".join(name for name, _, _ in plain["own_code"])
        raise _cannot(f"it uses code of its own ({names})")
    sys.path += [place for place in plain["path"] if place not in sys.path]
    own = {name: resolve(module, path) for name, module, path in plain["own_code"]}
    arrays = read_arrays(folder / ARRAYS)
    setup: TrainingSetup = from_plain(plain["setup"], TrainingSetup, arrays)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's process warned when the model was made
            model = keras.saving.load_model(folder / MODEL, custom_objects=own)
    except Exception as error:  # whatever it is, the program cannot be used here
        raise _cannot(" ".join(str(error).split())[:200]) from error
    build = resolve(*plain["build"]) if plain["build"] else None
    program = Program(
        blueprint=read_blueprint(model, setup.model, build=build),
        parts=parts_from_plain(plain["parts"], arrays),
        metric=from_plain(plain["metric"], Metric, arrays),
        setup=setup,
        initial_weights=nested_from_plain(plain["initial_weights"], arrays),
        callbacks=callbacks_from_plain(plain["callbacks"]),
        model=model,
        build=build,
    )
    expected = [arrays[name] for name in plain["first_step"]]
    if not same_step(first_step(program), expected):
        raise _cannot("a copy of it does not train in the same way")
    return program


def reason_of(error: UnsupportedModelError | OSError) -> str:
    """Why a program could not be written, without the advice, which is for who asked for it."""
    return error.given if isinstance(error, UnsupportedModelError) else str(error)


def _to_plain(program: Program, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    found = own_code(program.model, *functions_of(program.callbacks))
    build = program.build
    return {
        "own_code": references(found),
        "build": references({"build": build})[0][1:] if build is not None else None,
        "path": [place for place in sys.path if place],
        "setup": to_plain(program.setup, arrays, "setup"),
        "metric": to_plain(program.metric, arrays, "metric"),
        "initial_weights": None
        if program.initial_weights is None
        else nested_to_plain(dict(program.initial_weights), arrays, "initial_weights"),
        "callbacks": callbacks_to_plain(program.callbacks),
        "parts": parts_to_plain(program.parts, arrays),
        "first_step": _keep_step(program, arrays),
    }


def _keep_step(program: Program, arrays: dict[str, np.ndarray]) -> list[str]:
    found = {f"first_step.{place}": one for place, one in enumerate(first_step(program))}
    arrays.update(found)
    return list(found)


def _cannot(reason: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        given=f"a program that cannot be sent to another process: {reason}",
        expected="layers, losses and metrics of Keras, or of a module that can be imported",
        do="move classes and functions of your own from the script into a module, and register "
        "them with keras.saving.register_keras_serializable",
    )
