"""TrialStore: trials in one SQLite file, which survives a kill, a power cut and a full disk.

One row a trial, written in one transaction that is on the disk when it is reported as kept
(rollback journal, `synchronous=EXTRA`): rows are few, so speed has no part in it, and the file can
be copied at any time after the run. Weights are files beside it, there before the row is.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.run.atomic_file import write_atomically
from keras_debugger.training.layer_names import LayerNames
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.trial_form import pack_trial, unpack_trial

FILE = "trials.sqlite"
_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS trials (
    program TEXT NOT NULL,    -- digest of the model, data, arguments and versions
    task TEXT NOT NULL,       -- digest of edits, seed and epochs
    held_out INTEGER NOT NULL,
    watched INTEGER NOT NULL,
    plan TEXT NOT NULL,       -- this and what follows is for people; `trial` holds it all
    seed INTEGER NOT NULL,
    epochs INTEGER NOT NULL,
    cost REAL NOT NULL,
    seconds REAL NOT NULL,
    selection_error REAL,
    held_out_error REAL,
    failure TEXT NOT NULL,
    finished_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    weights TEXT NOT NULL,    -- file in weights/, empty if none is kept
    trial BLOB NOT NULL,      -- zip of JSON and .npy
    PRIMARY KEY (program, task, held_out, watched)
)
"""


class TrialStore:
    """The trials of one program in a folder.

    Args:
        folder: the folder; it is there and locked by this process.
        program: digest of the program; trials of others in the same file are left alone.
        names: names of its layers, which may change from process to process.

    Raises:
        UnreadableFileError: the file is damaged or was written by a newer version.
    """

    def __init__(self, folder: Path, program: str, names: LayerNames | None = None) -> None:
        self.folder = folder
        self._names = names or LayerNames({})
        self._program = program
        self._database = _open(folder / FILE)

    def find(self, task: Task) -> Outcome | None:
        """The outcome of a task or of one that answers for it; None if there is none."""
        row = self._database.execute(
            "SELECT trial, weights FROM trials WHERE program = ? AND task = ? AND held_out = ? "
            "AND watched >= ? ORDER BY watched LIMIT 1",
            (self._program, task.key_by(self._names), task.held_out, task.watched),
        ).fetchone()
        if row is None:
            return None
        weights = _read_weights(self.folder / "weights" / row[1]) if row[1] else None
        return Outcome(trial=unpack_trial(row[0], task.plan, self._names), weights=weights)

    def keep(self, task: Task, outcome: Outcome) -> None:
        """Write an outcome; it is on the disk when this returns."""
        trial, key = outcome.trial, task.key_by(self._names)
        name = ""
        if outcome.weights is not None:
            name = f"{self._program[:8]}-{key}.npz"
            _write_weights(self.folder / "weights" / name, outcome.weights)
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO trials (program, task, held_out, watched, plan, seed, "
                "epochs, cost, seconds, selection_error, held_out_error, failure, weights, trial) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(self._program, key, task.held_out, task.watched),
                    *(trial.plan.name, trial.seed, trial.epochs, trial.cost, trial.seconds),
                    trial.selection.error if trial.selection else None,
                    trial.held_out.error if trial.held_out else None,
                    *(trial.failure, name, pack_trial(trial, self._names)),
                ),
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _open(path: Path) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(path, timeout=5.0)
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("PRAGMA synchronous = EXTRA")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise UnreadableFileError(
                given=f"{path}, a journal of version {version}",
                expected=f"a journal of version {_VERSION} or older",
                do="continue with the newer keras-debugger that wrote it, or choose another folder",
            )
        with database:
            database.execute(_TABLE)
            database.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # a full or read-only disk
        raise UnreadableFileError(
            given=f"{path}, which is damaged ({error})",
            expected="a journal that autofix wrote",
            do="move the file away, and everything is trained anew",
        ) from error
    return database


def _write_weights(path: Path, weights: tuple[np.ndarray, ...]) -> None:
    named: dict[str, Any] = {f"{position:06d}": one for position, one in enumerate(weights)}
    write_atomically(path, lambda file: np.savez(file, **named))


def _read_weights(path: Path) -> tuple[np.ndarray, ...] | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return tuple(archive[name] for name in sorted(archive.files))
    except (OSError, ValueError, EOFError, BadZipFile):
        return None  # the trial counts all the same; its model is trained again if it is needed
