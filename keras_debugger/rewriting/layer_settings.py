"""What a layer's settings tell, and activations as settings and as layers."""

from collections.abc import Callable
from typing import Any

import keras

from keras_debugger.rewriting.layer_copy import settings
from keras_debugger.rewriting.layer_plan import LayerPlan
from keras_debugger.types.vocabulary import Activation


def has_setting(layer: Any, plan: LayerPlan, key: str) -> bool:
    """Whether a layer, or the one inside a wrapper, has a setting that a config tells."""
    if plan.replacement is not None or not hasattr(layer, "get_config"):
        return False
    return bool(settings(layer.get_config(), key))


def activation_setting(activation: Activation) -> str | None:
    """The name that Keras knows an activation by, None if it is a layer only or unknown."""
    if activation in (Activation.OTHER, Activation.PRELU):
        return None
    return activation.value


def make_activation(activation: Activation, policy: Any) -> Callable[[str], Any]:
    """A function from a name to a layer with this activation."""
    if activation is Activation.PRELU:
        return lambda name: keras.layers.PReLU(name=name, dtype=policy)
    return lambda name: keras.layers.Activation(activation.value, name=name, dtype=policy)
