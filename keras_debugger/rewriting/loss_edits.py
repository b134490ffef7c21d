"""Edits of losses, their weights, and the metrics that depend on the form of the labels."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting.compile_state import CompileState
from keras_debugger.rewriting.metric_recipes import MetricRecipe
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
# The same question asked of labels of another form; `accuracy` finds its form by itself.
_METRICS = (
    {
        LossKind.BINARY_CROSSENTROPY: "binary_accuracy",
        LossKind.CATEGORICAL_CROSSENTROPY: "categorical_accuracy",
        LossKind.SPARSE_CATEGORICAL_CROSSENTROPY: "sparse_categorical_accuracy",
    },
    {
        LossKind.BINARY_CROSSENTROPY: "binary_crossentropy",
        LossKind.CATEGORICAL_CROSSENTROPY: "categorical_crossentropy",
        LossKind.SPARSE_CATEGORICAL_CROSSENTROPY: "sparse_categorical_crossentropy",
    },
    {
        LossKind.CATEGORICAL_CROSSENTROPY: "top_k_categorical_accuracy",
        LossKind.SPARSE_CATEGORICAL_CROSSENTROPY: "sparse_top_k_categorical_accuracy",
    },
)
_METRIC_CLASSES = MappingProxyType(
    {
        "binary_accuracy": keras.metrics.BinaryAccuracy,
        "categorical_accuracy": keras.metrics.CategoricalAccuracy,
        "sparse_categorical_accuracy": keras.metrics.SparseCategoricalAccuracy,
        "binary_crossentropy": keras.metrics.BinaryCrossentropy,
        "categorical_crossentropy": keras.metrics.CategoricalCrossentropy,
        "sparse_categorical_crossentropy": keras.metrics.SparseCategoricalCrossentropy,
        "top_k_categorical_accuracy": keras.metrics.TopKCategoricalAccuracy,
        "sparse_top_k_categorical_accuracy": keras.metrics.SparseTopKCategoricalAccuracy,
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
        metrics=_fitting(state.metrics, edit, names),
        weighted_metrics=_fitting(state.weighted_metrics, edit, names),
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


def _fitting(metrics: Any, edit: SetLoss, names: tuple[str, ...]) -> Any:
    """Metrics with those of one output in the form that its new loss asks for."""
    if isinstance(metrics, dict):
        return {
            key: _converted(value, edit) if key == names[edit.output] else value
            for key, value in metrics.items()
        }
    if isinstance(metrics, list) and len(names) == 1:
        return [_converted(one, edit) for one in metrics]
    if isinstance(metrics, list) and len(metrics) == len(names):
        return [_converted(m, edit) if i == edit.output else m for i, m in enumerate(metrics)]
    return metrics


def _converted(metric: Any, edit: SetLoss) -> Any:
    if isinstance(metric, list):
        return [_converted(one, edit) for one in metric]
    name = _metric_name(metric)
    for family in _METRICS:
        if name not in family.values() or edit.loss not in family:
            continue
        wanted = family[edit.loss]
        if isinstance(metric, MetricRecipe):
            kept = {"name": metric.config.get("name")} if wanted == name else {}
            return MetricRecipe(_METRIC_CLASSES[wanted], {**kept, **_logits(wanted, edit)})
        return wanted
    return metric


def _metric_name(metric: Any) -> str:
    if isinstance(metric, str):
        return {"acc": "accuracy", "bce": "binary_crossentropy"}.get(metric, metric)
    if isinstance(metric, MetricRecipe):
        return next((n for n, kind in _METRIC_CLASSES.items() if metric.kind is kind), "")
    return next((n for n in _METRIC_CLASSES if metric is getattr(keras.metrics, n, None)), "")


def _logits(name: str, edit: SetLoss) -> dict[str, Any]:
    if name.endswith("crossentropy"):
        return {"from_logits": edit.from_logits}
    return {}
