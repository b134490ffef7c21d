"""A record to and from one file, and a record from whatever holds the history of a run."""

import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_debugger.errors import InvalidArgumentError, UnreadableFileError
from keras_debugger.recording.logs.history_json import read_history
from keras_debugger.recording.logs.log_readers import read_log
from keras_debugger.recording.run.archive import read_archive
from keras_debugger.recording.run.plain_values import from_plain
from keras_debugger.recording.run.record_tail import (
    JSON_ENTRY,
    continued,
    tail_of,
    write_record,
)
from keras_debugger.types.record import SCHEMA_VERSION, FitDescription, TrainingRecord

RECORD_FILE = "record.npz"
HISTORY_FILE = "training_history.json"


def save_record(record: TrainingRecord, path: str | Path) -> Path:
    """Save a record as one file: arrays as in any `.npz`, the rest as JSON text inside.

    Args:
        record: the run.
        path: the file, or an existing folder that gets a `record.npz`.

    Returns:
        The file that was written. It is there whole or not at all.
    """
    target = Path(path)
    if target.is_dir():
        target = target / RECORD_FILE
    write_record(record, target, identity=uuid.uuid4().hex)
    tail_of(target).unlink(missing_ok=True)
    return target


def load_record(path: str | Path) -> TrainingRecord:
    """Load a record that `Recorder(directory=...)` wrote, of this or an older version.

    Args:
        path: the file, or a folder that holds a `record.npz`. The last rows of a long run whose
            end was not seen are taken from the `record.tail.npz` beside it.

    Returns:
        The run; its arrays are read-only.

    Raises:
        UnreadableFileError: the file is no record, is cut, or was written by a newer version.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> from keras_debugger import Recorder, load_record
        >>> model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.ones((8, 3), "float32")
        >>> _ = model.fit(x, x[:, :1], verbose=0, callbacks=[Recorder("run")])
        >>> load_record("run").epochs.count
        1
    """
    file = Path(path)
    if file.is_dir():
        file = file / RECORD_FILE
    try:
        record, identity, _ = _read_record(file)
        tail = tail_of(file)
        if tail.is_file():
            last, continues, since = _read_record(tail)
            if continues == identity and since is not None:
                record = continued(record, last, since)
    except FileNotFoundError:
        raise _no_file(file) from None
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError, EOFError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(
            given=f"{file}, which is no record or is damaged ({error})",
            expected="a file that save_record or Recorder(directory=...) wrote",
            do="record the run again, or give the training_history.json beside it",
        ) from error
    return record


def _read_record(file: Path) -> tuple[TrainingRecord, str | None, int | None]:
    """What one file holds, its identity, and the first step of a tail."""
    with file.open("rb") as opened:
        plain, arrays = read_archive(opened, JSON_ENTRY)
    if plain["schema"] > SCHEMA_VERSION:
        raise UnreadableFileError(
            given=f"{file}, a record of version {plain['schema']}",
            expected=f"a record of version {SCHEMA_VERSION} or older",
            do="read it with the newer keras-debugger that wrote it",
        )
    record: TrainingRecord = from_plain(plain["record"], TrainingRecord, arrays)
    return record, plain.get("identity"), plain.get("since")


def read_source(source: Any) -> TrainingRecord:
    """The record of a run from whatever holds it.

    Args:
        source: a Recorder or anything with a `record`; a TrainingRecord; a Keras History; a dict
            of log name to list of values; or a path to a saved record, a folder that holds one,
            a CSVLogger file, a history JSON or a text file with pasted progress lines.

    Returns:
        The record. `notes` says what was guessed or left out.

    Raises:
        InvalidArgumentError: the source is none of these.
        UnreadableFileError: the file holds no training history that can be read.
    """
    if isinstance(source, TrainingRecord):
        return source
    if isinstance(getattr(source, "record", None), TrainingRecord):
        whole = getattr(source, "full_record", None)
        record: TrainingRecord = source.record if whole is None else whole()
        return record
    if isinstance(source, str | Path):
        return _read_path(Path(source))
    if isinstance(source, Mapping):
        return read_history(source, source="a dict of lists")
    history = getattr(source, "history", None)
    if isinstance(history, Mapping) and hasattr(source, "epoch"):
        return _read_keras_history(source)
    raise InvalidArgumentError(
        given=f"a {type(source).__name__}",
        expected="a Recorder, a Keras History, a dict of lists, a TrainingRecord or a path",
        do="pass what model.fit returned, or the Recorder that was in its callbacks",
    )


def _read_path(path: Path) -> TrainingRecord:
    if path.is_dir():
        for name in (RECORD_FILE, HISTORY_FILE):
            if (path / name).is_file():
                return _read_path(path / name)
        raise UnreadableFileError(
            given=f"the folder {path}",
            expected=f"a folder that holds {RECORD_FILE} or {HISTORY_FILE}",
            do="give the directory that was given to Recorder or autofix, or the log file itself",
        )
    if not path.is_file():
        raise _no_file(path)
    if zipfile.is_zipfile(path):
        return load_record(path)
    return read_log(path)


def _read_keras_history(history: Any) -> TrainingRecord:
    """A record of what a `keras.callbacks.History` holds."""
    asked = getattr(history, "params", None) or {}
    return read_history(
        history.history,
        epochs=history.epoch,
        source="a Keras History",
        fit_description=FitDescription(
            epochs=asked.get("epochs"), steps_per_epoch=asked.get("steps")
        ),
    )


def _no_file(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        given=f"{path}, where no file is",
        expected="a saved record, a CSVLogger file, a history JSON or a pasted Keras log",
        do="check the path",
    )
