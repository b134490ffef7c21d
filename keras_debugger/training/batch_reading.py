"""Datasets, sequences and generators of batches -> arrays in memory, read once."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.errors import InvalidDataError
from keras_debugger.training.loaded import Loaded, load_arrays

MOST_BYTES = 2 * 2**30  # of a dataset that is read into memory
MOST_BATCHES = 100_000
FORMS = (
    "(x, y), (x, y, sample_weight), {'x': ..., 'y': ...}, a batched tf.data.Dataset, a "
    "keras.utils.PyDataset, or a function that returns a new generator"
)


def load_dataset(data: tf.data.Dataset, place: str) -> Loaded:
    """Read a tf.data.Dataset; raises InvalidDataError if it is endless or not batched."""
    if int(data.cardinality()) == tf.data.INFINITE_CARDINALITY:
        raise InvalidDataError(
            given=f"{place} as a tf.data.Dataset that never ends",
            expected="a finite one, so that it can be split",
            do="leave out .repeat(), or pass dataset.take(number_of_batches)",
        )
    shapes = [spec.shape for spec in tf.nest.flatten(data.element_spec) if hasattr(spec, "shape")]
    leading = {shape[0] for shape in shapes if shape.rank}
    if any(shape.rank == 0 for shape in shapes) or len(leading - {None}) > 1:
        raise InvalidDataError(
            given=f"{place} as a tf.data.Dataset that is not batched",
            expected="a batched one",
            do="pass dataset.batch(32)",
        )
    return load_batches(iter(data), place, "a tf.data.Dataset")


def load_sequence(data: Any, place: str) -> Loaded:
    """Read a PyDataset; raises InvalidDataError if it is endless."""
    count = data.num_batches
    if count is None:
        raise InvalidDataError(
            given=f"{place} as a PyDataset that never ends",
            expected="a finite one, so that it can be split",
            do="let its __len__ return the number of batches",
        )
    return load_batches((data[i] for i in range(count)), place, "a PyDataset")


def load_factory(make: Callable[[], Iterable[Any]], place: str) -> Loaded:
    """Read what a function yields; raises InvalidDataError if it yields nothing usable."""
    try:
        batches = make()
    except TypeError as error:
        raise InvalidDataError(
            given=f"{place} as a {type(make).__name__} that cannot be called ({error})",
            expected=FORMS,
            do="pass a function without arguments that returns a new generator of batches",
        ) from error
    if not isinstance(batches, Iterable):
        raise InvalidDataError(
            given=f"{place} as a function that returns a {type(batches).__name__}",
            expected="a function that returns a new generator of batches",
            do="yield (x, y) batches in it",
        )
    return load_batches(iter(batches), place, "a generator")


def load_batches(batches: Iterator[Any], place: str, source: str) -> Loaded:
    """Read all batches and join them.

    Args:
        batches: yields x, (x, y) or (x, y, sample_weight).
        place: name of the argument, for error messages.
        source: what they come from, in words.

    Returns:
        The data in memory.

    Raises:
        InvalidDataError: there are none, too many, or they differ in form.
    """
    loaded: list[Loaded] = []
    size = 0
    for number, batch in enumerate(batches):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        piece = load_arrays(x, y, sample_weight, f"{place}, batch {number}")
        loaded.append(piece)
        nested = (piece.x, piece.y, piece.sample_weight)
        size += sum(item.nbytes for item in keras.tree.flatten(nested) if item is not None)
        if size > MOST_BYTES or number >= MOST_BATCHES:
            raise InvalidDataError(
                given=f"{place} as {source} of more than {number} batches and {size:,} bytes",
                expected=f"a finite one of at most {MOST_BYTES // 2**30} GiB and "
                f"{MOST_BATCHES:,} batches",
                do="pass a part of it, such as dataset.take(number_of_batches)",
            )
    if not loaded:
        raise InvalidDataError(
            given=f"{place} as {source} without batches",
            expected="at least one batch",
            do="check how the data were loaded; a generator must start anew at each call",
        )
    rows = sum(piece.rows for piece in loaded)
    note = (
        f"{source[0].upper()}{source[1:]} was read once into memory ({rows} rows, {size:,} "
        "bytes); shuffling or augmentation inside it happened once."
    )
    return Loaded(
        x=_joined([piece.x for piece in loaded], place),
        y=_joined([piece.y for piece in loaded], place),
        sample_weight=_joined([piece.sample_weight for piece in loaded], place),
        batch_size=max(piece.rows for piece in loaded),
        notes=(note,),
    )


def _joined(pieces: list[Any], place: str) -> Any:
    try:
        if pieces[0] is None and all(piece is None for piece in pieces):
            return None
        return keras.tree.map_structure(lambda *parts: np.concatenate(parts), *pieces)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidDataError(
            given=f"{place} whose batches have unlike shapes or structures ({error})",
            expected="batches that differ only in their number of rows",
            do="pad them to one shape",
        ) from error
