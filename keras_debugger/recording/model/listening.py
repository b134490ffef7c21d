"""Hearing what each layer answers while a model is called."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import keras

from keras_debugger.recording.model.activation_kinds import activation_of
from keras_debugger.recording.model_description import resolve_kind, walk_layers
from keras_debugger.recording.step.patching import patched
from keras_debugger.types.vocabulary import Activation, LayerKind

_LEFT_OUT = {LayerKind.INPUT, LayerKind.MODEL, LayerKind.RESHAPE}


@dataclass(frozen=True, slots=True)
class Heard:
    """One call of a layer.

    Args:
        name: path of the layer; further calls of it have a number.
        activation: the activation that the answer passes last; OTHER for a gated output.
        output: what the layer answered, as a tensor.
        before: what its activation was given; None if it has none or is not seen.
    """

    name: str
    activation: Activation
    output: Any
    before: Any


@contextmanager
def listening(model: Any, hear: Callable[[Heard], None]) -> Iterator[None]:
    """Hear every layer of a model, nested ones too, for the time of a call.

    Args:
        model: the model.
        hear: called for each call of a layer that answers with a tensor.
    """
    with ExitStack() as patches:
        for path, layer in walk_layers(model):
            kind = resolve_kind(layer)
            if kind not in _LEFT_OUT:
                listener = _Listener(path, layer, kind, hear)
                patches.enter_context(patched(layer, "call", listener.watch_call(layer.call)))
                function = getattr(layer, "activation", None)
                if (
                    callable(function)
                    and not isinstance(function, keras.layers.Layer)
                    and kind is not LayerKind.RECURRENT  # its cell applies it at each time step
                ):
                    watched = listener.watch_activation(function)
                    patches.enter_context(patched(layer, "activation", watched))
        yield


class _Listener:
    """Hears one layer: what its activation is given and what it answers."""

    def __init__(
        self, path: str, layer: Any, kind: LayerKind, hear: Callable[[Heard], None]
    ) -> None:
        self._path = path
        self._hear = hear
        self._calls = 0
        self._inputs: list[Any] = []
        is_gated = kind is LayerKind.RECURRENT
        self._activation = Activation.OTHER if is_gated else activation_of(layer)
        self._is_activation = kind is LayerKind.ACTIVATION

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
        if not leaves or not _is_real(leaves[0]):
            return
        self._calls += 1
        name = self._path if self._calls == 1 else f"{self._path} (call {self._calls})"
        before = before if before is not None and _is_real(before) else None
        self._hear(Heard(name, self._activation, leaves[0], before))


def _is_real(tensor: Any) -> bool:
    """Whether this is a dense tensor of floating-point numbers with rows."""
    dtype = getattr(tensor, "dtype", None)
    if dtype is None or "float" not in keras.backend.standardize_dtype(dtype):
        return False
    return hasattr(tensor, "shape") and len(tensor.shape) > 0
