"""Statistics of every layer's output on one fixed batch, without moving any state of the model."""

import inspect
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from keras_debugger.recording.layer_statistics import (
    STATISTICS,
    activation_log,
    heard_in_call,
)
from keras_debugger.recording.model_description import resolve_kind, walk_layers
from keras_debugger.recording.step.initial_weights import with_values
from keras_debugger.types.record import ActivationLog
from keras_debugger.types.vocabulary import LayerKind

EAGER_PROBES = 6  # a graph is worth its making from the next one on
RECURRENT_EAGER_PROBES = 2  # each time step counts


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
