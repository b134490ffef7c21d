"""The gate: a rebuilt model must do exactly what the original does, on variables of its own."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.rewriting.engine import Rebuilt
from keras_debugger.rewriting.model_form import is_built_sequential
from keras_debugger.rewriting.probe_batch import probe_batch

_TOLERANCE = 1e-5


def difference(model: Any, rebuilt: Rebuilt) -> str:
    """How a rebuilt model differs from the original.

    Compared are the shapes of variables, the number of trained ones, outputs and added losses on
    a made-up batch with `training` off and on, and whether a variable of the original is in use
    (by identity, and by what a gradient tape sees). Variables of the original that its calls
    change (statistics, seeds) are put back.

    Args:
        model: the original.
        rebuilt: the rebuilt model with the state of the original.

    Returns:
        The first difference in words, naming the layer where one is to blame; empty if none.
    """
    found = _shared_variable(model, rebuilt) or _different_variables(rebuilt)
    if found:
        return found
    new = rebuilt.model
    if len(new.trainable_variables) != len(model.trainable_variables):
        return (
            f"a model of which a copy trains {len(new.trainable_variables)} variables "
            f"in place of {len(model.trainable_variables)}"
        )
    if isinstance(model, keras.Sequential) and not is_built_sequential(model):
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the user sees them in fit
        return _different_answers(model, rebuilt)


def _shared_variable(model: Any, rebuilt: Rebuilt) -> str:
    theirs = {id(variable) for variable in model.variables}
    for path, _, new in rebuilt.pairs:
        if any(id(variable) in theirs for variable in getattr(new, "variables", ())):
            return f"the layer {path!r} that uses a variable of another layer"
    return ""


def _different_variables(rebuilt: Rebuilt) -> str:
    for path, layer, new in rebuilt.pairs:
        shapes, new_shapes = (
            [tuple(variable.shape) for variable in getattr(one, "variables", ())]
            for one in (layer, new)
        )
        if shapes != new_shapes:
            return (
                f"the layer {path!r} ({type(layer).__name__}), a copy of which has variables of "
                f"shapes {new_shapes} in place of {shapes}: its get_config does not tell all"
            )
    return ""


def _different_answers(model: Any, rebuilt: Rebuilt) -> str:
    inputs = probe_batch(model)
    variables = list(model.variables)
    for training in (False, True):
        with restored(variables), restored(list(rebuilt.model.variables)):
            ours, losses = _answers(model, inputs, training=training)
            with tf.GradientTape() as tape:
                theirs, new_losses = _answers(rebuilt.model, inputs, training=training)
            watched = {id(variable) for variable in tape.watched_variables()}
        for variable in variables:
            if id(variable.value) in watched:
                return (
                    f"a model of which a copy still reads the variable {variable.path!r} of the "
                    "original: a Lambda or layer refers to it"
                )
        if not _equal(ours, theirs):
            return _culprit(rebuilt, inputs, training=training)
        if not _equal(losses, new_losses):
            return "a model of which a copy adds other losses, such as weight penalties"
    return ""


def _answers(model: Any, inputs: Any, *, training: bool) -> tuple[list[Any], list[Any]]:
    outputs = keras.tree.flatten(model(inputs, training=training))
    return outputs, list(model.losses)


@contextmanager
def restored(variables: list[Any]) -> Iterator[None]:
    """Put variables back on leaving, bit for bit, if they were changed inside."""
    before = [variable.numpy() for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, before, strict=True):
            if not np.array_equal(variable.numpy(), value, equal_nan=value.dtype.kind == "f"):
                variable.assign(value)


def _equal(ours: list[Any], theirs: list[Any]) -> bool:
    if len(ours) != len(theirs):
        return False
    for one, two in zip(ours, theirs, strict=True):
        first, second = _array(one), _array(two)
        if first.shape != second.shape:
            return False
        if first.dtype.kind not in "fc":
            if not np.array_equal(first, second):
                return False
        elif not np.allclose(first, second, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True):
            return False
    return True


def _array(tensor: Any) -> np.ndarray:
    array = np.asarray(keras.ops.convert_to_numpy(tensor))
    return array.astype(np.float64) if array.dtype.kind == "V" else array


def _culprit(rebuilt: Rebuilt, inputs: Any, *, training: bool) -> str:
    """Name the first layer of the user's own classes, which is the likely reason."""
    when = "while training" if training else "at inference"
    for path, layer, _ in rebuilt.pairs:
        if type(layer).__module__.split(".", maxsplit=1)[0] != "keras":
            return (
                f"a model of which a copy answers differently {when}; probably the get_config of "
                f"the layer {path!r} ({type(layer).__name__}) does not return all arguments of its "
                "__init__"
            )
    return f"a model of which a copy answers differently {when}"
