"""The parts of the data as JSON values and arrays, and back."""

from __future__ import annotations

import hashlib
import typing
from dataclasses import fields
from typing import Any

import numpy as np

from keras_debugger.recording.run.plain_values import from_plain, to_plain
from keras_debugger.training.data import DataParts
from keras_debugger.training.nested import nested_from_plain, nested_to_plain
from keras_debugger.training.part import Part

_NESTED = ("x", "y", "sample_weight")


def parts_to_plain(parts: DataParts, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The parts as what JSON can hold; their arrays are put into `arrays`.

    Raises:
        TypeError: the data hold something that cannot be written without pickle.
    """
    plain = {}
    for field in fields(DataParts):
        value = getattr(parts, field.name)
        if isinstance(value, Part):
            plain[field.name] = _part_to_plain(value, arrays, f"parts.{field.name}")
        else:
            plain[field.name] = to_plain(value, arrays, f"parts.{field.name}")
    return plain


def parts_from_plain(plain: dict[str, Any], arrays: dict[str, np.ndarray]) -> DataParts:
    """The parts that `parts_to_plain` was given."""
    hints = typing.get_type_hints(DataParts)
    values: dict[str, Any] = {}
    for name, item in plain.items():
        is_part = isinstance(item, dict) and {*_NESTED, "rows"} == set(item)
        values[name] = (
            _part_from_plain(item, arrays) if is_part else from_plain(item, hints[name], arrays)
        )
    return DataParts(**values)


def digest_of_parts(parts: DataParts) -> str:
    """A digest of all values of the three parts."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (parts.train, parts.selection, parts.held_out):
        for array in part.arrays:
            digest.update(f"{array.shape} {array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _part_to_plain(part: Part, arrays: dict[str, np.ndarray], place: str) -> dict[str, Any]:
    nested = {
        name: nested_to_plain(getattr(part, name), arrays, f"{place}.{name}") for name in _NESTED
    }
    return {**nested, "rows": part.rows}


def _part_from_plain(plain: dict[str, Any], arrays: dict[str, np.ndarray]) -> Part:
    nested = {name: nested_from_plain(plain[name], arrays) for name in _NESTED}
    return Part(**nested, rows=plain["rows"])
