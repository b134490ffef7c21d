"""A new layer (or operation) with the settings of another one and variables of its own."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import keras

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.rewriting.own_objects import is_own, own_objects

_INNER = MappingProxyType(
    {"layer": ("forward_layer", "layer"), "backward_layer": ("backward_layer",), "cell": ("cell",)}
)  # key in a wrapper's config, and the attributes that hold the layer
_FUNCTIONS = ("activation", "recurrent_activation")
_CLONING_ERRORS = (  # what a user's get_config or __init__ may raise
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ImportError,
    RuntimeError,
    NameError,
    AssertionError,
)


def copy_layer(
    layer: Any,
    *,
    changes: Mapping[str, Any] = MappingProxyType({}),
    name: str | None = None,
    draw_seed: Callable[[], int] | None = None,
) -> Any:
    """Make a layer anew from its config.

    Python functions and the user's own initializers, regularizers and constraints are handed on
    as they are, because a config does not always tell them.

    Args:
        layer: a Keras layer or operation.
        changes: settings to replace; in a wrapper they go to the layers inside.
        name: name of the new layer; the same if None.
        draw_seed: gives a new seed for each seed that is fixed in the config; None keeps them.

    Returns:
        The new layer, not built.

    Raises:
        UnsupportedModelError: the layer cannot be made from its config, or lacks a setting.
    """
    try:
        config = _unshared(layer.get_config())
        keep_live_objects(layer, config)
    except _CLONING_ERRORS as error:
        raise cannot_copy(layer, f"its get_config fails: {error}") from error
    if draw_seed is not None:
        renew_seeds(config, draw_seed)
    for key, value in changes.items():
        if not set_setting(config, key, value):
            raise cannot_copy(layer, f"it has no setting {key!r}")
    return _from_config(layer, config, name or layer.name)


def _unshared(config: Any) -> Any:
    """A config whose dicts and lists are new, so that changes stay in it.

    The shape that a layer inside a wrapper was built with is left out: the new one is built when
    it is called, on what it is then given.
    """
    if type(config) is dict:
        return {key: _unshared(value) for key, value in config.items() if key != "build_config"}
    if type(config) in (list, tuple):
        return type(config)(_unshared(value) for value in config)
    return config


def _from_config(layer: Any, config: dict[str, Any], name: str) -> Any:
    if "name" in config:
        config["name"] = name
    try:
        if isinstance(layer, keras.layers.Lambda):
            copy = _copy_lambda(layer, config)
        else:
            with keras.saving.custom_object_scope(dict(own_objects(layer))):
                copy = type(layer).from_config(_accepted(type(layer), config))
    except _CLONING_ERRORS as error:
        reason = str(error).strip().splitlines()
        detail = reason[0] if reason else type(error).__name__
        raise cannot_copy(layer, f"it cannot be made from its config: {detail}") from error
    copy.name = name
    if isinstance(layer, keras.layers.Layer) and copy.dtype_policy != layer.dtype_policy:
        copy.dtype_policy = layer.dtype_policy
    return copy


def _accepted(kind: type, config: dict[str, Any]) -> dict[str, Any]:
    """A config without Keras's own keys where `__init__` does not take them.

    Keras writes them into the config of a layer that has no get_config of its own.
    """
    parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
        return config
    own = ("trainable", "dtype", "name")
    return {key: value for key, value in config.items() if key in parameters or key not in own}


def cannot_copy(layer: Any, reason: str) -> UnsupportedModelError:
    """The error to raise for a layer that cannot be made anew."""
    return UnsupportedModelError(
        given=f"the layer {layer.name!r} ({type(layer).__name__}), of which no copy can be made: "
        + reason,
        expected="layers that type(layer).from_config(layer.get_config()) makes anew",
        do="pass build=, a function that returns the compiled model, or give the layer a "
        "get_config that returns all arguments of its __init__",
    )


def _copy_lambda(layer: Any, config: dict[str, Any]) -> Any:
    """A Lambda on the same function; its config would lose what the function refers to."""
    given: dict[str, Any] = {
        key: config[key] for key in ("name", "trainable", "dtype") if key in config
    }
    shape = config.get("output_shape")
    if isinstance(shape, list | tuple):
        given["output_shape"] = tuple(shape)
    return keras.layers.Lambda(
        layer.function, mask=layer.mask, arguments=dict(layer.arguments), **given
    )


def set_setting(config: dict[str, Any], key: str, value: Any) -> bool:
    """Replace a setting in a config, or in those of the layers inside a wrapper.

    Returns:
        Whether there is such a setting.
    """
    if key in config:
        config[key] = value
        return True
    return any([set_setting(inner, key, value) for _, inner in _inner_configs(config)])


def settings(config: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    """Values of a setting: that of the layer, or those of the layers inside a wrapper."""
    if key in config:
        return (config[key],)
    return tuple(v for _, inner in _inner_configs(config) for v in settings(inner, key))


def _inner_configs(config: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key in _INNER:
        inner = config.get(key)
        if isinstance(inner, dict) and isinstance(inner.get("config"), dict):
            yield key, inner["config"]


def keep_live_objects(layer: Any, config: dict[str, Any]) -> None:
    """Put the functions and small objects that the user wrote back into a config."""
    for key in config:
        live = getattr(layer, key, None)
        if is_own(live) or (key in _FUNCTIONS and callable(live)):
            config[key] = live if not isinstance(live, keras.layers.Layer) else config[key]
    for key, inner_config in _inner_configs(config):
        inside = (getattr(layer, attribute, None) for attribute in _INNER[key])
        inner = next((one for one in inside if one is not None), None)
        if inner is not None:
            keep_live_objects(inner, inner_config)


def renew_seeds(config: Any, draw_seed: Callable[[], int]) -> None:
    """Replace each fixed seed in a config, also of initializers and of layers inside."""
    if isinstance(config, dict):
        for key, value in config.items():
            if key == "seed" and isinstance(value, int) and not isinstance(value, bool):
                config[key] = draw_seed()
            else:
                renew_seeds(value, draw_seed)
    elif isinstance(config, list | tuple):
        for value in config:
            renew_seeds(value, draw_seed)
