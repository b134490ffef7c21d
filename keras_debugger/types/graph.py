"""ModelGraph: the calls that a model makes, as a plain value that fixes plan on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a layer.

    Args:
        layer: path of the layer (`LayerDescription.path`).
        index: number of this call among the calls of the same layer, from 0.
        inputs: identifiers of the tensors it takes.
        outputs: identifiers of the tensors it makes.
        output_shape: shape of its first output with the batch axis.
        masked: whether a mask travels with its first output.
    """

    layer: str
    index: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    output_shape: tuple[int | None, ...]
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGraph:
    """The calls of a model in order from input to output.

    Args:
        calls: calls in an order in which they can be made.
        inputs: tensors of the model's inputs.
        outputs: tensors of the model's outputs.
    """

    calls: tuple[Call, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def calls_of(self, layer: str) -> tuple[Call, ...]:
        """Calls of one layer."""
        return tuple(call for call in self.calls if call.layer == layer)

    def consumers(self, tensor: int) -> tuple[Call, ...]:
        """Calls that take a tensor."""
        return tuple(call for call in self.calls if tensor in call.inputs)
