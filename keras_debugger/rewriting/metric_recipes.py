"""Metrics as their class and config, from which new ones are made."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import keras

ERRORS = (  # what a user's get_config or __init__ may raise
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
    ImportError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class MetricRecipe:
    """A metric object as its class and config."""

    kind: type
    config: dict[str, Any]

    def make(self) -> Any:
        """A new metric."""
        return self.kind.from_config(dict(self.config))  # type: ignore[attr-defined]


def make_metrics(metrics: Any) -> Any:
    """New metrics from recipes, in the same lists and dicts."""
    if isinstance(metrics, MetricRecipe):
        return metrics.make()
    if isinstance(metrics, dict):
        return {key: make_metrics(value) for key, value in metrics.items()}
    if isinstance(metrics, list | tuple):
        return [make_metrics(value) for value in metrics]
    return metrics


def live_metrics(model: Any) -> tuple[Any, ...]:
    """Metrics of `compile` that the model has made; none before its first batch."""
    groups = (getattr(metric, "metrics", ()) for metric in model.metrics)
    return tuple(metric for group in groups for metric in group)


def loss_functions(loss: Any) -> dict[str, Any]:
    """Module-level functions among the losses, by name: a metric may be the same one."""
    return {
        one.__name__: one
        for one in _leaves(loss)
        if isinstance(one, FunctionType) and one.__qualname__ == one.__name__ != "<lambda>"
    }


def name_of(config: dict[str, Any]) -> str:
    """What a user calls a serialised object: its function, or its class."""
    inner = config.get("config")
    if config["class_name"] == "__lambda__":
        return "<lambda>"
    if isinstance(inner, str):
        return inner.rpartition(">")[2]
    wrapped: Any = inner.get("fn") if isinstance(inner, dict) else None
    return name_of(wrapped) if is_serialised(wrapped) else str(config["class_name"])


def is_serialised(given: Any) -> bool:
    """Whether this is an object as Keras serialises it: its class and its config."""
    return isinstance(given, dict) and {"class_name", "config"} <= set(given)


def serialised(metric: Any) -> Any:
    """The config of a metric with its class; None if it tells none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a lambda is warned of
            return keras.saving.serialize_keras_object(metric)
    except ERRORS:
        return None


def _leaves(given: Any) -> Iterator[Any]:
    if isinstance(given, dict):
        given = list(given.values())
    if not isinstance(given, list | tuple):
        yield given
        return
    for one in given:
        yield from _leaves(one)
