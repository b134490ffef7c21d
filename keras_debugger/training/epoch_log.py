"""What Keras logs at epoch ends of a trial, kept and told to a listener."""

from types import MappingProxyType
from typing import Any, Protocol

import keras
import numpy as np

from keras_debugger.types.record import EpochLogs


class EpochListener(Protocol):
    """Hears of each epoch of a training, as a `Progress` does."""

    def epoch(self, *, epoch: int, epochs: int, loss: float) -> None:
        """An epoch ended."""


class EpochLog(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps what Keras logs at epoch ends and tells it to a listener.

    Args:
        listener: the listener, None if there is none.
        epochs: epochs asked for.
    """

    def __init__(self, listener: EpochListener | None, *, epochs: int) -> None:
        super().__init__()
        self.logs: list[dict[str, float]] = []
        self._listener = listener
        self._epochs = epochs

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the logs of an epoch and tell its loss."""
        self.logs.append({name: float(value) for name, value in (logs or {}).items()})
        if self._listener is not None:
            loss = self.logs[-1].get("loss", float("nan"))
            self._listener.epoch(epoch=epoch, epochs=self._epochs, loss=loss)

    @property
    def epoch_logs(self) -> EpochLogs:
        """The logs as one array for each name."""
        names = dict.fromkeys(name for logs in self.logs for name in logs)
        missing = float("nan")
        return EpochLogs(
            epoch=np.arange(len(self.logs)),
            values=MappingProxyType(
                {name: np.array([logs.get(name, missing) for logs in self.logs]) for name in names}
            ),
        )
