"""Whether a metric that a model has made uses a given function: told by what it answers."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting.self_check import restored

_ERRORS = (TypeError, ValueError, RuntimeError, AttributeError, IndexError, ArithmeticError)
_TOLERANCE = 1e-5


def is_ambiguous(config: Any) -> bool:
    """Whether a serialised function is told by its bare name, which Keras may know as its own."""
    if not isinstance(config, dict) or config.get("class_name") != "function":
        return False
    name = config.get("config")
    if config.get("module") != "builtins" or not isinstance(name, str) or ">" in name:
        return False
    try:
        return keras.saving.deserialize_keras_object(config) is not None
    except (TypeError, ValueError, KeyError, ImportError):
        return False


def function_of(config: Any) -> Any:
    """The serialised function in the config of a metric, or the config itself if it is one."""
    if not isinstance(config, dict) or config.get("class_name") == "function":
        return config
    inner = config.get("config")
    return inner.get("fn") if isinstance(inner, dict) else None


def answers_like(metric: Any, function: Callable[..., Any]) -> bool | None:
    """Whether a metric answers what the mean of a function is, on made-up labels and answers.

    The state of the metric is put back, bit for bit.

    Args:
        metric: a metric that a model has made.
        function: a function of labels and answers.

    Returns:
        Yes or no; None if neither takes any of the made-up batches.
    """
    for labels, answers in _batches():
        try:
            with restored(list(metric.variables)):
                metric.reset_state()
                metric.update_state(labels, answers)
                shown = float(metric.result())
            wanted = float(keras.ops.mean(function(labels, answers)))
        except _ERRORS:
            continue
        if not np.isclose(shown, wanted, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True):
            return False
        if np.isfinite(shown):
            return True
    return None


def own_or_of_keras(told: dict[str, Any], made: Any, own: Any, live: list[Any]) -> tuple[Any, str]:
    """The metric with the right one of two functions of one name.

    The metrics that the model has made tell by what they answer; without them Keras's function
    (or that of the loss) is taken, and that is noted.

    Args:
        told: the serialised function.
        made: the metric as Keras made it again, or its function.
        own: the function of that name among the losses, None if there is none.
        live: metrics that the model has made with a function of that name.

    Returns:
        The metric and an empty note; None and why, if it is neither function; the metric and a
        note if that cannot be told.
    """
    of_keras = keras.saving.deserialize_keras_object(told)
    neither = "it is a function of yours with the name of one of Keras's"
    for function in filter(None, (own, of_keras)):
        if any(answers_like(one, function) for one in live):
            if not isinstance(made, keras.metrics.Metric):
                return function, ""
            return (made, "") if function is (own or of_keras) else (None, neither)
    if live and not any(answers_like(one, of_keras) is None for one in live):
        return None, neither
    used = "that of the loss is used" if own else "its own function of that name is used"
    return made, (
        f"The metric {told['config']!r} was given as a function, of which Keras tells the name "
        f"only: where the model is compiled anew {used}. If it is another one, give it a name of "
        "its own."
    )


def _batches() -> list[tuple[np.ndarray, np.ndarray]]:
    draws = np.random.default_rng(0)
    shares = draws.uniform(0.1, 0.9, size=(6, 3)).astype("float32")
    shares /= shares.sum(axis=1, keepdims=True)
    one_hot = np.eye(3, dtype="float32")[[0, 2, 1, 1, 0, 2]]
    classes = np.array([[0], [2], [1], [1], [0], [2]], dtype="float32")
    return [(one_hot, shares), (classes, shares), (classes[:, :1] * 0.4, shares[:, :1])]
