"""New input tensors like those of a model."""

from typing import Any

import keras
import numpy as np


def new_inputs(model: Any) -> Any:
    """Inputs with the names, shapes and dtypes of a functional model's, in the same structure."""
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.InputLayer)]
    made = {id(layer.output): _like(layer) for layer in layers}
    return keras.tree.map_structure(
        lambda tensor: made[id(tensor)] if id(tensor) in made else _from_tensor(tensor),
        model.input,
    )


def sequential_input(model: Any) -> Any:
    """An input like that of a built Sequential model.

    A model that was built on its first batch has that batch's rows in its shape; they are left
    open again unless a layer keeps state between batches.
    """
    tensor = model.inputs[0]
    stateful = any(getattr(layer, "stateful", False) for layer in model.layers)
    shape = tuple(tensor.shape) if stateful else (None, *tensor.shape[1:])
    return keras.Input(
        batch_shape=shape, dtype=tensor.dtype, sparse=bool(tensor.sparse), name=tensor.name
    )


def input_for(array: np.ndarray, first_layer: Any) -> Any:
    """The input that Keras gives an unbuilt Sequential model that is fed with an array.

    Args:
        array: raw inputs, shape (rows, ...).
        first_layer: the model's first layer.
    """
    dtype = "string" if array.dtype.kind in "OSU" else first_layer.compute_dtype
    return keras.Input(shape=array.shape[1:], dtype=dtype)


def _like(layer: Any) -> Any:
    return keras.Input(
        batch_shape=layer.batch_shape,
        dtype=layer.dtype,
        sparse=bool(layer.sparse),
        name=layer.name,
        optional=bool(layer.optional),
    )


def _from_tensor(tensor: Any) -> Any:
    return keras.Input(
        batch_shape=tensor.shape, dtype=tensor.dtype, sparse=bool(tensor.sparse), name=tensor.name
    )
