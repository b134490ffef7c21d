"""The form of the metrics of an output that its new loss asks for."""

from types import MappingProxyType
from typing import Any

import keras

from keras_debugger.rewriting.metric_recipes import MetricRecipe
from keras_debugger.types.edit import SetLoss
from keras_debugger.types.vocabulary import LossKind

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


def fitting_metrics(metrics: Any, edit: SetLoss, names: tuple[str, ...]) -> Any:
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
