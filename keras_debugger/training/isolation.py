"""Trainings in worker processes: one that hangs, crashes or eats the memory ends no other."""

from __future__ import annotations

import math
import queue
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.training.epoch_log import EpochListener
from keras_debugger.training.executor import LocalExecutor
from keras_debugger.training.limits import GRACE_SECONDS, Limits
from keras_debugger.training.program_files import reason_of, write_program
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.task_form import outcome_from_message
from keras_debugger.training.trial_run import Program, failed_trial
from keras_debugger.training.worker_process import Job, Message, WorkerProcess

START_SECONDS = 300.0  # a worker that is not ready by then never will be
_POLL_SECONDS = 0.1


class ProcessExecutor:
    """Trains in worker processes, which are started when they are needed and after a crash.

    Where the program cannot be sent to another process, it trains in this one and says so.

    Args:
        program: the program.
        workers: processes at the same time.
        threads: threads of TensorFlow in each; 0 leaves it to TensorFlow.
        limits: what a training may take.
    """

    def __init__(
        self, program: Program, *, workers: int = 1, threads: int = 0, limits: Limits | None = None
    ) -> None:
        self.notes: tuple[str, ...] = ()
        self._program = program
        self._most = workers
        self._threads = threads
        self._limits = limits or Limits()
        self._workers: list[WorkerProcess] = []
        self._inbox: queue.Queue[Message] = queue.Queue()
        self._waiting: deque[Task] = deque()
        self._done: dict[Task, Outcome] = {}
        self._given = 0
        self._lost_at_start = 0
        self._until: float | None = None
        self._local: LocalExecutor | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="keras_debugger_")
        try:
            write_program(program, Path(self._folder.name))
        except (UnsupportedModelError, OSError) as error:
            self._stay_here(reason_of(error))

    def expect(self, tasks: Sequence[Task], *, until: float | None) -> None:
        """Begin as many of them as there are workers."""
        if self._local is not None:
            return
        self._until = until
        known = {*self._waiting, *self._done, *(job.task for job in self._jobs)}
        self._waiting += [task for task in tasks if task not in known]
        self._feed()

    def run(self, task: Task, *, listener: EpochListener | None, until: float | None) -> Outcome:
        """Train in a worker, or wait for the one that has begun."""
        self._until = until
        if task not in self._done and task not in [job.task for job in self._jobs]:
            if task in self._waiting:
                self._waiting.remove(task)
            self._waiting.appendleft(task)
        while task not in self._done:
            if self._local is not None:
                self._waiting.clear()
                return self._local.run(task, listener=listener, until=until)
            self._feed()
            self._hear(task, listener)
            self._look_after()
        return self._done.pop(task)

    def first_took(self, *, seconds: float, epochs: int, trainings: float) -> None:
        """Learn from the first training how long one may take."""
        self._limits = self._limits.after(seconds=seconds, epochs=epochs)

    def close(self) -> None:
        """End all workers and remove the files."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._waiting.clear()
        self._folder.cleanup()

    @property
    def _jobs(self) -> list[Job]:
        return [worker.job for worker in self._workers if worker.job is not None]

    def _feed(self) -> None:
        """Give waiting tasks to idle workers; start another one if all are busy."""
        while self._waiting:
            idle = [worker for worker in self._workers if worker.job is None]
            if not idle and len(self._workers) < self._most:
                idle = self._start()
            if not idle:
                return
            now = time.monotonic()
            end = math.inf if self._until is None else self._until
            job = Job(
                task=self._waiting.popleft(),
                number=self._given,
                begun=now,
                last_sign=now,
                must_end=end + GRACE_SECONDS,
            )
            self._given += 1
            idle[0].give(job, seconds=None if self._until is None else max(0.0, end - now))

    def _start(self) -> list[WorkerProcess]:
        folder = Path(self._folder.name)
        try:
            self._workers.append(WorkerProcess(folder, threads=self._threads, inbox=self._inbox))
        except OSError as error:
            self._stay_here(f"no process can be started ({error})")
            return []
        return self._workers[-1:]

    def _hear(self, task: Task, listener: EpochListener | None) -> None:
        """Take in one message, if one comes soon."""
        try:
            worker, header, blocks = self._inbox.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            return
        if worker not in self._workers:
            return
        if header is None:
            worker.wait_for_end()
            self._lost(worker, "the process that trained it ")
            return
        job = worker.job
        if "refused" in header:
            self._stay_here(header["refused"])
        elif "ready" in header:
            worker.is_ready = True
            if job is not None:
                job.begun = job.last_sign = time.monotonic()
        elif job is not None and header["number"] == job.number:
            job.last_sign = time.monotonic()
            self._take(worker, job, header, blocks, listener if job.task == task else None)

    def _take(
        self,
        worker: WorkerProcess,
        job: Job,
        header: dict[str, Any],
        blocks: list[bytes],
        listener: EpochListener | None,
    ) -> None:
        if "outcome" in header:
            self._done[job.task] = outcome_from_message(header["outcome"], blocks, job.task)
            worker.job = None
        elif listener is not None:
            listener.epoch(**header["event"])

    def _look_after(self) -> None:
        """End workers that hang, hold too much memory, or have no time left."""
        now = time.monotonic()
        for worker in tuple(self._workers):
            job = worker.job
            if not worker.is_ready:
                if now - worker.started > START_SECONDS:
                    self._lost(worker, "the process that should train it did not start and ")
                continue
            if job is None:
                continue
            memory = self._limits.memory
            if now > job.must_end:
                self._end_job(worker, job, "time was up", is_whole=False)
            elif now - job.last_sign > self._limits.silence:
                quiet = f"no epoch ended in {self._limits.silence:.0f} s"
                self._end_job(worker, job, f"it hung: {quiet}, and its process was ended")
            elif memory is not None and worker.memory > memory:
                gib = f"{worker.memory / 2**30:.1f} GiB"
                self._end_job(worker, job, f"it ran out of memory: its process held {gib}")

    def _end_job(
        self, worker: WorkerProcess, job: Job, failure: str, *, is_whole: bool = True
    ) -> None:
        self._workers.remove(worker)
        worker.end()
        seconds = time.monotonic() - job.begun
        trial = failed_trial(self._program, job.task, failure, seconds=seconds)
        self._done[job.task] = Outcome(trial=trial, by_machine=True, is_whole=is_whole)

    def _lost(self, worker: WorkerProcess, who: str) -> None:
        """A worker has died: mark its training, or stay here if none can be started."""
        self._workers.remove(worker)
        how = worker.end()
        job = worker.job
        if not worker.is_ready:
            self._lost_at_start += 1
            if job is not None:
                self._waiting.appendleft(job.task)
            if self._lost_at_start > 1:
                self._stay_here(f"its process {how}")
        elif job is not None:
            seconds = time.monotonic() - job.begun
            trial = failed_trial(self._program, job.task, f"{who}{how}", seconds=seconds)
            self._done[job.task] = Outcome(trial=trial, by_machine=True)

    def _stay_here(self, reason: str) -> None:
        note = f"The trials were made in this process and not in one of their own: {reason}."
        self._local = LocalExecutor(self._program)
        self.notes += (note,)
        self.close()
