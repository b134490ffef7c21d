"""The calls of a model, recorded while it is rebuilt, and read as a ModelGraph."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import keras

from keras_debugger.rewriting.model_form import is_functional
from keras_debugger.types.graph import Call, ModelGraph

Shape = tuple[int | None, ...]


@dataclass(slots=True)
class _RawCall:
    path: str
    operation: Any
    inputs: list[int]  # ids of tensors
    outputs: list[int]
    shape: Shape
    arguments: Any = None
    result: Any = None


@dataclass(slots=True)
class Recorded:
    """The calls of one model on its own tensors, which are kept alive by it.

    Args:
        inputs: its input tensors.
        outputs: its output tensors.
        calls: its calls in order.
    """

    inputs: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    calls: list[_RawCall] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)

    def add(self, path: str, operation: Any, arguments: Any, result: Any) -> None:
        """Record one call with its arguments and its result."""
        taken = [t for t in keras.tree.flatten(arguments) if isinstance(t, keras.KerasTensor)]
        made = [t for t in keras.tree.flatten(result) if isinstance(t, keras.KerasTensor)]
        self.kept += taken + made
        shape = tuple(made[0].shape) if made else ()
        self.calls.append(
            _RawCall(
                path,
                operation,
                [id(t) for t in taken],
                [id(t) for t in made],
                shape,
                arguments,
                result,
            )
        )

    @classmethod
    def of_chain(cls, operations: list[tuple[str, Any]], made: Any) -> "Recorded":
        """The calls of a Sequential model, whose layers are called one after the other."""
        links = [object() for _ in range(len(operations) + 1)]
        calls = [
            _RawCall(path, layer, [id(links[i])], [id(links[i + 1])], _output_shape(layer, made))
            for i, (path, layer) in enumerate(operations)
        ]
        return cls(inputs=[links[0]], outputs=[links[-1]], calls=calls, kept=links)


def read_graph(model: Any, recorded: dict[int, Recorded], copies: dict[int, Any]) -> ModelGraph:
    """Join the calls of a model and of the models nested in it.

    Args:
        model: the rebuilt model.
        recorded: calls of each rebuilt model by its id.
        copies: id of a nested model to the rebuilt one.

    Returns:
        The graph. A nested model is looked through: its calls stand in its place.
    """
    reader = _Reader(recorded, copies)
    top = recorded[id(model)]
    inputs = [next(reader.numbers) for _ in top.inputs]
    outputs = reader.expand(top, inputs, [False] * len(inputs))
    return ModelGraph(calls=tuple(reader.calls), inputs=tuple(inputs), outputs=tuple(outputs))


class _Reader:
    """Numbers tensors and calls over all levels."""

    def __init__(self, recorded: dict[int, Recorded], copies: dict[int, Any]) -> None:
        self.recorded = recorded
        self.copies = copies
        self.numbers = count()
        self.calls: list[Call] = []
        self.times: dict[str, int] = {}
        self.masked: dict[int, bool] = {}

    def expand(self, model: Recorded, inputs: list[int], masks: list[bool]) -> list[int]:
        known = {id(t): number for t, number in zip(model.inputs, inputs, strict=True)}
        self.masked.update(zip(inputs, masks, strict=True))
        for raw in model.calls:
            taken = [known[tensor] for tensor in raw.inputs if tensor in known]
            for tensor, number in zip(raw.outputs, self.one(raw, taken), strict=False):
                known[tensor] = number
        return [known[id(tensor)] for tensor in model.outputs if id(tensor) in known]

    def one(self, raw: _RawCall, taken: list[int]) -> list[int]:
        nested = self.copies.get(id(raw.operation))
        if nested is not None and is_functional(nested):
            inner = self.recorded[id(nested)]
            if len(inner.inputs) == len(taken):
                return self.expand(inner, taken, [self.masked[t] for t in taken])
        made = [next(self.numbers) for _ in raw.outputs]
        masked = _hands_on_mask(raw.operation, [self.masked[t] for t in taken])
        self.masked.update(dict.fromkeys(made, masked))
        index = self.times.get(raw.path, 0)
        self.times[raw.path] = index + 1
        self.calls.append(
            Call(
                layer=raw.path,
                index=index,
                inputs=tuple(taken),
                outputs=tuple(made),
                output_shape=raw.shape,
                masked=masked,
            )
        )
        return made


def _hands_on_mask(operation: Any, masks: list[bool]) -> bool:
    """Whether a mask travels with the output; see the mask rules of each Keras layer."""
    if isinstance(operation, keras.layers.Masking):
        return True
    if isinstance(operation, keras.layers.Embedding):
        return bool(operation.mask_zero)
    if not any(masks) or not getattr(operation, "supports_masking", False):
        return False
    if isinstance(operation, keras.layers.RNN | keras.layers.Bidirectional):
        return bool(operation.return_sequences)
    if isinstance(operation, keras.layers.Add | keras.layers.Average | keras.layers.Multiply):
        return all(masks)
    return True


def _output_shape(layer: Any, made: Any) -> Shape:
    """Shape of what a layer of a Sequential model gives; empty if it is not built."""
    new = next((one for one in made.layers if one.name == layer.name), layer)
    for known in (new, layer):
        try:
            output = keras.tree.flatten(known.output)[0]
        except (AttributeError, ValueError):
            continue
        return tuple(output.shape)
    return ()
