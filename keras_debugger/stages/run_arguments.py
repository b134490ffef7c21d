"""Numbers and the folder of a run, checked before anything is trained."""

from __future__ import annotations

import math
import os
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.training.fit_arguments import is_whole

if TYPE_CHECKING:
    from keras_debugger.stages.run_state import RunState


def check_numbers(run: RunState) -> None:
    """Refuse what cannot be used.

    Raises:
        InvalidArgumentError: a number is out of its range, or the folder cannot be written to.
    """
    if not (_is_number(run.min_improvement) and 0.0 <= run.min_improvement < 1.0):
        raise InvalidArgumentError(
            given=f"min_improvement={run.min_improvement!r}",
            expected="a share of the error from 0 to below 1",
            do="use 0.10 for a tenth less error",
        )
    check_budget(run.budget, do="use budget=3, or call diagnose if nothing should be trained")
    check_seed(run.seed)
    if not is_whole(run.seeds, least=2):
        raise InvalidArgumentError(
            given=f"seeds={run.seeds!r}",
            expected="a whole number of at least 2, since one training proves nothing",
            do="use seeds=5",
        )
    if run.max_seconds is not None and not (_is_number(run.max_seconds) and run.max_seconds > 0):
        raise InvalidArgumentError(
            given=f"max_seconds={run.max_seconds!r}",
            expected="a positive number of seconds",
            do="leave max_seconds out if the run may take as long as its budget takes",
        )
    if run.directory is not None:
        _check_folder(run.directory)


def check_budget(budget: Any, *, do: str) -> None:
    """Refuse a budget that is no positive number; `do` is the advice."""
    if not (_is_number(budget) and 0.0 < budget < math.inf):
        raise InvalidArgumentError(
            given=f"budget={budget!r}", expected="a positive number of trainings", do=do
        )


def check_seed(seed: Any) -> None:
    """Refuse a seed that NumPy and Keras do not both take."""
    if not (is_whole(seed, least=0) and seed < 2**31):
        raise InvalidArgumentError(
            given=f"seed={seed!r}",
            expected="a whole number from 0 to 2**31 - 1",
            do="leave seed out, or use another number for another split of the data",
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _check_folder(given: Any) -> None:
    """Make the folder, so that hours of work do not end in a path that cannot be written."""
    if not isinstance(given, str | os.PathLike):
        raise InvalidArgumentError(
            given=f"directory={given!r}",
            expected="the path of a folder, as text or a pathlib.Path",
            do='use for instance directory="result"',
        )
    folder = Path(given)
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
