"""What runs on a Ray cluster: one task, in a process that keeps its program for the next one."""

from __future__ import annotations

import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from keras_debugger.training.program_files import read_program
from keras_debugger.training.task_form import outcome_to_message, task_from_plain
from keras_debugger.training.trial_run import Program
from keras_debugger.training.worker import set_up_tensorflow

Answer = tuple[dict[str, Any], list[bytes]]


def train(
    files: dict[str, bytes], task: dict[str, Any], *, seconds: float | None, threads: int
) -> Answer:
    """Train a task of a program.

    Args:
        files: the files of the program by their path.
        task: the task.
        seconds: time that it may take, None if there is no end.
        threads: threads that TensorFlow may use; they are set before its first use only.

    Returns:
        The outcome as a message.
    """
    until = None if seconds is None else time.monotonic() + seconds
    program = _program(_Files(files), threads)
    return outcome_to_message(program.run(task_from_plain(task), until=until))


class _Files:
    """Files that are told apart by the text that describes the program and checks it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def __hash__(self) -> int:
        return hash(self.files["program.json"])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Files)
            and self.files.keys() == other.files.keys()
            and all(self.files[name] == other.files[name] for name in self.files)
        )


@lru_cache(maxsize=1)
def _program(given: _Files, threads: int) -> Program:
    set_up_tensorflow(threads)
    folder = Path(tempfile.mkdtemp(prefix="keras_debugger_"))
    for name, content in given.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return read_program(folder)
