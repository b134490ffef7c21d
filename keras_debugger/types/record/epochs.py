"""What Keras logged at epoch ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from keras_debugger.types.pickling import WithMappings


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochLogs(WithMappings):
    """What Keras logged at epoch ends.

    Args:
        epoch: epoch numbers, shape (epochs,), int.
        values: log name (`loss`, `val_loss`, `accuracy`, ...) to values, each shape (epochs,),
            float64, NaN where the epoch has no value. `loss` is Keras's running mean over the epoch
            and includes regularisation terms.
        restarts: rows at which a new run starts in the same log, empty for one run.
        missing: log name to the rows at which a file holds no value for it; any other NaN in a
            record read from a file was logged as NaN.
    """

    epoch: np.ndarray
    values: Mapping[str, np.ndarray]
    restarts: tuple[int, ...] = ()
    missing: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def count(self) -> int:
        """Number of epochs."""
        return len(self.epoch)

    def finite(self, name: str) -> np.ndarray:
        """The finite values of a log in their order; empty if there are none."""
        values = self.values.get(name, np.empty(0))
        return np.asarray(values[np.isfinite(values)], dtype=np.float64)
