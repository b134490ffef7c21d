"""The end of the time that a run may take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from keras_debugger.types.trial import Trial


class TimeIsUp(Exception):  # noqa: N818  (it ends a run; it is no error)
    """Raised by a trainer whose time is up; the run ends with what is known.

    Args:
        trial: the training that was cut, as far as it came; None if none had begun.
    """

    def __init__(self, trial: Trial | None = None) -> None:
        super().__init__("time is up")
        self.trial = trial


class StopInTime(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends a training after the batch in which time is up.

    Args:
        until: end of the time, on the clock of `time.monotonic`.
    """

    def __init__(self, until: float) -> None:
        super().__init__()
        self.is_up = False
        self._until = until

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Look at the clock."""
        if time.monotonic() > self._until:
            self.is_up = True
            self.model.stop_training = True
