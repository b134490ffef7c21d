"""All variables of a trained model and its optimizer as arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting.model_form import walk_layers


def read_weights(model: Any) -> tuple[np.ndarray, ...]:
    """Values of the variables of a compiled model and of its optimizer, in their order.

    Args:
        model: a built model.

    Returns:
        Copies. A type that NumPy does not know, such as bfloat16, comes as its bytes, uint8.
    """
    return tuple(_plain(keras.ops.convert_to_numpy(variable)) for variable in _variables(model))


def write_weights(model: Any, weights: Sequence[np.ndarray]) -> bool:
    """Give a model that was built in the same way the values of `read_weights`.

    Returns:
        Whether they fit; if not, the model may be partly set and is of no use.
    """
    variables = _variables(model)
    if len(variables) != len(weights):
        return False
    for variable, values in zip(variables, weights, strict=True):
        present = keras.ops.convert_to_numpy(variable)
        if values.dtype != present.dtype and values.dtype == np.uint8:
            values = values.view(present.dtype)
        if values.size != present.size or values.dtype != present.dtype:
            return False
        variable.assign(values.reshape(present.shape))
    for _, layer in walk_layers(model):
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    return True


def _variables(model: Any) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]


def _plain(array: np.ndarray) -> np.ndarray:
    if array.dtype.isbuiltin == 1:
        return array
    return np.frombuffer(np.ascontiguousarray(array).tobytes(), dtype=np.uint8)
