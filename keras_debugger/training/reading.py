"""Data in any form that fit accepts -> inputs, labels and weights as arrays in memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.errors import InvalidDataError
from keras_debugger.training.batch_reading import (
    FORMS,
    load_batches,
    load_dataset,
    load_factory,
    load_sequence,
)
from keras_debugger.training.loaded import Loaded, is_array, load_arrays


def read_data(data: Any, y: Any = None, *, place: str = "data") -> Loaded:
    """Read data of any form that fit accepts.

    Args:
        data: the data; with `y`, only the inputs.
        y: labels, if `data` holds none.
        place: name of the argument, for error messages.

    Returns:
        The data in memory; arrays are the user's own where they were arrays.

    Raises:
        InvalidDataError: the data cannot be trained on; the message says what to do.
    """
    if y is not None:
        return load_arrays(data, y, None, place)
    if data is None:
        raise InvalidDataError(given=f"{place}=None", expected=FORMS, do="pass the training data")
    if isinstance(data, tf.data.Dataset):
        return load_dataset(data, place)
    if isinstance(data, keras.utils.PyDataset):
        return load_sequence(data, place)
    if type(data).__module__.split(".")[0] == "torch" and hasattr(data, "batch_size"):
        return load_batches(iter(data), place, f"a {type(data).__name__}")
    if isinstance(data, Iterator):
        raise InvalidDataError(
            given=f"{place} as a generator that cannot be replayed ({type(data).__name__})",
            expected=FORMS,
            do="pass the function that makes it, as in autofix(model, make_batches), or the arrays",
        )
    if isinstance(data, Mapping) and "x" in data:
        return _from_keys(data, place)
    if isinstance(data, tuple | list) and 1 <= len(data) <= 3 and not _is_row(data):
        parts = (*data, None, None)
        return load_arrays(parts[0], parts[1], parts[2], place)
    if callable(data):
        return load_factory(data, place)
    if isinstance(data, str | bytes | set | frozenset) or not _looks_like_data(data):
        raise InvalidDataError(
            given=f"{place} as a {type(data).__name__}",
            expected=FORMS,
            do="load the data first and pass arrays",
        )
    return load_arrays(data, None, None, place)


def _from_keys(data: Mapping[str, Any], place: str) -> Loaded:
    unknown = sorted(set(data) - {"x", "y", "sample_weight"})
    if unknown:
        raise InvalidDataError(
            given=f"{place} as a dict with the keys {', '.join(map(repr, data))}",
            expected="the keys 'x', 'y' and perhaps 'sample_weight'",
            do=f"leave out {', '.join(map(repr, unknown))}, or pass (x, y) with x a dict of inputs",
        )
    return load_arrays(data["x"], data.get("y"), data.get("sample_weight"), place)


def _is_row(data: Any) -> bool:
    """Whether a tuple or list holds plain numbers or text: a row, not (x, y)."""
    return all(isinstance(item, int | float | complex | str | bytes) for item in data)


def _looks_like_data(data: Any) -> bool:
    return is_array(data) or isinstance(data, Mapping | list | tuple)
