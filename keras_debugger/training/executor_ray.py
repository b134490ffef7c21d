"""Trainings as tasks of a Ray cluster: the user's own, or one on this machine if there is none."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_debugger.errors import InvalidArgumentError, UnsupportedModelError
from keras_debugger.training import ray_task
from keras_debugger.training.epoch_log import EpochListener
from keras_debugger.training.executor import LocalExecutor
from keras_debugger.training.limits import GRACE_SECONDS, Limits
from keras_debugger.training.program_files import reason_of, write_program
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.task_form import outcome_from_message, task_to_plain
from keras_debugger.training.trial_run import Program, failed_trial

RETRIES = 3  # of a task whose worker was lost
_POLL_SECONDS = 0.2
_START_SECONDS = 600.0  # for a place on the cluster and the start of a worker


class RayExecutor:
    """Trains on a Ray cluster; lost workers are retried.

    A cluster that this process is connected to is used as it is; else the one that
    `ray.init(address="auto")` finds. Only if there is none, one is started on this machine and
    ended at the end. All nodes need the same versions of keras_debugger and TensorFlow.

    Args:
        program: the program.
        num_cpus: processors that a training takes; a fraction shares one.
        num_gpus: GPUs that a training takes; a fraction shares one.

    Raises:
        InvalidArgumentError: Ray is not installed.
    """

    def __init__(self, program: Program, *, num_cpus: float = 1.0, num_gpus: float = 0.0) -> None:
        self.notes: tuple[str, ...] = ()
        self._ray = _import_ray()
        self._program = program
        self._limits = Limits()
        self._running: dict[Task, tuple[Any, float]] = {}
        self._local: LocalExecutor | None = None
        self._connected = False
        try:
            files = _files_of(program)
        except (UnsupportedModelError, OSError) as error:
            why = reason_of(error)
            self.notes = (f"The trials were made in this process and not by Ray: {why}.",)
            self._local = LocalExecutor(program)
            return
        self._connect()
        self._threads = max(1, int(num_cpus))
        self._files = self._ray.put(files)
        self._train = self._ray.remote(ray_task.train).options(
            num_cpus=num_cpus, num_gpus=num_gpus, max_retries=RETRIES
        )

    def expect(self, tasks: Sequence[Task], *, until: float | None) -> None:
        """Hand them to the cluster, which makes as many at a time as it has room for."""
        for task in tasks:
            if self._local is None and task not in self._running:
                self._submit(task, until)

    def run(self, task: Task, *, listener: EpochListener | None, until: float | None) -> Outcome:
        """Wait for a task, handing it to the cluster first if that was not done."""
        if self._local is not None:
            return self._local.run(task, listener=listener, until=until)
        if task not in self._running:
            self._submit(task, until)
        reference, begun = self._running[task]
        while not self._ray.wait([reference], timeout=_POLL_SECONDS)[0]:
            now = time.monotonic()
            if until is not None and now > until + GRACE_SECONDS:
                return self._given_up(task, "time was up", is_whole=False)
            if now - begun > _START_SECONDS + self._limits.silence * task.epochs:
                return self._given_up(task, f"it hung: no answer in {now - begun:.0f} s")
        del self._running[task]
        try:
            header, blocks = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            failure = f"Ray could not train it: {lines[-1][:200]}"
            return Outcome(trial=self._failed(task, failure, begun), by_machine=True)
        return outcome_from_message(header, blocks, task)

    def first_took(self, *, seconds: float, epochs: int, trainings: float) -> None:
        """Learn from the first training how long one may take."""
        self._limits = self._limits.after(seconds=seconds, epochs=epochs)

    def close(self) -> None:
        """Cancel what runs, and leave the cluster if this run has joined it."""
        for reference, _ in self._running.values():
            self._ray.cancel(reference, force=True)
        self._running.clear()
        if self._connected:
            self._ray.shutdown()
            self._connected = False

    def _connect(self) -> None:
        if self._ray.is_initialized():
            return
        try:
            self._ray.init(address="auto", log_to_driver=False, logging_level="error")
        except ConnectionError:
            self._ray.init(
                address="local", log_to_driver=False, logging_level="error", include_dashboard=False
            )
        self._connected = True

    def _submit(self, task: Task, until: float | None) -> None:
        seconds = None if until is None else max(0.0, until - time.monotonic())
        reference = self._train.remote(
            self._files, task_to_plain(task), seconds=seconds, threads=self._threads
        )
        self._running[task] = (reference, time.monotonic())

    def _given_up(self, task: Task, failure: str, *, is_whole: bool = True) -> Outcome:
        reference, begun = self._running.pop(task)
        self._ray.cancel(reference, force=True)
        trial = self._failed(task, failure, begun)
        return Outcome(trial=trial, by_machine=True, is_whole=is_whole)

    def _failed(self, task: Task, failure: str, begun: float) -> Any:
        return failed_trial(self._program, task, failure, seconds=time.monotonic() - begun)


def _files_of(program: Program) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="keras_debugger_") as name:
        folder = Path(name)
        write_program(program, folder)
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }


def _import_ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise InvalidArgumentError(
            given='executor="ray" where Ray is not installed',
            expected="the package ray, here and on all nodes of the cluster",
            do='pip install "keras-debugger[ray]"',
        ) from error
    return ray
