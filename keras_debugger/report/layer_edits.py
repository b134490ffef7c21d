"""What the edits of a plan make of each layer, one line of code a layer."""

from dataclasses import dataclass, replace

from keras_debugger.report.words import name as short
from keras_debugger.types.edit import (
    Edit,
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    ScaleTargets,
    SetActivation,
    SetBatchNormMomentum,
    SetDropout,
    SetInitializer,
    SetL2,
    SetOutput,
)
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation, LayerKind


@dataclass(frozen=True, slots=True)
class Line:
    """A layer as it stands after the edits.

    Args:
        layer: its description, changed where an edit changes it.
        changes: what the edits changed, in words.
        arguments: further keyword arguments as code.
        after: code of new layers that follow it.
        split: whether its activation becomes a layer of its own, behind batch normalisation.
        gone: whether it is left out.
    """

    layer: LayerDescription
    changes: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    split: bool = False
    gone: bool = False


def decimal(value: float) -> str:
    """A float as Python code, with six significant digits."""
    text = f"{value:.6g}"
    return text if set(text) & set(".en") else f"{text}.0"


def literal(text: str) -> str:
    """A name as a Python string, short and on one line."""
    words = short(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{words}"'


def target(edit: Edit, model: ModelDescription) -> str | None:
    """Path of the layer that an edit changes, None if it changes none."""
    if isinstance(edit, (SetOutput, ScaleTargets)):
        if edit.output < len(model.outputs):
            return model.outputs[edit.output].layer or None
        return None
    return getattr(edit, "layer", None)


def apply(edit: Edit, line: Line) -> Line:
    """The line after one edit."""
    layer = line.layer
    match edit:
        case SetActivation(activation=activation) | SetOutput(activation=activation):
            units = edit.units if isinstance(edit, SetOutput) and edit.units else layer.units
            layer = replace(layer, activation=activation, units=units)
            more = (f"units={units}",) if units != line.layer.units else ()
            words = f"was {line.layer.activation.value}"
            if more:
                words += f" with {line.layer.units} units"
            return _changed(line, layer, words, *more, f"activation={literal(activation.value)}")
        case SetInitializer(initializer=initializer):
            return _changed(
                line,
                replace(layer, kernel_initializer=""),
                f"was {short(layer.kernel_initializer) or 'another initializer'}",
                f"kernel_initializer={literal(initializer)}",
                'bias_initializer="zeros"',
            )
        case SetL2(factor=factor):
            new = f"keras.regularizers.L2({decimal(factor)})" if factor else "None"
            words = "weight penalty added" if factor else "weight penalty removed"
            layer = replace(layer, l1=0.0, l2=factor)
            return _changed(line, layer, words, f"kernel_regularizer={new}")
        case SetDropout(rate=rate):
            if layer.kind is LayerKind.RECURRENT:
                return _changed(line, layer, f"was {layer.dropout:g}", f"dropout={decimal(rate)}")
            layer = replace(layer, dropout=rate)
            changed = _changed(line, layer, f"was {line.layer.dropout:g}", f"rate={decimal(rate)}")
            return replace(changed, gone=rate == 0)
        case InsertDropout(rate=rate):
            if layer.kind is LayerKind.RECURRENT:
                return _changed(line, layer, "dropout added", f"dropout={decimal(rate)}")
            return replace(line, after=(*line.after, f"layers.{_dropout(layer)}({decimal(rate)})"))
        case InsertBatchNormalization():
            line = replace(line, after=("layers.BatchNormalization()", *line.after))
            if layer.activation is Activation.LINEAR:
                return line
            return replace(
                _changed(line, layer, "activation moved down", "activation=None"), split=True
            )
        case InsertLayerNormalization():
            return replace(line, after=(*line.after, "layers.LayerNormalization()"))
        case SetBatchNormMomentum(momentum=momentum):
            words = f"was {layer.momentum:g}" if layer.momentum is not None else "lowered"
            return _changed(line, layer, words, f"momentum={decimal(momentum)}")
        case ScaleTargets(mean=mean, sd=sd):
            scale = f"layers.Rescaling(scale={decimal(sd)}, offset={decimal(mean)})"
            return replace(line, after=(*line.after, scale))
    return line


def _changed(line: Line, layer: LayerDescription, words: str, *arguments: str) -> Line:
    heads = {argument.split("=")[0] for argument in arguments}
    kept = tuple(a for a in line.arguments if a.split("=")[0] not in heads)
    return replace(line, layer=layer, changes=(*line.changes, words), arguments=(*kept, *arguments))


def _dropout(layer: LayerDescription) -> str:
    rank = len(layer.output_shape) if layer.output_shape else 0
    if layer.kind is LayerKind.CONV and 3 <= rank <= 5:
        return f"SpatialDropout{rank - 2}D"
    return "Dropout"
