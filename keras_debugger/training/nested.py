"""Nested arrays as JSON and `.npy` files, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def nested_to_plain(nested: Any, arrays: dict[str, np.ndarray], place: str) -> Any:
    """A nested structure as what JSON can hold; its arrays are put into `arrays`.

    Args:
        nested: None, an array, or a list, tuple or dict of such.
        arrays: takes the arrays under their place.
        place: name of the structure.

    Raises:
        TypeError: it holds something else, or an array of Python objects.
    """
    if nested is None:
        return None
    if isinstance(nested, np.ndarray):
        if nested.dtype.hasobject or (
            nested.dtype.isbuiltin != 1 and nested.dtype.kind not in "US"
        ):
            raise TypeError(f"{place} is an array of {nested.dtype}")
        arrays[place] = nested
        return {"array": place}
    if isinstance(nested, dict):
        pairs = [
            [key, nested_to_plain(value, arrays, f"{place}.{position}")]
            for position, (key, value) in enumerate(nested.items())
        ]
        return {"dict": pairs}
    if isinstance(nested, list | tuple):
        parts = [
            nested_to_plain(value, arrays, f"{place}.{position}")
            for position, value in enumerate(nested)
        ]
        return {"tuple" if isinstance(nested, tuple) else "list": parts}
    raise TypeError(f"{place} is a {type(nested).__name__}")


def nested_from_plain(plain: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The structure that `nested_to_plain` was given."""
    if plain is None:
        return None
    ((kind, content),) = plain.items()
    if kind == "array":
        return arrays[content]
    if kind == "dict":
        return {key: nested_from_plain(value, arrays) for key, value in content}
    parts = [nested_from_plain(value, arrays) for value in content]
    return tuple(parts) if kind == "tuple" else parts


def write_arrays(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write each array to a file of its own, in the order in which it lies in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def read_arrays(folder: Path) -> dict[str, np.ndarray]:
    """The arrays of `write_arrays`, mapped from the files: processes share one copy."""
    return {
        path.name.removesuffix(".npy"): np.load(path, mmap_mode="r", allow_pickle=False)
        for path in sorted(folder.glob("*.npy"))
    }
