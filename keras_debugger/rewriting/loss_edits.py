"""Edits of losses, their weights, and the metrics that depend on the form of the labels."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting.compile_state import CompileState
from keras_debugger.rewriting.metric_edits import fitting_metrics
from keras_debugger.rewriting.subject import cannot_apply
from keras_debugger.types.edit import ScaleTargets, SetLoss
from keras_debugger.types.vocabulary import LossKind

LOSSES: Mapping[LossKind, type] = MappingProxyType(
    {
        LossKind.BINARY_CROSSENTROPY: keras.losses.BinaryCrossentropy,
        LossKind.CATEGORICAL_CROSSENTROPY: keras.losses.CategoricalCrossentropy,
        LossKind.SPARSE_CATEGORICAL_CROSSENTROPY: keras.losses.SparseCategoricalCrossentropy,
        LossKind.MEAN_SQUARED_ERROR: keras.losses.MeanSquaredError,
        LossKind.MEAN_ABSOLUTE_ERROR: keras.losses.MeanAbsoluteError,
        LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR: keras.losses.MeanAbsolutePercentageError,
        LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR: keras.losses.MeanSquaredLogarithmicError,
        LossKind.HUBER: keras.losses.Huber,
        LossKind.LOG_COSH: keras.losses.LogCosh,
        LossKind.HINGE: keras.losses.Hinge,
        LossKind.KL_DIVERGENCE: keras.losses.KLDivergence,
        LossKind.POISSON: keras.losses.Poisson,
    }
)


def names_outputs(state: CompileState) -> bool:
    """Whether losses, their weights or metrics are given by the names of the outputs."""
    given = (state.loss, state.loss_weights, state.metrics, state.weighted_metrics)
    return any(isinstance(one, dict) for one in given)


def edit_loss(state: CompileState, edit: SetLoss, names: tuple[str, ...]) -> CompileState:
    """Give an output another loss, and its metrics the form that fits.

    Args:
        state: arguments of compile.
        edit: the edit.
        names: names of the outputs.

    Returns:
        Changed arguments of compile.

    Raises:
        UnsupportedModelError: the loss is not one of Keras's.
    """
    if edit.loss not in LOSSES:
        raise cannot_apply(edit, "the loss is not one that Keras knows")
    loss = LOSSES[edit.loss](**({"from_logits": True} if edit.from_logits else {}))
    losses = _with_output(state.loss, edit.output, names, loss)
    return replace(
        state,
        loss=losses,
        metrics=fitting_metrics(state.metrics, edit, names),
        weighted_metrics=fitting_metrics(state.weighted_metrics, edit, names),
    )


def edit_target_scale(
    state: CompileState, edit: ScaleTargets, names: tuple[str, ...], kind: LossKind
) -> CompileState:
    """Weigh the loss of an output so that it is that of standardised targets.

    Squared errors are divided by sd**2, absolute ones by sd; the Huber loss changes from squared
    to absolute at delta * sd; a percentage error has no unit.

    Args:
        state: arguments of compile.
        edit: the edit.
        names: names of the outputs.
        kind: the loss of the output.

    Raises:
        UnsupportedModelError: the loss does not scale with the targets' unit.
    """
    weights = {
        LossKind.MEAN_SQUARED_ERROR: edit.sd**-2,
        LossKind.MEAN_ABSOLUTE_ERROR: 1.0 / edit.sd,
        LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR: 1.0,
        LossKind.HUBER: edit.sd**-2,
    }
    if kind not in weights:
        raise cannot_apply(edit, f"the loss {kind.value} does not scale with the targets' unit")
    if kind is LossKind.HUBER:
        delta = _huber_delta(loss_of(state.loss, edit.output, names))
        huber = keras.losses.Huber(delta=delta * edit.sd)
        state = replace(state, loss=_with_output(state.loss, edit.output, names, huber))
    weight = weights[kind] * _weight_of(state.loss_weights, edit.output, names)
    if len(names) == 1 and not isinstance(state.loss, list | dict):
        return replace(state, loss_weights=float(weight))
    old_weights = state.loss_weights if state.loss_weights is not None else [1.0] * len(names)
    changed = _with_output(old_weights, edit.output, names, float(weight))
    if isinstance(state.loss, dict) and isinstance(changed, list):
        changed = dict(zip(names, changed, strict=True))
    return replace(state, loss_weights=changed)


def _huber_delta(loss: Any) -> float:
    """Where a Huber loss becomes linear: its slope there, since its config does not tell."""
    compute = keras.losses.get(loss)
    far = 1e6
    near, double = (
        float(keras.ops.mean(compute(np.zeros((1, 1), "float32"), np.full((1, 1), e, "float32"))))
        for e in (far, 2 * far)
    )
    return (double - near) / far


def loss_of(loss: Any, output: int, names: tuple[str, ...]) -> Any:
    """The loss (or weight) of one output, given for all, as a list or by name."""
    if isinstance(loss, dict):
        if len(loss) == len(names) == 1:
            return next(iter(loss.values()))
        return loss.get(names[output])
    if isinstance(loss, list):
        return loss[output] if len(loss) > output else None
    return loss


def _weight_of(weights: Any, output: int, names: tuple[str, ...]) -> float:
    weight = loss_of(weights, output, names)
    return 1.0 if weight is None else float(weight)


def _with_output(given: Any, output: int, names: tuple[str, ...], value: Any) -> Any:
    """What was given for all outputs, with the value of one replaced."""
    if isinstance(given, dict):
        if len(given) == len(names) == 1:
            return {next(iter(given)): value}
        return {**given, names[output]: value}
    if isinstance(given, list):
        return [value if i == output else one for i, one in enumerate(given)]
    if len(names) == 1:
        return value
    return [value if i == output else given for i in range(len(names))]
