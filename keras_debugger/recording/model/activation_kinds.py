"""Which activation a function or a layer is, by identity and type, never by name."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import keras

from keras_debugger.recording.model.layer_kinds import inner_layer, resolve_kind
from keras_debugger.types.vocabulary import Activation, LayerKind


def resolve_activation(function: Any) -> Activation:
    """Which activation a function, a name or an activation layer is.

    Args:
        function: what was given as `activation=`: None, a name that Keras knows, a function of
            `keras.activations`, `keras.ops` or `tf.nn`, or a layer such as LeakyReLU().

    Returns:
        The activation; OTHER for a function that is none of these.
    """
    if function is None:
        return Activation.LINEAR
    if isinstance(function, str):
        return _from_name(function)
    if isinstance(function, keras.layers.Layer):
        return activation_of(function)
    for activation, same in _functions():
        if any(function is candidate for candidate in same):
            return activation
    return Activation.OTHER


def activation_of(layer: Any) -> Activation:
    """Activation that a layer applies to its output last.

    Args:
        layer: a Keras layer; of a wrapper, the layer inside counts.

    Returns:
        LINEAR if it applies none; OTHER for an unknown function, a Lambda, or a layer of unknown
        class that does not say (in an attribute `activation`).
    """
    layer = inner_layer(layer)
    kind = resolve_kind(layer)
    if kind is LayerKind.ACTIVATION and not isinstance(layer, keras.layers.Activation):
        return _of_activation_layer(layer)
    function = getattr(layer, "activation", None)
    if function is None and kind is LayerKind.RECURRENT:
        function = _of_cell(layer, "activation")
    if function is None:
        return Activation.OTHER if kind is LayerKind.OTHER else Activation.LINEAR
    return resolve_activation(function)


def recurrent_activation_of(layer: Any) -> Activation | None:
    """Activation of the gates of a recurrent layer, None for any other layer or without gates."""
    layer = inner_layer(layer)
    if resolve_kind(layer) is not LayerKind.RECURRENT:
        return None
    function = getattr(layer, "recurrent_activation", None)
    if function is None:
        function = _of_cell(layer, "recurrent_activation")
    return None if function is None else resolve_activation(function)


def _of_cell(layer: Any, attribute: str) -> Any:
    cell = getattr(layer, "cell", None)
    cells = getattr(cell, "cells", None)
    if cells:
        cell = cells[-1]
    return getattr(cell, attribute, None)


def _of_activation_layer(layer: Any) -> Activation:
    if isinstance(layer, keras.layers.ReLU):
        if float(layer.negative_slope or 0.0) > 0.0:
            return Activation.LEAKY_RELU
        return Activation.RELU6 if layer.max_value == 6.0 else Activation.RELU
    table = (
        (keras.layers.LeakyReLU, Activation.LEAKY_RELU),
        (keras.layers.PReLU, Activation.PRELU),
        (keras.layers.ELU, Activation.ELU),
        (keras.layers.Softmax, Activation.SOFTMAX),
    )
    return next((kind for cls, kind in table if isinstance(layer, cls)), Activation.OTHER)


def _from_name(name: str) -> Activation:
    try:
        function = keras.activations.get(name)
    except ValueError:
        return Activation.OTHER
    if isinstance(function, str):
        return Activation.OTHER
    return resolve_activation(function)


def _functions() -> Iterable[tuple[Activation, tuple[Callable[..., Any], ...]]]:
    """Each activation with the functions that compute it, in Keras and (if loaded) TensorFlow."""
    sources = [keras.activations, keras.ops]
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and hasattr(tensorflow, "nn"):
        sources.append(tensorflow.nn)
        sources.append(tensorflow)
    for name, activation in ((item.value, item) for item in Activation):
        found = [getattr(source, name, None) for source in sources]
        if activation is Activation.SILU:
            found += [getattr(source, "swish", None) for source in sources]
        if activation is Activation.EXPONENTIAL:
            found += [getattr(source, "exp", None) for source in sources]
        yield activation, tuple(function for function in found if function is not None)
