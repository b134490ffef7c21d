"""Numbers and the folder of a run, checked before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keras_debugger.errors import InvalidArgumentError

if TYPE_CHECKING:
    from keras_debugger.stages.run_state import RunState


def check_numbers(run: RunState) -> None:
    """Refuse what cannot be used.

    Raises:
        InvalidArgumentError: a number is out of its range, or the folder cannot be written to.
    """
    if not 0.0 <= run.min_improvement < 1.0:
        raise InvalidArgumentError(
            given=f"min_improvement={run.min_improvement!r}",
            expected="a share of the error from 0 to below 1",
            do="use 0.10 for a tenth less error",
        )
    if not run.budget > 0:
        raise InvalidArgumentError(
            given=f"budget={run.budget!r}",
            expected="a positive number of trainings",
            do="use budget=3, or call diagnose if nothing should be trained",
        )
    if run.seeds < 2:
        raise InvalidArgumentError(
            given=f"seeds={run.seeds!r}",
            expected="at least 2 seeds, since one training proves nothing",
            do="use seeds=5",
        )
    if run.max_seconds is not None and not run.max_seconds > 0:
        raise InvalidArgumentError(
            given=f"max_seconds={run.max_seconds!r}",
            expected="a positive number of seconds",
            do="leave max_seconds out if the run may take as long as its budget takes",
        )
    if run.directory is not None:
        _check_folder(Path(run.directory))


def _check_folder(folder: Path) -> None:
    """Make the folder, so that hours of work do not end in a path that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".keras_debugger_probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise InvalidArgumentError(
            given=f"directory={str(folder)!r} ({error.strerror})",
            expected="a folder that can be made and written to",
            do="choose another folder, or leave directory out",
        ) from error
