"""The model that edits are planned on: layers by path, calls, neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.types.edit import Edit
from keras_debugger.types.graph import Call, ModelGraph

CONVOLUTIONS = tuple(
    getattr(keras.layers, f"{kind}{size}D{end}")
    for kind, sizes, end in (
        ("Conv", (1, 2, 3), ""),
        ("Conv", (1, 2, 3), "Transpose"),
        ("SeparableConv", (1, 2), ""),
        ("DepthwiseConv", (1, 2), ""),
    )
    for size in sizes
)
RECURRENT = (
    keras.layers.RNN,
    keras.layers.Bidirectional,
    keras.layers.ConvLSTM1D,
    keras.layers.ConvLSTM2D,
    keras.layers.ConvLSTM3D,
)
ATTENTION = tuple(
    kind
    for kind in (
        getattr(keras.layers, name, None)
        for name in ("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention")
    )
    if kind is not None
)
ACTIVATION_LAYERS = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
    keras.layers.Softmax,
)
_TRANSPARENT = (
    *ACTIVATION_LAYERS,
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.Dropout,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model seen through its layers and calls.

    Args:
        model: the blueprint's own copy.
        layers: path to layer, operations of the graph included.
        graph: its calls.
    """

    model: Any
    layers: Mapping[str, Any]
    graph: ModelGraph

    def layer(self, path: str, edit: Edit) -> Any:
        """A layer by its path; raises UnsupportedModelError if there is none."""
        if path not in self.layers:
            raise cannot_apply(edit, f"the model has no layer {path!r}")
        return self.layers[path]

    def is_output(self, path: str) -> bool:
        """Whether one of the outputs of a layer is an output of the model."""
        return any(
            tensor in self.graph.outputs
            for call in self.graph.calls_of(path)
            for tensor in call.outputs
        )

    def producer(self, tensor: int) -> Call | None:
        """The call that makes a tensor."""
        return next((call for call in self.graph.calls if tensor in call.outputs), None)

    def rank(self, path: str) -> int:
        """Rank of a layer's output with the batch axis, 0 if unknown."""
        return max((len(call.output_shape) for call in self.graph.calls_of(path)), default=0)

    def convolution_before(self, path: str) -> Any:
        """The convolution whose maps a layer gives, itself or before activations; else None."""
        seen: set[str] = set()
        while path not in seen:
            seen.add(path)
            layer = self.layers.get(path)
            if isinstance(layer, CONVOLUTIONS):
                return layer
            calls = self.graph.calls_of(path)
            if not isinstance(layer, _TRANSPARENT) or not calls or not calls[0].inputs:
                return None
            producer = self.producer(calls[0].inputs[0])
            if producer is None:
                return None
            path = producer.layer
        return None

    def channel_axis(self, path: str) -> int:
        """Axis of the channels in the output of a layer."""
        convolution = self.convolution_before(path)
        return 1 if getattr(convolution, "data_format", "") == "channels_first" else -1


def cannot_apply(edit: Edit, reason: str) -> UnsupportedModelError:
    """The error to raise when an edit cannot be made on a model."""
    where = getattr(edit, "layer", None)
    place = f" at the layer {where!r}" if where else ""
    return UnsupportedModelError(
        given=f"{type(edit).__name__}{place}: {reason}",
        expected="a place in the model where this edit can be made and seen",
        do="leave this edit out, or pass build= and change the function that makes the model",
    )
