"""What is the user's own in a layer: functions and classes that Keras does not know."""

from collections.abc import Iterator
from types import FunctionType
from typing import Any

import keras


def is_own(value: Any) -> bool:
    """Whether a setting is a function, or an object of a class that Keras does not know."""
    if isinstance(value, FunctionType):
        return not _is_library(value.__module__)
    kinds = (keras.initializers.Initializer, keras.regularizers.Regularizer)
    if isinstance(value, (*kinds, keras.constraints.Constraint)):
        return not _is_library(type(value).__module__)
    return False


def own_objects(layer: Any) -> Iterator[tuple[str, Any]]:
    """Name and class (or function) of all that is the user's own in a layer."""
    waiting, seen = [layer], set[int]()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, FunctionType):
            if not _is_library(value.__module__):
                yield value.__name__, value
            continue
        if not _is_library(type(value).__module__):
            yield type(value).__name__, type(value)
        if isinstance(value, keras.layers.Layer):
            waiting += _parts(value)


def _parts(layer: Any) -> list[Any]:
    parts: list[Any] = []
    for value in vars(layer).values():
        parts += value if isinstance(value, list | tuple) else [value]
    return [
        part
        for part in parts
        if isinstance(part, FunctionType | keras.Operation) or not _is_plain(part)
    ]


def _is_plain(value: Any) -> bool:
    return value is None or _is_library(type(value).__module__)


def _is_library(module: str | None) -> bool:
    first = (module or "").split(".", maxsplit=1)[0]
    return first in ("keras", "tensorflow", "numpy", "builtins", "collections", "threading")
