"""One worker process as its parent sees it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_debugger.training.framing import read_message, write_message
from keras_debugger.training.machine import resident_bytes
from keras_debugger.training.task import Task
from keras_debugger.training.task_form import task_to_plain
from keras_debugger.training.worker import THREADS

Message = tuple["WorkerProcess", dict[str, Any] | None, list[bytes]]


@dataclass(kw_only=True)
class Job:
    """A task that a worker has been given."""

    task: Task
    number: int
    begun: float  # on the clock of time.monotonic, as the others
    last_sign: float
    must_end: float  # infinite if there is no end


class WorkerProcess:
    """A process that trains tasks of one program, one after the other.

    Args:
        folder: the files of the program.
        threads: threads that TensorFlow may use; 0 leaves it to TensorFlow.
        inbox: takes (this worker, header, blocks) for each message, (this worker, None, []) at
            the end of the process.

    Raises:
        OSError: the process cannot be started.
    """

    def __init__(self, folder: Path, *, threads: int, inbox: queue.Queue[Message]) -> None:
        self.is_ready = False
        self.job: Job | None = None
        self.started = time.monotonic()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed in `end`)
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(place for place in sys.path if place),
            "KERAS_BACKEND": "tensorflow",
            THREADS: str(threads),
        }
        environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "keras_debugger.training.worker", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
        )
        self._inbox = inbox
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def memory(self) -> int:
        """Bytes of memory that it holds; 0 if the system does not tell."""
        return resident_bytes(self.pid)

    def give(self, job: Job, *, seconds: float | None) -> None:
        """Hand over a job; a worker that has died tells so through the inbox.

        Args:
            job: the job.
            seconds: time that it may take, None if there is no end.
        """
        self.job = job
        assert self._process.stdin is not None
        header = {"task": task_to_plain(job.task), "number": job.number, "seconds": seconds}
        try:
            write_message(self._process.stdin, header)  # type: ignore[arg-type]
        except OSError:
            return

    def end(self) -> str:
        """End the process, however busy it is, and say how it ended and its last words."""
        status = self._process.poll()
        if status is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        words = self._last_words()
        self._errors.close()
        return f"{_ending(status)}{words}"

    def wait_for_end(self) -> None:
        """Let a process whose output is closed end by itself, so that its status is known."""
        try:
            self._process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            return

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            while True:
                message = read_message(stream)  # type: ignore[arg-type]
                if message is None:
                    self._inbox.put((self, None, []))
                    return
                self._inbox.put((self, *message))

    def _last_words(self) -> str:
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2000))
        lines = self._errors.read().decode("utf-8", errors="replace").strip().splitlines()
        return f": {lines[-1][:200]}" if lines else ""


def _ending(status: int | None) -> str:
    if status is None:
        return "was ended"
    if status >= 0:
        return f"ended with status {status}"
    name = signal.Signals(-status).name if -status in {*signal.Signals} else str(-status)
    if name == "SIGKILL":
        return "was killed by the system or by hand (SIGKILL), as it is where memory runs out"
    return f"crashed ({name})"
