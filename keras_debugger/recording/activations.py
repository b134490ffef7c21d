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
from keras_debugger.recording.step.replicas import present_graph
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
EAGER_PROBES = 6  # a graph is worth its making from the next one on
RECURRENT_EAGER_PROBES = 2  # each time step counts
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
    rows: list[dict[str, np.ndarray]] = field(default_factory=list)
    _compiled: Any = None

    def run(self, step: int, weights: dict[str, np.ndarray] | None = None) -> Any:
        """Probe the model and return its answer.

        Args:
            step: number of steps done.
            weights: weights to use instead of the present ones, by path.
        """
        eager = RECURRENT_EAGER_PROBES if _is_recurrent(self.model) else EAGER_PROBES
        if weights is None and len(self.steps) >= eager:
            self._compiled = self._compiled or _CompiledProbe(self.model)
            answer, names, rows = self._compiled.run(self.x)
        else:
            answer, names, rows = heard_in_call(
                self.model, lambda: answer_of(self.model, self.x, weights)
            )
        self.steps.append(step)
        self.rows.append({name: np.asarray(row) for name, row in zip(names, rows, strict=True)})
        return answer

    def log(self) -> ActivationLog | None:
        """What was seen so far, None before the first probe."""
        layers = tuple(dict.fromkeys(name for row in self.rows for name in row))
        if not layers:
            return None
        nothing = np.full(len(STATISTICS), np.nan)
        values = np.array([[row.get(name, nothing) for name in layers] for row in self.rows])
        return activation_log(layers, np.array(self.steps, np.int64), values)


def activation_log(layers: tuple[str, ...], steps: np.ndarray, values: np.ndarray) -> ActivationLog:
    """Statistics as a log.

    Args:
        layers: names of layers.
        steps: steps done, shape (rows,).
        values: statistics, shape (rows, layers, 6).
    """
    columns = {name: values[..., i].astype(np.float64) for i, name in enumerate(STATISTICS)}
    columns["finite"] = columns["finite"] != 0
    for array in (steps, *columns.values()):
        array.setflags(write=False)
    return ActivationLog(layers=layers, step=steps, **columns)


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
    answer, _ = model.stateless_call(trainable, others, x, **inference(model))
    return answer


def inference(model: Any) -> dict[str, bool]:
    """How a model is told to answer as after training, if it asks."""
    takes_training = "training" in inspect.signature(model.call).parameters
    return {"training": False} if takes_training else {}


def describe_output(heard: Heard) -> Any:
    """Statistics of one layer's output, in the order of STATISTICS, shape (6,).

    Args:
        heard: the call of the layer; outputs have shape (rows, ..., units).
    """
    output = _numbers(heard.output)
    units = tf.reshape(output, (-1, tf.shape(output)[-1] if output.shape.rank > 1 else 1))
    dead = saturated = before = tf.constant(float("nan"))
    if heard.activation in _SILENT_BELOW_ZERO:
        dead = tf.reduce_mean(tf.cast(tf.reduce_all(units <= 0, axis=0), tf.float32))
    if heard.activation in _LIMITS:
        low, high = _LIMITS[heard.activation]
        margin = MARGIN * (high - low)
        near = tf.logical_or(output < low + margin, output > high - margin)
        saturated = tf.reduce_mean(tf.cast(near, tf.float32))
    if heard.before is not None:
        before = tf.math.reduce_std(_numbers(heard.before))
    return tf.stack(
        [
            dead,
            saturated,
            before,
            tf.reduce_mean(tf.math.reduce_std(output, axis=0)),
            tf.reduce_mean(tf.abs(output)),
            tf.cast(tf.reduce_all(tf.math.is_finite(output)), tf.float32),
        ]
    )


def _numbers(tensor: Any) -> Any:
    """The first rows of a tensor, as float32."""
    entries = math.prod(size or 1 for size in tensor.shape[1:])
    return tf.cast(tensor[: max(FEWEST_ROWS, MOST_ENTRIES // max(entries, 1))], tf.float32)


def heard_in_call(model: Any, call: Callable[[], Any]) -> tuple[Any, list[str], list[Any]]:
    """The answer of a call of a model, names of the layers that took part, and their statistics.

    What is computed inside a loop of the graph, as by the cell of a recurrent layer, is left out.

    Args:
        model: the model.
        call: calls it.
    """
    names: list[str] = []
    rows: list[Any] = []
    graph = present_graph()

    def hear(heard: Heard) -> None:
        if graph is None or getattr(heard.output, "graph", None) is graph:
            before = heard.before
            if graph is not None and getattr(before, "graph", None) is not graph:
                before = None
            names.append(heard.name)
            rows.append(describe_output(replace(heard, before=before)))

    with listening(model, hear):
        answer = call()
    return answer, names, rows


def _is_recurrent(model: Any) -> bool:
    return any(resolve_kind(layer) is LayerKind.RECURRENT for _, layer in walk_layers(model))


class _CompiledProbe:
    """The same in one graph, which costs more to make and much less to run.

    Args:
        model: the model.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._names: list[str] = []
        self._function = tf.function(self._trace, autograph=False)

    def run(self, x: Any) -> tuple[Any, list[str], list[Any]]:
        """Probe the model with its present weights."""
        trainable = [variable.value for variable in self._model.trainable_variables]
        others = [variable.value for variable in self._model.non_trainable_variables]
        answer, rows = self._function(trainable, others, x)
        return answer, self._names, rows

    def _trace(self, trainable: list[Any], others: list[Any], x: Any) -> Any:
        answer, self._names, rows = heard_in_call(
            self._model,
            lambda: self._model.stateless_call(trainable, others, x, **inference(self._model))[0],
        )
        return answer, rows
