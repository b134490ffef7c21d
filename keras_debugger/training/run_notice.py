"""What the folder of a run tells of it, read without Keras: whether it can be continued."""

import json
from pathlib import Path
from typing import Any

from keras_debugger.errors import UnreadableFileError

FOLDER, PROGRAM, ARGUMENTS = "journal", "program", "run.json"


def read_notice(directory: Path) -> dict[str, Any]:
    """The digest and the arguments of the run in a folder.

    Args:
        directory: the directory that was given to autofix.

    Raises:
        UnreadableFileError: the folder holds no run, or one that only its own script can continue.
    """
    told = told_in(directory / FOLDER / PROGRAM)
    if told is None:
        raise UnreadableFileError(
            given=f"the folder {directory}, which holds no run that can be continued",
            expected="the directory that was given to autofix",
            do="check the path, or call autofix with directory= again",
        )
    if told["cannot"]:
        raise only_by_its_script(directory, told["cannot"])
    return told


def told_in(place: Path) -> dict[str, Any] | None:
    """What a folder of a program tells of its run; None if there is none."""
    try:
        told: dict[str, Any] = json.loads((place / ARGUMENTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told


def only_by_its_script(directory: Path, reason: str) -> UnreadableFileError:
    """The error that the command line cannot continue a run, and how it goes on."""
    return UnreadableFileError(
        given=f"the run in {directory}, which the command line cannot continue: {reason}",
        expected="a run with layers of Keras and data that were copied into its folder",
        do=f"call autofix again with the same model, data and directory={str(directory)!r}: what "
        "has been trained is taken from the journal",
    )
