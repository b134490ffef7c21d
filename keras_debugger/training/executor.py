"""Executors: where trainings are made. This process, worker processes, or a Ray cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from keras_debugger.training.epoch_log import EpochListener
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.trial_run import Program


class Executor(Protocol):
    """Makes trainings; the same task gives the same trial in each of them."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about where the trainings were made, one sentence each."""

    def expect(self, tasks: Sequence[Task], *, until: float | None) -> None:
        """Tasks that will be asked for next, in order; they may be begun."""

    def run(self, task: Task, *, listener: EpochListener | None, until: float | None) -> Outcome:
        """Make a training, or wait for the one that was begun.

        Args:
            task: the training.
            listener: told of each epoch where that is possible.
            until: end of the time, on the clock of `time.monotonic`; None if there is none.
        """

    def first_took(self, *, seconds: float, epochs: int, trainings: float) -> None:
        """Learn from the first training.

        Args:
            seconds: what it took; NaN if that is not known.
            epochs: its epochs.
            trainings: how many more such trainings are ahead, about.
        """

    def close(self) -> None:
        """End all that was begun."""


class LocalExecutor:
    """Trains in this process, one after the other.

    Args:
        program: the program.
        notes: why it is trained here, where something else was asked for.
    """

    def __init__(self, program: Program, notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        self._program = program

    def expect(self, tasks: Sequence[Task], *, until: float | None) -> None:
        """Nothing: there is one process."""

    def run(self, task: Task, *, listener: EpochListener | None, until: float | None) -> Outcome:
        """Train."""
        return self._program.run(task, listener=listener, until=until)

    def first_took(self, *, seconds: float, epochs: int, trainings: float) -> None:
        """Nothing changes."""

    def close(self) -> None:
        """Nothing to end."""
