"""Which hidden layers can change their number of units, and which must change together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from keras_debugger.fixes.flow import hidden_layers, role
from keras_debugger.types.graph import Call
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import LayerKind

_SUMS = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
_KEEPING = (LayerKind.NORMALIZATION, LayerKind.ACTIVATION, LayerKind.DROPOUT, LayerKind.POOLING)
_KEEPING_CLASSES = ("ZeroPadding", "Cropping", "UpSampling", "Identity", "RepeatVector")
_OWN_WIDTH = (LayerKind.DENSE, LayerKind.CONV, LayerKind.RECURRENT)


def width_groups(
    setup: TrainingSetup, model: ModelDescription
) -> tuple[tuple[LayerDescription, ...], ...]:
    """The hidden layers whose units can be changed, those of one width together.

    Layers are tied by a sum of their outputs, and by a layer that is called on both. A width that
    an output, an operation, an attention, a frozen layer or a layer that we do not know depends on
    stays as it is.

    Args:
        setup: the set-up; its graph is looked at as the user wrote it.
        model: the model as the edits leave it.
    """
    assert setup.graph is not None
    widths = _Widths({layer.path: layer for layer in model.layers})
    for call in setup.graph.calls:
        widths.add(call)
    widths.fix(*setup.graph.inputs, *setup.graph.outputs)
    movable = {layer.path for layer in hidden_layers(model, *_OWN_WIDTH) if layer.units}
    groups: dict[int, list[LayerDescription]] = {}
    for path, tensor in widths.owners.items():
        groups.setdefault(widths.root(tensor), []).append(widths.layers[path])
    return tuple(
        tuple(group)
        for root, group in groups.items()
        if root not in widths.fixed
        and all(layer.path in movable for layer in group)
        and len({layer.units for layer in group}) == 1
    )


@dataclass(slots=True)
class _Widths:
    """Sets of tensors that have the same width for sure, found call by call."""

    layers: dict[str, LayerDescription]
    parents: dict[int, int] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)  # layer -> a tensor of its width
    taken: dict[str, int] = field(default_factory=dict)  # layer -> a tensor that it takes
    fixed: set[int] = field(default_factory=set)  # roots whose width stays

    def root(self, tensor: int) -> int:
        while self.parents.setdefault(tensor, tensor) != tensor:
            tensor = self.parents[tensor]
        return tensor

    def tie(self, one: int, two: int) -> None:
        first, second = self.root(one), self.root(two)
        self.parents[second] = first
        if second in self.fixed:
            self.fixed.add(first)

    def fix(self, *tensors: int) -> None:
        self.fixed |= {self.root(tensor) for tensor in tensors}

    def add(self, call: Call) -> None:
        layer = self.layers.get(call.layer)
        if layer is None or len(call.outputs) != 1 or self.is_unknown(call, layer):
            self.fix(*call.inputs, *call.outputs)
            return
        output = call.outputs[0]
        for tensor in self.tied(call, layer):
            self.tie(tensor, output)
        if layer.parameters and not layer.trainable:
            self.fix(*call.inputs, output)
        if role(layer) in _OWN_WIDTH and not _is_depthwise(layer):
            self.tie(self.owners.setdefault(call.layer, output), output)
            self.tie(self.taken.setdefault(call.layer, call.inputs[0]), call.inputs[0])

    def is_unknown(self, call: Call, layer: LayerDescription) -> bool:
        """Whether it is not known how the widths of inputs and output depend on each other."""
        kind = role(layer)
        if layer.kind is LayerKind.MERGE:
            return layer.class_name not in (*_SUMS, "Concatenate")
        if len(call.inputs) != 1:
            return True
        if kind in _OWN_WIDTH:
            return layer.class_name == "EinsumDense" or (
                not _is_depthwise(layer) and call.output_shape[-1] != layer.units
                and layer.class_name != "Bidirectional"
            )  # fmt: skip
        return kind not in _KEEPING and not layer.class_name.startswith(
            (*_KEEPING_CLASSES, "Flatten")
        )

    def tied(self, call: Call, layer: LayerDescription) -> Iterator[int]:
        """The inputs whose width the output has."""
        if layer.class_name in _SUMS:
            yield from call.inputs
        elif layer.class_name == "Flatten":
            self.fix(call.outputs[0])  # the product of several sizes, not a width of its own
        elif _keeps_width(layer):
            yield from call.inputs


def _keeps_width(layer: LayerDescription) -> bool:
    keeping = role(layer) in _KEEPING or layer.class_name.startswith(_KEEPING_CLASSES)
    return keeping or _is_depthwise(layer)


def _is_depthwise(layer: LayerDescription) -> bool:
    return layer.class_name.startswith("Depthwise")
