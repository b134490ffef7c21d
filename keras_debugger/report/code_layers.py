"""The layers of a plan as Python lines."""

from collections.abc import Iterator, Sequence

from keras_debugger.report.layer_edits import Line, apply, decimal, literal, target
from keras_debugger.report.words import name as short
from keras_debugger.types.edit import Edit, NormalizeInput
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation, LayerKind, ModelKind

_PLAIN_INITIALIZERS = {
    "GlorotNormal": "glorot_normal",
    "HeNormal": "he_normal",
    "HeUniform": "he_uniform",
    "LecunNormal": "lecun_normal",
    "LecunUniform": "lecun_uniform",
    "Orthogonal": "orthogonal",
}
_USUAL_INITIALIZERS = ("", "GlorotUniform", "glorot_uniform")


def layer_lines(edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    """The layers that change, or all of a sequential model, each on a line.

    Args:
        edits: all edits of a plan.
        model: the user's model.

    Returns:
        Lines of Python, without those of an adapted Normalization; empty if no layer changes.
    """
    lines = {layer.path: Line(layer) for layer in model.layers}
    for edit in edits:
        path = target(edit, model)
        if path is not None and path in lines:
            lines[path] = apply(edit, lines[path])
    changed = [line for line in lines.values() if line.changes or line.after]
    if not changed and not any(isinstance(edit, NormalizeInput) for edit in edits):
        return []
    if model.kind is ModelKind.SEQUENTIAL and all("/" not in path for path in lines):
        return _sequential(list(lines.values()), edits, model)
    return [*_inputs(edits, model), *(text for line in changed for text in _line(line))]


def normalization_lines(edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    """Lines that make and adapt the Normalization layers."""
    lines = []
    for edit in edits:
        if isinstance(edit, NormalizeInput):
            variable = _normalization(edit, model)
            several = len(model.inputs) > 1
            source = f"x_train[{edit.input}]" if several else "x_train"
            lines += [
                f"{variable} = layers.Normalization()",
                f"{variable}.adapt({source})  # training rows only",
            ]
    return lines


def _normalization(edit: NormalizeInput, model: ModelDescription) -> str:
    return f"normalization_{edit.input}" if len(model.inputs) > 1 else "normalization"


def _inputs(edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    """Where a Normalization goes when only the changed lines are shown."""
    lines = []
    for edit in edits:
        if isinstance(edit, NormalizeInput):
            variable = _normalization(edit, model)
            if model.kind is ModelKind.SEQUENTIAL:
                lines.append(f"{variable},  # new: the first layer, right after the input")
            else:
                lines.append(f"x = {variable}(inputs)  # new: right after the input")
    return lines


def _sequential(lines: list[Line], edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    texts = ["model = keras.Sequential(["]
    if model.inputs:
        shape = ", ".join(str(size) for size in model.inputs[0].shape)
        texts.append(
            f"    layers.Input(({shape}{',' if len(model.inputs[0].shape) == 1 else ''})),"
        )
    texts += [f"    {text}" for text in _inputs(edits, model)]
    for line in lines:
        if line.layer.kind is not LayerKind.INPUT:
            texts += [f"    {text}" for text in _line(line)]
    return [*texts, "])"]


def _line(line: Line) -> Iterator[str]:
    """The code of one layer and of what follows it."""
    layer = line.layer
    if line.gone:
        yield f"# removed: {literal(layer.name)}"
        return
    arguments = _arguments(line)
    if not line.changes and not line.after and (arguments is None or _unknown(layer)):
        yield f"# as it is: {literal(layer.name)} ({short(layer.class_name)})"
        return
    comment = f"  # {', '.join(line.changes)}" if line.changes else ""
    inside = ", ".join(arguments if arguments is not None else ("...", *line.arguments))
    yield f"layers.{_class(layer)}({inside}),{comment}"
    for text in line.after:
        yield f"{text},  # new, after {literal(layer.name)}"
    if line.split and layer.activation is not Activation.LINEAR:
        yield f"layers.Activation({literal(layer.activation.value)}),  # moved behind it"


def _class(layer: LayerDescription) -> str:
    return layer.class_name if layer.class_name.isidentifier() else "Layer"


def _unknown(layer: LayerDescription) -> bool:
    usual = (*_USUAL_INITIALIZERS, *_PLAIN_INITIALIZERS)
    return layer.kernel_initializer not in usual


def _arguments(line: Line) -> tuple[str, ...] | None:
    """All arguments of a layer of which we know them all, else None."""
    layer = line.layer
    named = f"name={literal(layer.name)}"
    activation = (
        (f"activation={literal(layer.activation.value)}",)
        if layer.activation is not Activation.LINEAR and not line.split
        else ()
    )
    if layer.class_name == "Dense" and layer.activation is not Activation.OTHER:
        initializer = _PLAIN_INITIALIZERS.get(layer.kernel_initializer)
        kept = (f"kernel_initializer={literal(initializer)}",) if initializer else ()
        penalty = (
            (f"kernel_regularizer=keras.regularizers.L2({decimal(layer.l2)})",) if layer.l2 else ()
        )
        extra = tuple(a for a in line.arguments if not a.startswith("activation="))
        mine = tuple(a for a in extra if not a.startswith("kernel_regularizer="))
        if any(a.startswith("kernel_initializer=") for a in mine):
            kept = ()
        return (str(layer.units), *activation, *kept, *penalty, *mine, named)
    if layer.class_name in ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout"):
        return (f"{decimal(layer.dropout)}", named)
    if layer.class_name in ("Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D"):
        return (named,)
    if layer.class_name == "Activation" and layer.activation is not Activation.OTHER:
        return (literal(layer.activation.value), named)
    return None
