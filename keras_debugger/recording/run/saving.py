"""What a recorder leaves in its folder."""

import json
import math
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_debugger.recording.run.atomic_file import write_atomically
from keras_debugger.recording.step.batch_sample import Rows
from keras_debugger.recording.storage import save_record
from keras_debugger.types.record import EpochLogs, TrainingRecord

SLOW_SAVING = 0.25  # seconds; what takes less is written at each epoch end
SHARE_OF_SAVING = 0.05  # largest share of the time that a large record is being written


class RunFolder:
    """The folder of a run: written at each epoch end, as long as that takes little of its time.

    Args:
        directory: the folder; it is made if it is not there.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._took = 0.0  # seconds, the last time
        self._next = 0.0  # when the record may be written again

    @property
    def wants_record(self) -> bool:
        """Whether the record should be written; a large one is given time between two writings."""
        return self._took < SLOW_SAVING or time.perf_counter() >= self._next

    def save_history(self, logs: EpochLogs | None) -> None:
        """Write `training_history.json`.

        Args:
            logs: epoch logs, None before the first epoch end.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        if logs is not None:
            save_history(logs, self._directory / "training_history.json")

    def save_record(self, record: TrainingRecord, bad_batch: Rows | None) -> None:
        """Write `record.npz` and, if there is one, `bad_batch.npz`.

        Args:
            record: what was recorded so far.
            bad_batch: the first batch with a non-finite value.
        """
        start = time.perf_counter()
        self._directory.mkdir(parents=True, exist_ok=True)
        save_record(record, self._directory / "record.npz")
        if bad_batch is not None:
            save_rows(bad_batch, self._directory / "bad_batch.npz")
        end = time.perf_counter()
        self._took = end - start
        self._next = end + self._took / SHARE_OF_SAVING


def save_history(logs: EpochLogs, path: Path) -> None:
    """Write the history as Keras has it, `{"loss": [...], ...}`, as JSON that every reader takes.

    Args:
        logs: epoch logs.
        path: the file. A number that JSON does not know is written as the string `nan` or `inf`.
    """
    history = {
        name: [value if math.isfinite(value) else str(value) for value in column.tolist()]
        for name, column in logs.values.items()
    }
    text = json.dumps(history, indent=1, allow_nan=False) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))


def save_rows(rows: Rows, path: Path) -> None:
    """Write rows as arrays `x0`, `x1`, ..., `y0`, ..., `sample_weight0` in the order of Keras."""
    arrays: dict[str, np.ndarray] = {}
    for name in ("x", "y", "sample_weight"):
        leaves = [leaf for leaf in tf.nest.flatten(getattr(rows, name)) if leaf is not None]
        arrays |= {f"{name}{number}": leaf for number, leaf in enumerate(leaves)}
    write_atomically(path, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))
