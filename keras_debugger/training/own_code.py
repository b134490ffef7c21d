"""Functions and classes of the user's in a program, and whether another process can import them."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from keras_debugger.rewriting.metric_recipes import live_metrics
from keras_debugger.rewriting.model_form import walk_layers
from keras_debugger.rewriting.own_objects import own_objects

_LIBRARIES = ("keras", "tensorflow", "numpy", "keras_debugger")
_MAIN = ("__main__", "__mp_main__")


def own_code(model: Any, *others: Any) -> dict[str, Any]:
    """What a model uses that is neither Keras's nor TensorFlow's, by name.

    Args:
        model: a compiled model.
        others: functions and objects beside it: a factory, schedules of callbacks.

    Returns:
        Name to class or function.
    """
    found: dict[str, Any] = {}
    roots = [model.loss, model.optimizer, *live_metrics(model), *others]
    if not isinstance(model, keras.Sequential | keras.Function):
        roots.append(model)
    for one in [*(layer for _, layer in walk_layers(model)), *_leaves(roots)]:
        found.update((name, own) for name, own in own_objects(one) if not _is_library(own))
        wrapped = getattr(one, "__dict__", {}).values() if not inspect.isfunction(one) else ()
        for function in (one, *wrapped):
            if inspect.isfunction(function) and not _is_library(function):
                found[function.__name__] = function
    return found


def references(found: Mapping[str, Any]) -> list[list[str]]:
    """Where another process finds each of them: name, module and qualified name.

    Raises:
        TypeError: one of them cannot be imported; the message names it.
    """
    places = []
    for name, one in found.items():
        module, path = getattr(one, "__module__", None), getattr(one, "__qualname__", "")
        if module in _MAIN:
            raise TypeError(f"{name} is defined in the script itself")
        if not module or "<" in path or resolve(module, path) is not one:
            raise TypeError(f"{name} cannot be imported")
        places.append([name, module, path])
    return places


def resolve(module: str, path: str) -> Any:
    """An object by its module and qualified name; None if it is not there."""
    try:
        one: Any = sys.modules.get(module) or importlib.import_module(module)
    except ImportError:
        return None
    for part in path.split("."):
        one = getattr(one, part, None)
    return one


def digest_of_code(found: Mapping[str, Any]) -> str:
    """A digest of the compiled code of functions and of the methods of classes."""
    digest = hashlib.blake2b(digest_size=16)
    for name, one in sorted(found.items()):
        digest.update(name.encode("utf-8"))
        functions = [one] if inspect.isfunction(one) else [*vars(one).values()]
        for function in functions:
            code = getattr(function, "__code__", None)
            if code is not None:
                digest.update(code.co_code + repr(_constants(code)).encode("utf-8"))
    return digest.hexdigest()


def _constants(code: Any) -> list[Any]:
    # Code inside code has an address in its repr, which differs from process to process.
    return [_constants(one) if inspect.iscode(one) else one for one in code.co_consts]


def _leaves(given: Any) -> Iterator[Any]:
    if isinstance(given, Mapping):
        given = list(given.values())
    if isinstance(given, list | tuple):
        for one in given:
            yield from _leaves(one)
    elif given is not None and not isinstance(given, str | int | float):
        yield given


def _is_library(one: Any) -> bool:
    first = str(getattr(one, "__module__", "")).split(".", maxsplit=1)[0]
    return first in _LIBRARIES or first in sys.stdlib_module_names
