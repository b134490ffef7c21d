"""RunFolder: what a run leaves in `journal/` of its directory, so that it can be continued."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.run.atomic_file import sync_folder
from keras_debugger.recording.storage import load_record, save_record
from keras_debugger.training.folder_lock import FolderLock
from keras_debugger.training.journal import Journal
from keras_debugger.training.layer_names import LayerNames
from keras_debugger.training.program_digest import digest_of
from keras_debugger.training.program_files import read_program, reason_of, write_program
from keras_debugger.training.run_notice import (
    ARGUMENTS,
    FOLDER,
    PROGRAM,
    only_by_its_script,
    read_notice,
    told_in,
)
from keras_debugger.training.trial_run import Program
from keras_debugger.training.trial_store import TrialStore
from keras_debugger.types.record import TrainingRecord

# Data up to this size are copied into the folder, so that the command line can continue the run.
MOST_BYTES = 256 * 2**20
_RECORD = "record.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run as its folder holds it.

    Args:
        program: the program.
        digest: its digest.
        arguments: arguments of autofix that are plain numbers, by name.
        record: the record of the user's run; None if there was none.
    """

    program: Program
    digest: str
    arguments: dict[str, Any]
    record: TrainingRecord | None


class RunFolder:
    """Holds the folder of a run: no other run may work in it until it is closed.

    Args:
        directory: the user's directory; it is there and can be written to.

    Raises:
        FolderInUseError: another run is working in it.
    """

    def __init__(self, directory: Path) -> None:
        self.folder = directory / FOLDER
        self.folder.mkdir(exist_ok=True)
        self._lock = FolderLock(self.folder)

    def open_again(self, run: KeptRun) -> Journal:
        """The journal of a run that is continued from this folder."""
        names = LayerNames.of(run.program.setup.model)
        try:
            return Journal(store=TrialStore(self.folder, run.digest, names), notes=self._lock.notes)
        except (OSError, sqlite3.Error) as error:
            return self._without(error)

    def open(
        self, program: Program, *, arguments: dict[str, Any], record: TrainingRecord | None
    ) -> Journal:
        """The journal of a program, with the trials that are there; the program is kept too.

        Args:
            program: the program.
            arguments: arguments of autofix that are plain numbers, by name.
            record: the record of the user's run; None if there was none.

        Returns:
            The journal. Where the disk is full or the data cannot be written, a note says so and
            the journal is kept in memory.

        Raises:
            UnreadableFileError: the journal that is there is damaged.
        """
        try:
            digest = digest_of(program)
            names = LayerNames.of(program.setup.model)
            journal = Journal(store=TrialStore(self.folder, digest, names), notes=self._lock.notes)
        except (OSError, sqlite3.Error, TypeError) as error:
            return self._without(error)
        told = {"digest": digest, "arguments": arguments, "cannot": ""}
        try:
            self._keep(program, told, record)
        except (OSError, UnsupportedModelError) as error:
            self._tell({**told, "cannot": reason_of(error)}, journal)
        return journal

    def close(self) -> None:
        """Let go of the folder."""
        self._lock.close()

    def _without(self, error: Exception) -> Journal:
        why = f"The journal in {self.folder} cannot be kept ({error}); the run goes on without it."
        return Journal(notes=(why,))

    def _keep(self, program: Program, told: dict[str, Any], record: TrainingRecord | None) -> None:
        """Write the program beside its place, then move it there."""
        size = _bytes_of(program)
        if size > MOST_BYTES:
            text = f"its data are {size / 2**20:.0f} MiB, more than the {MOST_BYTES / 2**20:.0f} "
            raise OSError(f"{text}MiB that are copied into a folder")
        if record is None and told_in(self.folder / PROGRAM) == told:
            return  # the same run is continued by its script
        for left in self.folder.glob(f".{PROGRAM}.*"):  # of a run that was killed at this point
            shutil.rmtree(left, ignore_errors=True)
        unfinished = self.folder / f".{PROGRAM}.{uuid.uuid4().hex}"
        place = self.folder / PROGRAM
        try:
            unfinished.mkdir()
            write_program(program, unfinished)
            if record is not None:
                save_record(record, unfinished / _RECORD)
            (unfinished / ARGUMENTS).write_text(json.dumps(told, indent=1), encoding="utf-8")
            _sync(unfinished)
            shutil.rmtree(place, ignore_errors=True)
            unfinished.rename(place)
            sync_folder(self.folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _tell(self, told: dict[str, Any], journal: Journal) -> None:
        """Leave word of why the command line cannot continue this run."""
        place = self.folder / PROGRAM
        try:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            (place / ARGUMENTS).write_text(json.dumps(told, indent=1), encoding="utf-8")
        except OSError as error:
            journal.notes += (f"The folder {place} could not be written ({error}).",)


def read_run(directory: Path) -> KeptRun:
    """The run in a folder, to be continued.

    Raises:
        UnreadableFileError: the folder holds no run, a damaged one, or one that only its own script
            can continue.
    """
    told = read_notice(directory)
    place = directory / FOLDER / PROGRAM
    try:
        record = place / _RECORD
        return KeptRun(
            program=read_program(place, with_own_code=False),
            digest=told["digest"],
            arguments=told["arguments"],
            record=load_record(record) if record.is_file() else None,
        )
    except UnsupportedModelError as error:
        raise only_by_its_script(directory, error.given) from error
    except (OSError, EOFError, KeyError, ValueError, TypeError) as error:
        why = f"its files are damaged ({type(error).__name__}: {error})"
        raise only_by_its_script(directory, why) from error


def _sync(folder: Path) -> None:
    """Bring the files of a folder onto the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _bytes_of(program: Program) -> int:
    parts = (program.parts.train, program.parts.selection, program.parts.held_out)
    return sum(int(array.nbytes) for part in parts for array in part.arrays)
