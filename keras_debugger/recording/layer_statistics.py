"""Statistics of the outputs of layers, as TensorFlow operations."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from keras_debugger.recording.model.listening import Heard, listening
from keras_debugger.recording.step.replicas import present_graph
from keras_debugger.types.record import ActivationLog
from keras_debugger.types.vocabulary import Activation

STATISTICS = (
    "dead_share",
    "saturated_share",
    "pre_activation_sd",
    "output_sd",
    "mean_abs",
    "finite",
)
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
