"""Statistics of every layer's output on one fixed batch, without moving any state of the model."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from keras_debugger.recording.activation_kinds import activation_of
from keras_debugger.recording.initial_weights import with_values
from keras_debugger.recording.model_description import resolve_kind, walk_layers
from keras_debugger.recording.patching import patched
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
_LEFT_OUT = {LayerKind.INPUT, LayerKind.MODEL, LayerKind.RESHAPE}


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

    def run(self, step: int, weights: dict[str, np.ndarray] | None = None) -> Any:
        """Probe the model and return its answer.

        Args:
            step: number of steps done.
            weights: weights to use instead of the present ones, by path.
        """
        seen: dict[str, dict[str, float]] = {}
        with _listening(self.model, seen):
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
    takes_training = "training" in inspect.signature(model.call).parameters
    mode = {"training": False} if takes_training else {}
    answer, _ = model.stateless_call(trainable, others, x, **mode)
    return answer


@contextmanager
def _listening(model: Any, seen: dict[str, dict[str, float]]) -> Iterator[None]:
    with ExitStack() as patches:
        for path, layer in walk_layers(model):
            if resolve_kind(layer) not in _LEFT_OUT:
                listener = _Listener(path, layer, seen)
                patches.enter_context(patched(layer, "call", listener.watch_call(layer.call)))
                function = getattr(layer, "activation", None)
                if callable(function) and not isinstance(function, keras.layers.Layer):
                    watched = listener.watch_activation(function)
                    patches.enter_context(patched(layer, "activation", watched))
        yield


class _Listener:
    """Hears one layer: what its activation is given and what it answers."""

    def __init__(self, path: str, layer: Any, seen: dict[str, dict[str, float]]) -> None:
        self._path = path
        self._seen = seen
        self._calls = 0
        self._inputs: list[Any] = []
        self._activation = _activation_of(layer)
        self._is_activation = resolve_kind(layer) is LayerKind.ACTIVATION

    def watch_activation(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def activation(x: Any, *rest: Any, **named: Any) -> Any:
            self._inputs.append(x)
            return function(x, *rest, **named)

        return activation

    def watch_call(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            self._inputs.clear()
            outputs = call(*arguments, **named)
            before = self._inputs[-1] if self._inputs else None
            if before is None and self._is_activation and arguments:
                before = arguments[0]
            self._note(outputs, before)
            return outputs

        return watched

    def _note(self, outputs: Any, before: Any) -> None:
        leaves = [leaf for leaf in keras.tree.flatten(outputs) if leaf is not None]
        output = _numbers(leaves[0]) if leaves else None
        if output is None:
            return
        self._calls += 1
        name = self._path if self._calls == 1 else f"{self._path} (call {self._calls})"
        inputs = None if before is None else _numbers(before)
        self._seen[name] = describe_output(output, inputs, self._activation)


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


def _activation_of(layer: Any) -> Activation:
    """The activation that a layer's output passes last; OTHER for a gated output."""
    if resolve_kind(layer) is LayerKind.RECURRENT:
        return Activation.OTHER
    return activation_of(layer)


def _numbers(tensor: Any) -> np.ndarray | None:
    """A dense floating-point tensor as float32; None for anything else."""
    dtype = getattr(tensor, "dtype", None)
    if dtype is None or "float" not in keras.backend.standardize_dtype(dtype):
        return None
    if not hasattr(tensor, "shape") or len(tensor.shape) == 0:
        return None
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32")))
