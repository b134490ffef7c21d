"""The last rows of a record in a small file beside a large one that is not written again."""

import dataclasses
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from keras_debugger.recording.run.archive import write_archive
from keras_debugger.recording.run.atomic_file import write_atomically
from keras_debugger.recording.run.plain_values import to_plain
from keras_debugger.types.record import SCHEMA_VERSION, GradientLog, StepLogs, TrainingRecord

JSON_ENTRY = "record.json"
_Log = TypeVar("_Log", StepLogs, GradientLog)


def tail_of(path: Path) -> Path:
    """Where the last rows of a record file are."""
    return path.with_name(f"{path.stem}.tail{path.suffix}")


def write_record(
    record: TrainingRecord, path: Path, *, identity: str, since: int | None = None
) -> None:
    """Write a record file, or the tail of one; it is there whole or not at all.

    Args:
        record: the run; for a tail, its rows of steps and gradients from `since` on.
        path: the file.
        identity: tells which tail goes with which file.
        since: first step of a tail, None for a whole record.
    """
    arrays: dict[str, np.ndarray] = {}
    plain = {
        "schema": SCHEMA_VERSION,
        "identity": identity,
        "since": since,
        "record": to_plain(record, arrays),
    }
    write_atomically(path, lambda file: write_archive(file, JSON_ENTRY, plain, arrays))


def continued(head: TrainingRecord, tail: TrainingRecord, since: int) -> TrainingRecord:
    """The whole record.

    Args:
        head: what was written first.
        tail: what was written last, with the rows from `since` on.
        since: the step.
    """
    return dataclasses.replace(
        tail,
        step_logs=_join(head.step_logs, tail.step_logs, since),
        gradient_log=_join(head.gradient_log, tail.gradient_log, since),
    )


def _join(head: _Log | None, tail: _Log | None, since: int) -> _Log | None:
    if head is None or tail is None:
        return tail
    earlier, rows = head.step < since, len(head.step)
    columns: dict[str, Any] = {}
    for field in dataclasses.fields(tail):
        values = getattr(head, field.name)
        if isinstance(values, np.ndarray) and len(values) == rows:
            columns[field.name] = np.concatenate([values[earlier], getattr(tail, field.name)])
            columns[field.name].setflags(write=False)
    return dataclasses.replace(tail, **columns)
