"""Frozen dataclasses as JSON values and named arrays, and back, by their type hints."""

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

_ARRAY = "array"


def to_plain(value: Any, arrays: dict[str, np.ndarray], place: str = "record") -> Any:
    """A value as what JSON can hold; its arrays are put into `arrays` under their place.

    Args:
        value: a dataclass, enum, array, number, string, tuple, mapping, bool or None.
        arrays: takes the arrays.
        place: name of the value, the path of fields that leads to it.

    Returns:
        The value; an array is a reference `{"array": place}`, a mapping is a list of pairs.

    Raises:
        TypeError: the value holds something else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError(f"{place} is an array of Python objects")
        arrays[place] = value
        return {_ARRAY: place}
    if isinstance(value, np.generic):
        return to_plain(value.item(), arrays, place)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int | str):
        return value
    if isinstance(value, tuple | list):
        return [to_plain(item, arrays, f"{place}.{i}") for i, item in enumerate(value)]
    if isinstance(value, Mapping):
        return [
            [to_plain(key, arrays, place), to_plain(item, arrays, f"{place}.{i}")]
            for i, (key, item) in enumerate(value.items())
        ]
    if dataclasses.is_dataclass(value):
        return {
            field.name: to_plain(getattr(value, field.name), arrays, f"{place}.{field.name}")
            for field in dataclasses.fields(value)
        }
    raise TypeError(f"{place} is a {type(value).__name__}")


def from_plain(data: Any, hint: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """The value that `to_plain` was given.

    Args:
        data: what JSON gave.
        hint: type hint of the value.
        arrays: name to array.

    Returns:
        The value; arrays are read-only. A field that is not in `data` takes its default, one that
        the dataclass does not know is left out.
    """
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        if data is None:
            return None
        (inner,) = (part for part in typing.get_args(hint) if part is not type(None))
        return from_plain(data, inner, arrays)
    if origin is tuple:
        return _tuple_from(data, typing.get_args(hint), arrays)
    if origin is not None and issubclass(origin, Mapping):
        key, item = typing.get_args(hint)
        pairs = {from_plain(k, key, arrays): from_plain(v, item, arrays) for k, v in data}
        return MappingProxyType(pairs)
    if hint is np.ndarray:
        array = np.array(arrays[data[_ARRAY]])
        array.setflags(write=False)
        return array
    if dataclasses.is_dataclass(hint):
        return _dataclass_from(data, hint, arrays)
    return hint(data)


def _dataclass_from(data: Mapping[str, Any], kind: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    hints = _field_hints(kind)
    known = {name: item for name, item in data.items() if name in hints}
    return kind(**{name: from_plain(item, hints[name], arrays) for name, item in known.items()})


def _tuple_from(
    data: Any, items: tuple[Any, ...], arrays: Mapping[str, np.ndarray]
) -> tuple[Any, ...]:
    if len(items) == 2 and items[1] is Ellipsis:
        items = (items[0],) * len(data)
    return tuple(from_plain(item, hint, arrays) for item, hint in zip(data, items, strict=True))


@cache
def _field_hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
