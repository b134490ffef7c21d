"""The process that trains for another one: `python -m keras_debugger.training.worker FOLDER`.

It reads the program from the folder once, then tasks from its standard input, and answers on what
was its standard output; anything that is printed goes to standard error. It ends with its parent:
when its input is closed. It is started by `isolation.py`, not by people.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.training.framing import read_message, write_message

THREADS = "KERAS_DEBUGGER_WORKER_THREADS"
# Of 1000: where memory runs out, the system ends the worker and not its parent.
_FIRST_TO_GO = "900"


def main(folder: Path) -> None:
    """Work until the input is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends this process
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    tasks: queue.SimpleQueue[tuple[dict[str, Any], list[bytes]]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    set_up_tensorflow(int(os.environ.get(THREADS, "0")))
    from keras_debugger.training.program_files import read_program

    try:
        program = read_program(folder)
    except UnsupportedModelError as error:
        write_message(answers, {"refused": error.given})
        return
    write_message(answers, {"ready": os.getpid()})
    while True:
        _work(program, *tasks.get(), answers)


def _listen(stream: BinaryIO, tasks: Any) -> None:
    while (message := read_message(stream)) is not None:
        tasks.put(message)
    os._exit(0)  # the parent is gone or is done, whatever this process is doing


def set_up_tensorflow(threads: int) -> None:
    """Set the threads, 0 for those that TensorFlow chooses, and let it take GPU memory by need.

    A process in which TensorFlow has begun is left as it is.
    """
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):
        if threads:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)


def _work(program: Any, header: dict[str, Any], _: list[bytes], answers: BinaryIO) -> None:
    from keras_debugger.training.task_form import outcome_to_message, task_from_plain

    until = None if header["seconds"] is None else time.monotonic() + header["seconds"]
    outcome = program.run(
        task_from_plain(header["task"]), listener=_Teller(answers, header["number"]), until=until
    )
    told, blocks = outcome_to_message(outcome)
    write_message(answers, {"outcome": told, "number": header["number"]}, *blocks)


class _Teller:
    """Tells the parent of each epoch, which is also a sign of life."""

    def __init__(self, answers: BinaryIO, number: int) -> None:
        self._answers = answers
        self._number = number

    def epoch(self, *, epoch: int, epochs: int, loss: float) -> None:
        event = {"epoch": epoch, "epochs": epochs, "loss": loss}
        write_message(self._answers, {"event": event, "number": self._number})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
