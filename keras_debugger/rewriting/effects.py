"""What edits must do in a rebuilt model, tried out on it."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.rewriting.noise_edits import NOISE
from keras_debugger.rewriting.probe_batch import probe_batch
from keras_debugger.rewriting.self_check import restored
from keras_debugger.types.edit import AddSkip, FillInput, NormalizeInput, ScaleTargets

_ROWS = 64  # of a made-up batch; dropout of a fifth leaves no hole in one of 1e6 such batches
_ENOUGH = 64  # entries of a weight whose spread can be compared
_LARGEST = 8  # size of the other axes of a made-up batch
_VALUES = 200_000  # of the training data that a new Normalization is tried on


def no_noise(layer: Any) -> str:
    """Why a new dropout layer does not do what it should; empty if it does.

    It must leave holes in training and none at inference.
    """
    shape = (_ROWS, *(min(size or _LARGEST, _LARGEST) for size in layer.output.shape[1:]))
    ones = keras.ops.ones(shape, dtype=layer.compute_dtype)
    with restored(list(layer.variables)):
        trained, still = (np.asarray(layer(ones, training=flag)) for flag in (True, False))
    if not np.array_equal(still, np.ones(shape)):
        return "it changes answers at inference"
    return "" if (trained == 0).any() else "it drops nothing in training"


def no_recurrent_noise(layer: Any) -> str:
    """Why dropout inside a recurrent layer does nothing in training; empty if it does."""
    try:
        shape = layer.input.shape
    except (AttributeError, ValueError):
        return ""  # called more than once, or with states
    steps = (_LARGEST if size is None else size for size in shape[1:])
    rows = shape[0] or _LARGEST
    batch = np.random.default_rng(0).standard_normal((rows, *steps)).astype("float32")
    with restored(list(layer.variables)):
        outputs = [
            [np.asarray(one) for one in keras.tree.flatten(layer(batch, training=flag))]
            for flag in (True, False, False)
        ]
    trained, still, again = outputs
    if not all(np.array_equal(one, two) for one, two in zip(still, again, strict=True)):
        return "it changes answers at inference"
    same = all(np.array_equal(one, two) for one, two in zip(trained, still, strict=True))
    return "it drops nothing in training" if same else ""


def no_attention_noise(layer: Any) -> str:
    """Why dropout inside an attention layer does nothing in training; empty if it does."""
    try:
        tensors = keras.tree.flatten(layer.input)
    except (AttributeError, ValueError):
        return ""  # called more than once
    generator = np.random.default_rng(0)
    batches = []
    for tensor in tensors:
        shape = (_LARGEST if size is None else size for size in tensor.shape)
        batches.append(generator.standard_normal(tuple(shape)).astype("float32"))
    with restored(list(layer.variables)):
        trained, still = (
            np.asarray(
                layer(*batches, training=flag)
                if isinstance(layer, keras.layers.MultiHeadAttention)
                else layer(batches, training=flag)
            )
            for flag in (True, False)
        )
    return "it drops nothing in training" if np.array_equal(trained, still) else ""


def not_drawn_anew(layer: Any, weight: str, initializer: str) -> str:
    """Why the values of a weight are not those of an initializer; empty if they may be.

    Its spread is compared with that of values which the initializer makes, and may differ by half.
    """
    variable = getattr(layer, weight, None)
    if variable is None or math.prod(variable.shape) < _ENOUGH:
        return ""
    made = np.asarray(keras.initializers.get(initializer)(variable.shape, dtype="float32"))
    shown, wanted = float(np.std(np.asarray(variable.numpy()))), float(np.std(made))
    if wanted / 1.5 <= shown <= wanted * 1.5:
        return ""
    return f"its {weight} has a standard deviation of {shown:.3g}, not of {wanted:.3g}"


def no_penalty(layer: Any, model: Any) -> str:
    """Why a weight penalty is not in the losses; empty if it is, or if the layer is frozen."""
    if not layer.trainable_variables:
        return ""
    own = sum(float(loss) for loss in layer.losses)
    whole = sum(float(loss) for loss in model.losses)
    if not layer.losses or not np.isfinite(own) or whole < own * (1 - 1e-4):
        return f"the layer adds {own:g} to the losses, which are {whole:g} in all"
    return ""


def does_not_run(model: Any) -> str:
    """Why a model of changed shapes fails on a batch; empty if it answers."""
    with restored(list(model.variables)):
        try:
            model(probe_batch(model), training=False)
        except (ValueError, TypeError, tf.errors.OpError) as error:
            return f"the new model does not run: {str(error).strip().splitlines()[0]}"
    return ""


def is_noise(layer: Any) -> bool:
    """Whether a layer is a dropout layer."""
    return isinstance(layer, NOISE)


def no_sum(edit: AddSkip, layers: dict[str, Any]) -> str:
    """Why the output of an earlier layer is not added; empty if it is."""
    start = f"{edit.layer.rpartition('/')[2]}_kd_add"
    sums = [layer for name, layer in layers.items() if name.startswith(start)]
    two = any(isinstance(one.input, list) and len(one.input) == 2 for one in sums)
    return "" if two else "no sum of both outputs is in the new model"


def no_layer_behind_input(
    edit: NormalizeInput | FillInput, model: Any, inputs: list[np.ndarray] | None
) -> str:
    """Why the layers behind an input do not do what they should; empty if they do."""
    ends = {NormalizeInput: "_kd_normalization", FillInput: "_kd_filled"}
    source = model.inputs[edit.input]
    name = f"{source.name}{ends[type(edit)]}"
    found = [one for one in model.layers if one.name.startswith(name)]
    if not found or inputs is None:
        return f"no layer {name!r} is in the new model"
    values = np.asarray(inputs[edit.input], dtype="float32")
    width = max(1, values[0].size)
    rows = values[: max(2, _VALUES // width)]
    part = keras.Function(source, found[-1].output)
    if isinstance(edit, FillInput):
        holed = np.array(rows[:2])
        holed.flat[0], holed.flat[-1] = np.nan, np.inf
        out = np.asarray(part(holed))
        kept = np.isfinite(holed)
        right = np.isfinite(out).all() and np.allclose(out[kept], holed[kept], rtol=1e-3, atol=1e-3)
        return "" if right else "it does not replace NaN and infinity alone"
    finite = rows[np.isfinite(rows).reshape(len(rows), -1).all(axis=1)]
    out = np.asarray(part(finite)) if len(finite) else np.zeros(1)
    right = np.isfinite(out).all() and abs(float(out.mean())) < edit.times
    return "" if right else f"answers of the Normalization have the mean {out.mean():g}"


def no_rescaling(edit: ScaleTargets, model: Any) -> str:
    """Why the answers are not in the user's unit; empty if they are."""
    last = [one for one in model.layers if isinstance(one, keras.layers.Rescaling)]
    right = any(
        np.isscalar(one.scale)
        and np.isclose(one.scale, edit.sd)
        and np.allclose(one.offset, edit.mean)
        for one in last
    )
    return "" if right else "no Rescaling to the targets' unit is in the new model"
