"""Progress: what long work tells while it runs; `report/terminal.py` shows it."""

from typing import Protocol

from keras_debugger.types.trial import Trial


class Progress(Protocol):
    """Listens to a long piece of work."""

    def begin(self, *, stage: str, trainings: float) -> None:
        """A stage begins that will take this many trainings of the original."""

    def trial(self, *, plan: str, seed: int, epochs: int) -> None:
        """A training begins."""

    def epoch(self, *, epoch: int, epochs: int, loss: float) -> None:
        """An epoch of the present training ended (epoch counts from 0)."""

    def end_trial(self, trial: Trial) -> None:
        """A training ended."""

    def say(self, text: str) -> None:
        """Something worth a line."""

    def close(self) -> None:
        """The work ended, also by an exception."""
