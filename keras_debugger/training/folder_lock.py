"""One run in a folder at a time; the system lets go of the folder of a run that was killed."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from keras_debugger.errors import FolderInUseError

FILE = "lock"
_PLACE = 1 << 20  # of the locked byte on Windows, behind the text, which others may read


class FolderLock:
    """Holds a folder until it is closed or the process ends, in whatever way it does.

    The lock is one of the system on an open file, not the file itself: one that a dead process, or
    one before a restart of the machine, has left there is free. Where the file system knows no
    locks, `notes` says so and the folder is not held.

    Args:
        folder: the folder; it is there.

    Raises:
        FolderInUseError: another run holds the folder; the message tells its process id.
    """

    def __init__(self, folder: Path) -> None:
        self.notes: tuple[str, ...] = ()
        path = folder / FILE
        self._file: IO[str] = path.open("a+", encoding="utf-8")
        try:
            _lock(self._file)
        except (BlockingIOError, PermissionError):
            self._file.seek(0)
            holder = _holder(self._file.read())
            self._file.close()
            raise FolderInUseError(
                given=f"the folder {folder.parent}, which {holder} is working in",
                expected="a folder that no other run is using",
                do="wait until it ends, stop it, or choose another folder",
            ) from None
        except OSError as error:  # as on some file systems of clusters
            self.notes = (
                f"The file system of {folder} knows no locks ({error}): take care that no other "
                "run works in this folder.",
            )
        with suppress(OSError):  # a full disk: the folder is held, only nobody is told by whom
            self._file.seek(0)
            self._file.truncate()
            json.dump({"pid": os.getpid(), "host": socket.gethostname()}, self._file)
            self._file.flush()

    def close(self) -> None:
        """Let go of the folder."""
        self._file.close()


def _holder(text: str) -> str:
    try:
        told = json.loads(text)
        place = "" if told["host"] == socket.gethostname() else f" on {told['host']}"
        return f"process {int(told['pid'])}{place}"
    except (ValueError, KeyError, TypeError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        file.seek(_PLACE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
