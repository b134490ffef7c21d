"""What a recorder leaves in its folder."""

import json
import math
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_debugger.recording.atomic_file import write_atomically
from keras_debugger.recording.batch_sample import Rows
from keras_debugger.recording.storage import save_record
from keras_debugger.types.record import EpochLogs, TrainingRecord


def save_run(record: TrainingRecord, directory: Path, bad_batch: Rows | None) -> None:
    """Write `training_history.json`, `record.npz` and, if there is one, `bad_batch.npz`.

    Args:
        record: what was recorded so far.
        directory: the folder; it is made if it is not there.
        bad_batch: the first batch with a non-finite value.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if record.epoch_logs is not None:
        save_history(record.epoch_logs, directory / "training_history.json")
    save_record(record, directory / "record.npz")
    if bad_batch is not None:
        save_rows(bad_batch, directory / "bad_batch.npz")


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
