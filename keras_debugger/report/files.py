"""Files that are there whole or not at all."""

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any


def place(path: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` make a file beside its place, then move it there in one step.

    Args:
        path: where the file shall be; its folder is made if it is not there.
        write: makes the file at the path that it is given, which has the same ending.

    Returns:
        The path.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    try:
        write(unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def place_bytes(path: Path, content: bytes) -> Path:
    """Write bytes to a file in one step."""
    return place(path, lambda unfinished: unfinished.write_bytes(content))


def place_text(path: Path, text: str) -> Path:
    """Write text to a file in one step, as UTF-8 with line feeds."""
    return place_bytes(path, text.encode("utf-8"))


def place_json(path: Path, value: Any) -> Path:
    """Write a value to a JSON file in one step; NaN is refused, so map it to None before."""
    return place_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
