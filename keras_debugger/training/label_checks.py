"""Do the labels have a form that the loss takes? What Keras takes in silence is no error."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from keras_debugger.errors import InvalidDataError
from keras_debugger.recording.model.losses import losses_of
from keras_debugger.training.part import Part
from keras_debugger.types.record import ModelDescription, OutputDescription
from keras_debugger.types.vocabulary import LossKind


def check_labels(model: Any, description: ModelDescription, part: Part) -> None:
    """Check that labels have a form that the compiled losses take.

    Args:
        model: a compiled Keras model.
        description: its description.
        part: the training data.

    Raises:
        InvalidDataError: Keras would refuse the labels of one output.
    """
    outputs = description.outputs
    labels = _by_output(outputs, part.y)
    losses = losses_of(model, tuple((output.name,) for output in outputs))
    for output, array, loss in zip(outputs, labels, losses, strict=False):
        if array is None:
            continue
        if output.loss is LossKind.SPARSE_CATEGORICAL_CROSSENTROPY:
            _check_sparse_labels(output, array, _ignored_class(loss))
        elif output.loss is not LossKind.OTHER:
            _check_dense_labels(output, array)


def _by_output(outputs: tuple[OutputDescription, ...], y: Any) -> list[Any]:
    if isinstance(y, Mapping):
        named = [y.get(output.name) for output in outputs]
        if any(item is not None for item in named):
            return named
    arrays = list(keras.tree.flatten(y))
    if len(outputs) > 1 and len(arrays) != len(outputs):
        names = ", ".join(repr(output.name) for output in outputs)
        raise InvalidDataError(
            given=f"{len(arrays)} label arrays",
            expected=f"{len(outputs)}, one for each output: {names}",
            do="pass a list of arrays in this order, or a dict with these keys",
        )
    return arrays if len(arrays) == len(outputs) else []


def _ignored_class(loss: Any) -> int | None:
    try:
        value = loss.get_config().get("ignore_class")
    except (AttributeError, NotImplementedError, TypeError):
        return None
    return None if value is None else int(value)


def _check_sparse_labels(
    output: OutputDescription, labels: np.ndarray, ignored: int | None
) -> None:
    if output.rank is not None:
        rank = labels.ndim - 1 if labels.shape[-1] == 1 and labels.ndim > 1 else labels.ndim
        if rank != output.rank - 1 and labels.ndim != output.rank - 1:
            raise InvalidDataError(
                given=f"labels of shape {rows_shape(labels.shape[1:])} with {output.loss_name}",
                expected="one class number for each answer, as in shape "
                f"{rows_shape(['...'] * (output.rank - 2))}",
                do="turn one-hot labels into numbers with y.argmax(-1), or use "
                "categorical_crossentropy",
            )
    values = labels.astype(np.float64)
    if not np.isfinite(values).all():
        raise InvalidDataError(
            given=f"{int((~np.isfinite(values)).sum())} labels that are NaN or infinite with "
            f"{output.loss_name}",
            expected="class numbers",
            do="leave these rows out",
        )
    if ignored is not None:
        values = values[values != ignored]
    if output.units is None or values.size == 0:
        return
    low, high = float(values.min()), float(values.max())
    if low <= -1.0 or high >= output.units:
        raise InvalidDataError(
            given=f"labels from {low:g} to {high:g} for an output of {output.units} units",
            expected=f"class numbers from 0 to {output.units - 1} for {output.loss_name}",
            do=_advice_on_classes(low, high, output.units),
        )


def _advice_on_classes(low: float, high: float, units: int) -> str:
    if low == 1.0 and high == units:
        return "count the classes from 0: y - 1"
    if low < 0.0:
        return "number the classes from 0, for example with sklearn.preprocessing.LabelEncoder"
    return f"give the last layer {int(high) + 1} units, or number the classes from 0"


def _check_dense_labels(output: OutputDescription, labels: np.ndarray) -> None:
    if output.rank is None or output.units is None:
        return
    shape = labels.shape
    strict = output.loss in (LossKind.CATEGORICAL_CROSSENTROPY, LossKind.BINARY_CROSSENTROPY)
    if len(shape) == output.rank:
        fits = shape[-1] == output.units or (not strict and 1 in (shape[-1], output.units))
    else:
        fits = len(shape) == output.rank - 1 and output.units == 1
        fits = fits or (len(shape) == output.rank + 1 and shape[-1] == 1)
    if fits:
        return
    do = "make the last layer and the labels the same size"
    if len(shape) == output.rank - 1 or shape[-1] == 1:
        if output.loss is LossKind.CATEGORICAL_CROSSENTROPY:
            do = "use sparse_categorical_crossentropy for class numbers, or one-hot labels"
        elif output.loss is LossKind.BINARY_CROSSENTROPY:
            do = "give the last layer 1 unit, or use sparse_categorical_crossentropy"
        else:
            do = "give the last layer 1 unit, or use a loss for classes"
    raise InvalidDataError(
        given=f"labels of shape {rows_shape(shape[1:])} with {output.loss_name} on "
        f"{output.units} output units",
        expected=f"labels of shape {rows_shape([*['...'] * (output.rank - 2), output.units])}",
        do=do,
    )


def rows_shape(shape: Sequence[int | str | None]) -> str:
    """The shape of some rows in words: `(rows,)`, `(rows, 4)`, `(rows, any, 3)`.

    Their number is left out: a user would not know that of a part of the data again.
    """
    sizes = ", ".join("any" if size is None else str(size) for size in shape)
    return f"(rows, {sizes})" if sizes else "(rows,)"
