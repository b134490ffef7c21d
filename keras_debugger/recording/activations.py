"""Statistics of every layer's output on one fixed batch, without moving any state of the model."""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import tensorflow as tf

from keras_debugger.recording.model.listening import Heard, listening
from keras_debugger.recording.model_description import resolve_kind, walk_layers
from keras_debugger.recording.step.initial_weights import with_values
from keras_debugger.types.record import ActivationLog
from keras_debugger.types.vocabulary import Activation, LayerKind

STATISTICS = (
    "dead_share",
    "saturated_share",
    "pre_activation_sd",
    "output_sd",
    "mean_abs",
    "finite",
)
EAGER_PROBES = 2  # a graph of a recurrent model is worth its making from the third one on
FEWEST_ROWS = 8
MOST_ENTRIES = 2**17  # of one output that are looked at
MARGIN = 0.01  # share of the range within which a bounded activation counts as saturated
_SILENT_BELOW_ZERO = {
    Activation.RELU,
    Activation.RELU6,
    Activation.LEAKY_RELU,
    Activation.PRELU,
}
_LIMITS = {
    Activation.TANH: (-1.0, 1.0),
    Activation.SIGMOID: (0.0, 1.0),
    Activation.HARD_SIGMOID: (0.0, 1.0),
}


@dataclass(eq=False)
class ActivationProbe:
    """Runs a model on one batch now and then and keeps statistics of its layers.

    Args:
        model: the model, built.
        x: the batch in the structure that the model takes.
    """

    model: Any
    x: Any
    steps: list[int] = field(default_factory=list)
    rows: list[dict[str, dict[str, float]]] = field(default_factory=list)
    _compiled: Any = None

    def run(self, step: int, weights: dict[str, np.ndarray] | None = None) -> Any:
        """Probe the model and return its answer.

        Args:
            step: number of steps done.
            weights: weights to use instead of the present ones, by path.
        """
        seen: dict[str, dict[str, float]] = {}

        def describe(heard: Heard) -> None:
            before = None if heard.before is None else _numbers(heard.before)
            seen[heard.name] = describe_output(_numbers(heard.output), before, heard.activation)

        if weights is None and len(self.steps) >= EAGER_PROBES and _is_recurrent(self.model):
            self._compiled = self._compiled or _CompiledProbe(self.model)
            answer = self._compiled.run(self.x, describe)
        else:
            with listening(self.model, describe):
                answer = answer_of(self.model, self.x, weights)
        self.steps.append(step)
        self.rows.append(seen)
        return answer

    def log(self) -> ActivationLog | None:
        """What was seen so far, None before the first probe."""
        layers = list(dict.fromkeys(name for row in self.rows for name in row))
        if not layers:
            return None
        columns = {
            statistic: np.array(
                [[row.get(name, {}).get(statistic, np.nan) for name in layers] for row in self.rows]
            )
            for statistic in STATISTICS
        }
        columns["finite"] = columns["finite"] != 0
        steps = np.array(self.steps, np.int64)
        for array in (steps, *columns.values()):
            array.setflags(write=False)
        return ActivationLog(layers=tuple(layers), step=steps, **columns)


def answer_of(model: Any, x: Any, weights: dict[str, np.ndarray] | None = None) -> Any:
    """The model's answer in inference mode; neither weights nor random state move.

    Args:
        model: the model, built.
        x: inputs.
        weights: weights to use instead of the present ones, by path.

    Returns:
        The answer in the structure that the model gives.
    """
    trainable = with_values(model, model.trainable_variables, weights)
    others = with_values(model, model.non_trainable_variables, weights)
    answer, _ = model.stateless_call(trainable, others, x, **_mode(model))
    return answer


def _mode(model: Any) -> dict[str, bool]:
    takes_training = "training" in inspect.signature(model.call).parameters
    return {"training": False} if takes_training else {}


def describe_output(
    output: np.ndarray, before: np.ndarray | None, activation: Activation
) -> dict[str, float]:
    """Statistics of one layer's output.

    Args:
        output: outputs, shape (rows, ..., units).
        before: what the activation was given, same shape; None if it has none or is not seen.
        activation: the activation.

    Returns:
        The names of STATISTICS to values.
    """
    units = output.reshape(-1, output.shape[-1]) if output.ndim > 1 else output[:, np.newaxis]
    with np.errstate(all="ignore"):
        found = {
            "finite": float(np.isfinite(output).all()),
            "mean_abs": float(np.mean(np.abs(output))),
            "output_sd": float(np.mean(np.std(output, axis=0))),
            "pre_activation_sd": float("nan") if before is None else float(np.std(before)),
        }
        if activation in _SILENT_BELOW_ZERO:
            found["dead_share"] = float(np.mean((units <= 0).all(axis=0)))
        if activation in _LIMITS:
            low, high = _LIMITS[activation]
            margin = MARGIN * (high - low)
            found["saturated_share"] = float(
                np.mean((output < low + margin) | (output > high - margin))
            )
    return found


def _numbers(tensor: Any) -> np.ndarray:
    """The first rows of a tensor, as float32."""
    array = np.asarray(tensor)
    rows = max(FEWEST_ROWS, MOST_ENTRIES // max(math.prod(array.shape[1:]), 1))
    return array[:rows].astype(np.float32, copy=False)


def _is_recurrent(model: Any) -> bool:
    return any(resolve_kind(layer) is LayerKind.RECURRENT for _, layer in walk_layers(model))


class _CompiledProbe:
    """The same in one graph, where each time step of a recurrent layer costs much less.

    Args:
        model: the model.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._heard: list[Heard] = []
        self._function = tf.function(self._trace, autograph=False)

    def run(self, x: Any, hear: Callable[[Heard], None]) -> Any:
        """Probe the model with its present weights."""
        trainable = [variable.value for variable in self._model.trainable_variables]
        others = [variable.value for variable in self._model.non_trainable_variables]
        answer, tensors = self._function(trainable, others, x)
        for heard, (output, before) in zip(self._heard, tensors, strict=True):
            hear(replace(heard, output=output, before=before))
        return answer

    def _trace(self, trainable: list[Any], others: list[Any], x: Any) -> Any:
        self._heard.clear()
        graph = tf.compat.v1.get_default_graph()
        with listening(self._model, self._heard.append):
            answer, _ = self._model.stateless_call(trainable, others, x, **_mode(self._model))
        self._heard[:] = [heard for heard in self._heard if heard.output.graph is graph]
        tensors = [
            (heard.output, heard.before if getattr(heard.before, "graph", None) is graph else None)
            for heard in self._heard
        ]
        return answer, tensors
