"""Layers, their settings and the arguments of their calls as Python code."""

import inspect
import re
from collections.abc import Mapping
from types import EllipsisType, MappingProxyType
from typing import Any

import keras
import numpy as np

_HOMES = ("layers", "initializers", "regularizers", "constraints", "optimizers", "dtype_policies")
_NAMED = ("initializers", "regularizers")  # objects without arguments are written as a name
_BASE = ("name", "trainable", "dtype")  # arguments of every layer, which many pass on unnamed
_LONGEST = 10  # characters of a float that is written as it is
NO_NAMES: Mapping[int, str] = MappingProxyType({})


class NoCodeError(Exception):
    """Something that no code makes; the message says what."""


def layer_code(layer: Any) -> str:
    """Code that makes a layer; raises NoCodeError if it is not one of Keras's."""
    if type(layer).__module__.split(".", maxsplit=1)[0] != "keras":
        raise NoCodeError(f"{type(layer).__name__} is not a class of Keras")
    if isinstance(layer, keras.layers.Lambda):
        raise NoCodeError("a Lambda holds a function of your own")
    try:
        config = layer.get_config()
    except (NotImplementedError, TypeError, ValueError) as error:
        raise NoCodeError(f"its get_config fails: {error}") from error
    return _object_code("keras.layers", type(layer).__name__, config)


def call_code(
    callee: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], names: Mapping[int, str]
) -> str:
    """Code of a call.

    Args:
        callee: code of a layer or a variable, or an operation of the graph.
        args: its arguments, tensors among them.
        kwargs: its keyword arguments.
        names: id of a tensor to its variable.
    """
    given = [value_code(value, names) for value in args]
    given += [f"{k}={value_code(v, names)}" for k, v in kwargs.items() if v is not None]
    if isinstance(callee, str):
        return f"{callee}({', '.join(given)})"
    if type(callee).__name__ == "GetItem" and len(given) == 2:
        return f"{given[0]}[{given[1].removeprefix('(').removesuffix(')')}]"
    function = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(callee).__name__).lower()
    if not hasattr(keras.ops, function):
        raise NoCodeError("it is an operation that keras.ops does not name")
    settings = {k: v for k, v in callee.get_config().items() if k != "name" and v is not None}
    known = inspect.signature(getattr(keras.ops, function)).parameters
    given += [f"{k}={value_code(v, names)}" for k, v in settings.items() if k in known]
    return f"keras.ops.{function}({', '.join(given)})"


def value_code(value: Any, names: Mapping[int, str] = NO_NAMES) -> str:
    """Code of a value: numbers, words, arrays, tensors by name, objects of Keras by their config.

    Raises:
        NoCodeError: it is something else, such as a function of the user's own.
    """
    if id(value) in names:
        return names[id(value)]
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, bool | int | float | EllipsisType):
        return _number(value)
    if isinstance(value, slice):
        parts = [value.start, value.stop, *([value.step] if value.step is not None else [])]
        return ":".join("" if part is None else value_code(part, names) for part in parts)
    if isinstance(value, list | tuple):
        inside = [value_code(one, names) for one in value]
        if isinstance(value, list):
            return f"[{', '.join(inside)}]"
        return f"({', '.join(inside)}{',' if len(inside) == 1 else ''})"
    if isinstance(value, dict) and {"class_name", "config", "module"} <= set(value):
        return _object_code(value["module"], value["class_name"], value["config"])
    if isinstance(value, dict):
        pairs = (f"{_quoted(str(key))}: {value_code(one, names)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return _array_code(value)


def _array_code(value: Any) -> str:
    if isinstance(value, np.generic):
        return _number(value.item())
    if keras.ops.is_tensor(value) or isinstance(value, np.ndarray):
        array = np.asarray(value)
        if array.dtype.kind in "fiub" and array.size <= 10_000:
            return f'np.array({array.tolist()}, "{array.dtype.name}")'
    raise NoCodeError(f"a {type(value).__name__} stands among its arguments")


def _number(value: Any) -> str:
    if value is Ellipsis:
        return "..."
    if isinstance(value, float) and not np.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, float) and len(repr(value)) > _LONGEST and abs(value) < 1e38:
        return str(np.float32(value))  # weights and statistics have no more digits
    return repr(value)


def _quoted(text: str) -> str:
    if not text.isprintable():
        return ascii(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _object_code(module: str | None, class_name: str, config: Any) -> str:
    """Code of an object of Keras, with the settings that differ from what it has anyway."""
    if class_name == "function" and isinstance(config, str):
        return _quoted(config)
    home = next((one for one in _HOMES if module == f"keras.{one}"), None)
    if module == "keras" and class_name == "DTypePolicy":
        return _quoted(str(config["name"]))
    kind = getattr(getattr(keras, home), class_name, None) if home else None
    if kind is None:
        raise NoCodeError(f"{class_name} is not a class of Keras")
    arguments = _arguments(kind, config)
    if home in _NAMED and not arguments:
        return _quoted(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower())
    prefix = "layers" if home == "layers" else f"keras.{home}"
    return f"{prefix}.{class_name}({', '.join(arguments)})"


def _arguments(kind: type, config: Mapping[str, Any]) -> list[str]:
    parameters = dict(inspect.signature(kind.__init__).parameters)  # type: ignore[misc]
    parameters.pop("self", None)
    passed_on = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values())
    known = [name for name, one in parameters.items() if one.kind is not one.VAR_KEYWORD]
    known += [name for name in _BASE if passed_on and name not in known]
    found: list[str] = []
    for name in known:
        if name not in config:
            continue
        own = parameters.get(name)
        default = own.default if own is not None else inspect.Parameter.empty
        if _is_default(name, config[name], default):
            continue
        code = value_code(config[name])
        needed = own is not None and default is inspect.Parameter.empty
        alone = needed and len(found) == list(parameters).index(name)
        found.append(code if alone and own is not None else f"{name}={code}")
    return found


def _is_default(name: str, value: Any, default: Any) -> bool:
    if name == "trainable":
        return bool(value)
    if name == "dtype":
        policy = value["config"]["name"] if isinstance(value, dict) else value
        return policy in (None, keras.config.dtype_policy().name)
    if default is inspect.Parameter.empty:
        return False
    if default is None and (name, value) in _for_none():
        return True
    if isinstance(value, dict) and "class_name" in value and isinstance(default, str | None):
        return default is not None and _same_object(value, default)
    if isinstance(value, list | tuple) and isinstance(default, list | tuple):
        return list(value) == list(default)
    if isinstance(value, list | tuple) and isinstance(default, int):
        return len(set(value)) == 1 and value[0] == default
    return type(value) is type(default) and bool(value == default)


def _for_none() -> tuple[tuple[str, str], ...]:
    """What Keras writes into a config in place of None."""
    return ("activation", "linear"), ("data_format", keras.config.image_data_format())


def _same_object(value: Mapping[str, Any], default: str) -> bool:
    """Whether an object of Keras is what a name stands for, such as `glorot_uniform`."""
    for home in (keras.initializers, keras.regularizers, keras.constraints):
        try:
            made = home.get(default)
        except (ValueError, TypeError):
            continue
        if type(made).__name__ == value["class_name"] and made.get_config() == value["config"]:
            return True
    return False
