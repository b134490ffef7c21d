"""A small batch of made-up inputs that any model of a given form accepts."""

from typing import Any

import keras
import numpy as np

ROWS = 4
_OPEN_SIZE = 24  # rows of an axis whose length the model leaves open


def probe_batch(model: Any, *, seed: int = 0) -> Any:
    """Inputs for a functional model, in the structure that it takes.

    Floats are standard normal; whole numbers are 0 or 1, which any embedding knows; words are
    single letters.

    Args:
        model: a Functional or built Sequential model.
        seed: seed of the values.
    """
    generator = np.random.default_rng(seed)
    structure = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    return keras.tree.map_structure(lambda tensor: _values(tensor, generator), structure)


def _values(tensor: Any, generator: np.random.Generator) -> Any:
    shape = [ROWS if tensor.shape[0] is None else tensor.shape[0]]
    shape += [_OPEN_SIZE if size is None else size for size in tensor.shape[1:]]
    dtype = str(tensor.dtype)
    if dtype == "string":
        letters = generator.choice(np.array(["a", "b", "c"]), size=shape)
        return keras.ops.convert_to_tensor(letters.astype(object))
    if "int" in dtype or dtype == "bool":
        return keras.ops.cast(generator.integers(0, 2, size=shape), dtype)
    return keras.ops.cast(generator.standard_normal(shape), dtype)
