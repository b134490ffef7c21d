"""Layers behind an input, with statistics of the training data: a Normalization, a filler."""

from functools import partial
from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting.layer_plan import Insertion, RebuildPlan
from keras_debugger.rewriting.subject import Subject, cannot_apply
from keras_debugger.types.edit import FillInput, NormalizeInput

TINY = 1e-6  # of the size of a feature without spread, no unit


def plan_input_edit(
    edit: NormalizeInput | FillInput,
    subject: Subject,
    plan: RebuildPlan,
    inputs: list[np.ndarray] | None,
) -> None:
    """Add layers behind an input to a plan; raises UnsupportedModelError where they cannot be made.

    Args:
        edit: the edit.
        subject: the model.
        plan: the plan to add to.
        inputs: raw training inputs, one array for each input of the model.
    """
    if inputs is None or edit.input >= len(inputs):
        raise cannot_apply(edit, f"no training data for input {edit.input} were given")
    values = np.asarray(inputs[edit.input])
    if values.dtype.kind not in "fiu" or values.ndim < 2:
        raise cannot_apply(edit, f"input {edit.input} does not hold rows of numbers")
    _check_declared(edit, subject)
    axis = _channel_axis(edit, subject)
    behind = plan.inputs.setdefault(edit.input, [])
    if isinstance(edit, FillInput):
        behind[:0] = _fillers(*_mean_and_reach(values, axis), rank=values.ndim, axis=axis)
        return
    mean, variance = feature_statistics(values, axis=axis)
    variance = variance / edit.times**2
    behind.append(
        Insertion(
            kind="normalization",
            make=lambda name: keras.layers.Normalization(
                axis=axis,
                mean=mean.tolist(),
                variance=variance.tolist(),
                name=name,
                dtype="float32",
            ),
        )
    )


def _fillers(mean: np.ndarray, reach: np.ndarray, *, rank: int, axis: int) -> list[Insertion]:
    """Put 0 in place of NaN and 1 or -1 in place of infinity, where 0 is the mean and 1 the reach.

    These are a Rescaling, an operation and a Rescaling back, which any Keras loads.
    """
    shape = [1] * (rank - 1)
    shape[axis if axis < 0 else axis - 1] = -1
    mean, reach = mean.reshape(shape), reach.reshape(shape)
    first, last = (
        Insertion(kind=kind, make=partial(_rescaled, scale=scale.tolist(), offset=offset.tolist()))
        for kind, scale, offset in (
            ("centered", 1.0 / reach, -mean / reach),
            ("filled", reach, mean),
        )
    )
    return [first, Insertion(kind="fill", make=lambda name: _fill, is_operation=True), last]


def _rescaled(name: str, *, scale: list[Any], offset: list[Any]) -> Any:
    return keras.layers.Rescaling(scale, offset, name=name, dtype="float32")


def _mean_and_reach(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the finite values of each feature and their largest distance from it.

    Returns:
        Both shape (features,). The mean is 0 where there is no finite value, and the distance at
        least TINY, so that a feature without spread stays as it is.
    """
    columns = np.moveaxis(values, axis, -1).reshape(-1, values.shape[axis]).astype(np.float64)
    finite = np.isfinite(columns)
    total = np.where(finite, columns, 0.0).sum(axis=0)
    mean = total / np.maximum(finite.sum(axis=0), 1)
    reach = np.where(finite, np.abs(columns - mean), 0.0).max(axis=0)
    return mean, np.maximum(reach, TINY * np.maximum(np.abs(mean), 1.0))


def _fill(values: Any) -> Any:
    return keras.ops.nan_to_num(values, nan=0.0, posinf=1.0, neginf=-1.0)


def feature_statistics(values: np.ndarray, *, axis: int = -1) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each feature over the rows without NaN or infinity.

    Args:
        values: inputs, shape (rows, ..., features) or with the features on another axis.
        axis: axis of the features.

    Returns:
        Mean and variance, each shape (features,), float64. The variance of a constant feature
        is given as 1, so that it stays finite, and stays small for values not seen in training.
    """
    finite = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    rows = values[finite] if finite.any() else values
    columns = np.moveaxis(rows, axis, -1).reshape(-1, values.shape[axis]).astype(np.float64)
    if not finite.any():
        columns = np.where(np.isfinite(columns), columns, _mean_and_reach(values, axis)[0])
    mean = columns.mean(axis=0)
    variance = columns.var(axis=0)
    tiny = np.maximum(np.square(mean) * 1e-14, np.finfo(np.float32).tiny)
    return mean, np.where(variance > tiny, variance, 1.0)


def _check_declared(edit: NormalizeInput | FillInput, subject: Subject) -> None:
    for tensor in _input_tensors(subject)[edit.input : edit.input + 1]:
        if "float" not in str(tensor.dtype):
            raise cannot_apply(edit, f"input {edit.input} is declared as {tensor.dtype}")
        if tensor.sparse:
            raise cannot_apply(edit, f"input {edit.input} is sparse")
    for layer in _first_layers(edit, subject):
        if isinstance(layer, keras.layers.Masking | keras.layers.Embedding):
            raise cannot_apply(
                edit, f"the layer {layer.name!r} gives a meaning to fixed values of this input"
            )


def _first_layers(edit: NormalizeInput | FillInput, subject: Subject) -> list[Any]:
    if edit.input >= len(subject.graph.inputs):
        return []
    calls = subject.graph.consumers(subject.graph.inputs[edit.input])
    return [subject.layers[call.layer] for call in calls if call.layer in subject.layers]


def _channel_axis(edit: NormalizeInput | FillInput, subject: Subject) -> int:
    first = any(
        getattr(layer, "data_format", "") == "channels_first"
        for layer in _first_layers(edit, subject)
    )
    return 1 if first else -1


def _input_tensors(subject: Subject) -> list[Any]:
    try:
        return list(subject.model.inputs)
    except (AttributeError, ValueError):
        return []
