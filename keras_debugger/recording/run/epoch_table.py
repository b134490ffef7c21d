"""What Keras logged at the epoch ends of a run so far."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from keras_debugger.types.record import EpochLogs


class EpochTable:
    """A column for each name in the logs, NaN where an epoch has no value."""

    def __init__(self) -> None:
        self._epochs: list[int] = []
        self._columns: dict[str, list[float]] = {}
        self._restarts: list[int] = []

    def __len__(self) -> int:
        return len(self._epochs)

    @property
    def has_validation(self) -> bool:
        """Whether an epoch was validated."""
        return any(name.startswith("val_") for name in self._columns)

    def restart(self) -> None:
        """Another fit begins."""
        self._restarts.append(len(self._epochs))

    def add(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """An epoch ended with these logs."""
        rows = len(self._epochs)
        self._epochs.append(epoch)
        for name in logs:
            self._columns.setdefault(name, [float("nan")] * rows)
        for name, column in self._columns.items():
            column.append(float(logs.get(name, float("nan"))))

    def logs(self) -> EpochLogs | None:
        """Everything so far, None before the first epoch end."""
        if not self._epochs:
            return None
        columns = {name: _frozen(column, np.float64) for name, column in self._columns.items()}
        return EpochLogs(
            epoch=_frozen(self._epochs, np.int64),
            values=MappingProxyType(columns),
            restarts=tuple(self._restarts),
        )


def _frozen(values: list[Any], dtype: Any) -> np.ndarray:
    array = np.array(values, dtype)
    array.setflags(write=False)
    return array
