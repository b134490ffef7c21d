"""Which executor trains: the one that was named, or the one that pays for this program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import tensorflow as tf

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.training.epoch_log import EpochListener
from keras_debugger.training.executor import Executor, LocalExecutor
from keras_debugger.training.executor_ray import RayExecutor
from keras_debugger.training.fit_arguments import is_whole
from keras_debugger.training.isolation import ProcessExecutor
from keras_debugger.training.limits import Limits
from keras_debugger.training.machine import available_bytes, processors
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.trial_run import Program

EXECUTORS = ("auto", "local", "processes", "ray")
RESOURCES = ("num_cpus", "num_gpus")
# Seconds of training ahead from which a process of its own is worth its start, measured in
# benchmarks/executors.py: below, it would be more than a tenth of the whole.
WORTH_A_PROCESS = 120.0
_MEMORY_SHARE = 0.8  # of what is free at the start, for all workers together


def make_executor(
    program: Program,
    name: str = "auto",
    *,
    workers: int | None = None,
    resources: Mapping[str, float] | None = None,
) -> Executor:
    """Make the executor of a run.

    Args:
        program: the program.
        name: `auto`, `local`, `processes` or `ray`.
        workers: processes at the same time, for `auto` and `processes`; chosen if None.
        resources: `num_cpus` and `num_gpus` of each training, for `ray`.

    Raises:
        InvalidArgumentError: Ray is not installed.
    """
    if name == "local":
        return LocalExecutor(program)
    if name == "ray":
        return RayExecutor(program, **(resources or {}))
    if name == "processes":
        return _processes(program, workers)
    return AutoExecutor(program, workers=workers)


def check_executor(
    name: str, *, workers: int | None, resources: Mapping[str, float] | None
) -> None:
    """Refuse arguments that no executor can use, before anything is trained.

    Raises:
        InvalidArgumentError: one of them cannot be used.
    """
    if name not in EXECUTORS:
        raise InvalidArgumentError(
            given=f"executor={name!r}",
            expected=f"one of {', '.join(EXECUTORS)}",
            do="leave executor out to have it chosen",
        )
    if workers is not None and not is_whole(workers, least=1):
        raise InvalidArgumentError(
            given=f"workers={workers!r}",
            expected="a whole number of processes, at least 1",
            do="leave workers out to have it chosen",
        )
    if resources is not None and (name != "ray" or not _are_resources(resources)):
        raise InvalidArgumentError(
            given=f"resources={resources!r} with executor={name!r}",
            expected=f'numbers for {" and ".join(RESOURCES)} of a training, with executor="ray"',
            do='for instance executor="ray", resources={"num_gpus": 0.5}',
        )


def _are_resources(given: Any) -> bool:
    return isinstance(given, Mapping) and all(
        name in RESOURCES and isinstance(amount, Real) and float(amount) >= 0.0
        for name, amount in given.items()
    )


class AutoExecutor:
    """Trains in this process until the first training tells whether a process of its own pays.

    With a GPU everything stays in this process: TensorFlow has taken its memory here already.

    Args:
        program: the program.
        workers: processes at the same time; chosen if None.
    """

    def __init__(self, program: Program, *, workers: int | None = None) -> None:
        self._program = program
        self._workers = workers
        self._chosen: Executor = LocalExecutor(program)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about where the trainings were made."""
        return self._chosen.notes

    def expect(self, tasks: Sequence[Task], *, until: float | None) -> None:
        """Hand on."""
        self._chosen.expect(tasks, until=until)

    def run(self, task: Task, *, listener: EpochListener | None, until: float | None) -> Outcome:
        """Hand on."""
        return self._chosen.run(task, listener=listener, until=until)

    def first_took(self, *, seconds: float, epochs: int, trainings: float) -> None:
        """Go to other processes if what is ahead is long enough."""
        if seconds * trainings >= WORTH_A_PROCESS and not tf.config.list_physical_devices("GPU"):
            self._chosen = _processes(self._program, self._workers)
            self._chosen.first_took(seconds=seconds, epochs=epochs, trainings=trainings)

    def close(self) -> None:
        """Hand on."""
        self._chosen.close()


def _processes(program: Program, workers: int | None) -> ProcessExecutor:
    count = workers or default_workers()
    free = available_bytes()
    share = None if free is None else int(_MEMORY_SHARE * free / count)
    threads = max(1, processors() // count) if count > 1 else 0
    return ProcessExecutor(program, workers=count, threads=threads, limits=Limits(memory=share))


def default_workers() -> int:
    """Processes at the same time: one for each two processors, at most four."""
    return max(1, min(4, processors() // 2))
