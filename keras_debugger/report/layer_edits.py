"""What the edits of a plan make of each layer, one line of code a layer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from keras_debugger.report.words import name as short
from keras_debugger.types.edit import (
    AddSkip,
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
    SetUnits,
)
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation, LayerKind

ACTIVATION = "its activation"  # stands among the layers after a line for a split-off activation


@dataclass(frozen=True, slots=True)
class Line:
    """A layer as it stands after the edits.

    Args:
        layer: its description, changed where an edit changes it.
        changes: what the edits changed, in words.
        arguments: further keyword arguments as code.
        after: code of new layers that follow it; ACTIVATION for its own activation.
        gone: whether it is left out.
        skips: paths of the layers whose output is added to what comes out at last.
    """

    layer: LayerDescription
    changes: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    gone: bool = False
    skips: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any edit touched it."""
        return bool(self.changes or self.after or self.gone or self.skips)


def decimal(value: float) -> str:
    """A float as Python code, with six significant digits."""
    text = f"{value:.6g}"
    return text if set(text) & set(".en") else f"{text}.0"


def literal(text: str) -> str:
    """A name as a Python string, short and on one line."""
    words = short(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{words}"'


def edited_lines(edits: tuple[Edit, ...], model: ModelDescription) -> dict[str, Line]:
    """The layers of a model after the edits, by path.

    Args:
        edits: all edits of a plan; those that change no layer are passed over.
        model: the user's model.
    """
    lines = {layer.path: Line(layer) for layer in model.layers}
    for edit in edits:
        if isinstance(edit, SetOutput):
            _set_output(edit, lines, model)
        elif isinstance(edit, ScaleTargets):
            _scale_targets(edit, lines, model)
        elif (path := getattr(edit, "layer", None)) in lines:
            lines[path] = _apply(edit, lines[path])
    return lines


def _behind(head: str, lines: dict[str, Line]) -> Iterator[str]:
    """Paths of the layers that follow a layer one by one to the output."""
    seen = {head}
    while len(feeds := lines[head].layer.feeds) == 1 and feeds[0] in lines:
        head = feeds[0]
        if head in seen:
            return
        seen.add(head)
        yield head


def _set_output(edit: SetOutput, lines: dict[str, Line], model: ModelDescription) -> None:
    head = model.outputs[edit.output].layer if edit.output < len(model.outputs) else ""
    if head not in lines:
        return
    layer = lines[head].layer
    if edit.units is not None and edit.units != layer.units:
        new = replace(layer, units=edit.units)
        lines[head] = _changed(lines[head], new, f"was {layer.units} units", f"units={edit.units}")
    own = [p for p in _behind(head, lines) if lines[p].layer.kind is LayerKind.ACTIVATION]
    for path in own[:-1]:
        lines[path] = replace(lines[path], gone=True)
    lines[own[-1] if own else head] = _activate(lines[own[-1] if own else head], edit.activation)
    if own and lines[head].layer.activation is not Activation.LINEAR:
        lines[head] = _activate(lines[head], Activation.LINEAR)


def _scale_targets(edit: ScaleTargets, lines: dict[str, Line], model: ModelDescription) -> None:
    head = model.outputs[edit.output].layer if edit.output < len(model.outputs) else ""
    if head in lines:
        last = [head, *_behind(head, lines)][-1]
        scale = f"layers.Rescaling(scale={decimal(edit.sd)}, offset={decimal(edit.mean)})"
        lines[last] = replace(lines[last], after=(*lines[last].after, scale))


def _activate(line: Line, activation: Activation) -> Line:
    """The line with another activation, wherever that stands now."""
    layer = replace(line.layer, activation=activation)
    was = f"was {line.layer.activation.value}"
    if line.layer.kind is LayerKind.ACTIVATION:
        return replace(
            line, layer=replace(layer, class_name="Activation"), changes=(*line.changes, was)
        )
    if ACTIVATION in line.after:
        return replace(line, layer=layer)
    if activation is Activation.PRELU:
        line = _changed(line, layer, was, "activation=None")
        return replace(line, after=(ACTIVATION, *line.after))
    return _changed(line, layer, was, f"activation={literal(activation.value)}")


def _apply(edit: Edit, line: Line) -> Line:
    """The line after one edit."""
    layer = line.layer
    match edit:
        case SetActivation(activation=activation):
            return _activate(line, activation)
        case SetInitializer(initializer=initializer):
            return _changed(
                line,
                replace(layer, kernel_initializer=""),
                f"was {short(layer.kernel_initializer) or 'another initializer'}",
                f"kernel_initializer={literal(initializer)}",
            )
        case SetL2(factor=0.0):
            new = replace(layer, l1=0.0, l2=0.0, regularizers=())
            gone = layer.regularizers or ("kernel_regularizer",)
            return _changed(line, new, "no penalty", *(f"{name}=None" for name in gone))
        case SetL2(factor=factor):
            penalty = f"kernel_regularizer=keras.regularizers.L2({decimal(factor)})"
            return _changed(line, replace(layer, l1=0.0, l2=factor), "weight penalty", penalty)
        case SetDropout() | InsertDropout():
            return _apply_dropout(edit, line)
        case SetUnits(units=units):
            key = "filters" if layer.kind is LayerKind.CONV else "units"
            words = f"was {layer.units} {key}"
            return _changed(line, replace(layer, units=units), words, f"{key}={units}")
        case AddSkip(source=source):
            return replace(line, skips=(*line.skips, source))
        case InsertBatchNormalization():
            return _batch_norm(line)
        case InsertLayerNormalization():
            return replace(line, after=(*line.after, "layers.LayerNormalization()"))
        case SetBatchNormMomentum(momentum=momentum):
            words = f"was {layer.momentum:g}" if layer.momentum is not None else "lowered"
            return _changed(line, layer, words, f"momentum={decimal(momentum)}")
    return line


def _apply_dropout(edit: SetDropout | InsertDropout, line: Line) -> Line:
    """The line with another dropout: its own, that of a layer of noise, or a new layer's."""
    layer, rate = line.layer, edit.rate
    if _has_own_dropout(layer):
        words = f"dropout was {layer.dropout:g}"
        new = replace(layer, dropout=rate)
        arguments = [f"dropout={decimal(rate)}"]
        if isinstance(edit, InsertDropout) and layer.kind is not LayerKind.ATTENTION:
            arguments.append(f"recurrent_dropout={decimal(rate)}")
        return _changed(line, new, words, *arguments)
    if isinstance(edit, InsertDropout):
        new_layer = f"layers.{_dropout(layer)}({decimal(rate)})"
        return replace(line, after=(*line.after, new_layer))
    if layer.noise:
        changed = _changed(line, replace(layer, noise=rate), f"was {layer.noise:g}")
    else:
        new = replace(layer, dropout=rate)
        changed = _changed(line, new, f"was {layer.dropout:g}", f"rate={decimal(rate)}")
    return replace(changed, gone=rate == 0)


def _batch_norm(line: Line) -> Line:
    """Batch normalisation between the linear part and the activation."""
    norm = "layers.BatchNormalization()"
    if line.layer.activation is Activation.LINEAR or line.layer.kind is LayerKind.ACTIVATION:
        return replace(line, after=(norm, *line.after))
    if ACTIVATION in line.after:
        return replace(line, after=(norm, *line.after))
    line = _changed(line, line.layer, "activation moved behind", "activation=None")
    return replace(line, after=(norm, ACTIVATION, *line.after))


def _changed(line: Line, layer: LayerDescription, words: str, *arguments: str) -> Line:
    heads = {argument.split("=")[0] for argument in arguments}
    kept = tuple(a for a in line.arguments if a.split("=")[0] not in heads)
    return replace(line, layer=layer, changes=(*line.changes, words), arguments=(*kept, *arguments))


def _has_own_dropout(layer: LayerDescription) -> bool:
    return layer.kind in (LayerKind.RECURRENT, LayerKind.ATTENTION)


def _dropout(layer: LayerDescription) -> str:
    rank = len(layer.output_shape) if layer.output_shape else 0
    if layer.kind is LayerKind.CONV and 3 <= rank <= 5:
        return f"SpatialDropout{rank - 2}D"
    return "Dropout"
