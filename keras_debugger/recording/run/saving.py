"""What a recorder leaves in its folder."""

import json
import math
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_debugger.recording.run.atomic_file import write_atomically
from keras_debugger.recording.run.record_tail import tail_of, write_record
from keras_debugger.recording.step.batch_sample import Rows
from keras_debugger.types.record import EpochLogs, TrainingRecord

SLOW_SAVING = 0.25  # seconds; what takes less is written whole at each epoch end
SHARE_OF_SAVING = 0.05  # largest share of the time that a large record is being written whole


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRows:
    """What the rows of a record are like; as long as it stays so, new rows can be added to a file.

    Args:
        strides: steps between rows that are kept.
        columns: number of variables.
        since: a step whose rows are full, from which on rows are written again.
    """

    strides: tuple[int, int]
    columns: int
    since: int


class RunFolder:
    """The folder of a run: written at each epoch end.

    A record that takes long to write is written whole now and then; between, the rows that are new
    go to a small file beside it, which `load_record` reads too.

    Args:
        directory: the folder; it is made if it is not there.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / "record.npz"
        self._took = 0.0  # seconds, the last time
        self._next = 0.0  # when the record may be written whole again
        self._identity = ""
        self._written: SavedRows | None = None
        self._bad_rows = 0

    def save_history(self, logs: EpochLogs | None) -> None:
        """Write `training_history.json`.

        Args:
            logs: epoch logs, None before the first epoch end.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        if logs is not None:
            save_history(logs, self._directory / "training_history.json")

    def save_record(
        self, record: Callable[[int], TrainingRecord], rows: SavedRows, *, whole: bool
    ) -> None:
        """Write `record.npz`, or the rows that came since to `record.tail.npz`.

        Args:
            record: gives what was recorded so far, rows of steps from a step on.
            rows: what the rows are like now.
            whole: whether the whole record must be written.
        """
        written = self._written
        if (
            whole
            or written is None
            or self._took < SLOW_SAVING
            or time.perf_counter() >= self._next
            or (rows.strides, rows.columns) != (written.strides, written.columns)
        ):
            self._save_whole(record(0), rows)
        else:
            self._directory.mkdir(parents=True, exist_ok=True)
            write_record(
                record(written.since),
                tail_of(self._path),
                identity=self._identity,
                since=written.since,
            )

    def save_bad_batch(self, batch: Rows | None) -> None:
        """Write `bad_batch.npz`, if there is one and it has grown.

        Args:
            batch: the first batch with a non-finite value.
        """
        if batch is not None and batch.count > self._bad_rows:
            save_rows(batch, self._directory / "bad_batch.npz")
            self._bad_rows = batch.count

    def _save_whole(self, record: TrainingRecord, rows: SavedRows) -> None:
        start = time.perf_counter()
        self._directory.mkdir(parents=True, exist_ok=True)
        identity = uuid.uuid4().hex
        write_record(record, self._path, identity=identity)
        tail_of(self._path).unlink(missing_ok=True)
        self._identity, self._written = identity, rows
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
