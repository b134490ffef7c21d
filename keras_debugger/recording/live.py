"""Alarms while training: checks on the growing record."""

from typing import Any

from keras_debugger.types.record import TrainingRecord


class Alarms:
    """Judges a run while it goes on.

    Args:
        mode: `warn`, `stop` or None.
    """

    def __init__(self, mode: str | None) -> None:
        self.mode = mode
        self.stopped_by = ""

    def wants_step(self, step: int) -> bool:
        """Whether the record should be judged before this step."""
        return False

    def listen(self, record: TrainingRecord, model: Any) -> None:
        """Judge the record."""
