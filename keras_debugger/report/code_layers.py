"""The layers of a plan as Python lines."""

from collections.abc import Iterator
from types import MappingProxyType

from keras_debugger.report.layer_edits import ACTIVATION, Line, decimal, edited_lines, literal
from keras_debugger.report.words import name as short
from keras_debugger.types.edit import Edit, FillInput, NormalizeInput
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation, LayerKind, ModelKind

_INITIALIZERS = MappingProxyType(
    {
        "": "",
        "GlorotUniform": "",
        "GlorotNormal": "glorot_normal",
        "HeNormal": "he_normal",
        "HeUniform": "he_uniform",
        "LecunNormal": "lecun_normal",
        "LecunUniform": "lecun_uniform",
        "Zeros": "zeros",
        "Ones": "ones",
    }
)
_RATED = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
_BARE = ("Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling2D")


def layer_lines(edits: tuple[Edit, ...], model: ModelDescription) -> list[str]:
    """The layers that change, or all of a sequential model, each on a line.

    Args:
        edits: all edits of a plan.
        model: the user's model.

    Returns:
        Lines of Python; empty if no layer changes.
    """
    lines = edited_lines(edits, model)
    changed = [line for line in lines.values() if line.changed]
    if not changed and not any(isinstance(edit, NormalizeInput | FillInput) for edit in edits):
        return []
    chain = not any(line.skips for line in changed)
    chain = chain and not any(isinstance(edit, FillInput) for edit in edits)
    if chain and model.kind is ModelKind.SEQUENTIAL and all("/" not in path for path in lines):
        return _sequential(list(lines.values()), edits, model)
    return [*_inputs(edits, model), *(text for line in changed for text in _line(line))]


def normalization_lines(edits: tuple[Edit, ...], model: ModelDescription) -> list[str]:
    """Lines that make and adapt the Normalization layers."""
    lines = []
    for edit in edits:
        if isinstance(edit, NormalizeInput):
            variable = _normalization(edit, model)
            source = f"x_train[{edit.input}]" if len(model.inputs) > 1 else "x_train"
            lines += [
                f"{variable} = layers.Normalization()",
                f"{variable}.adapt({source})  # training rows only",
            ]
    return lines


def _normalization(edit: NormalizeInput, model: ModelDescription) -> str:
    return f"normalization_{edit.input}" if len(model.inputs) > 1 else "normalization"


def _inputs(edits: tuple[Edit, ...], model: ModelDescription) -> list[str]:
    """Where the Normalization layers go."""
    lines = []
    for edit in edits:
        if isinstance(edit, FillInput):
            lines += _filling(edit, model)
        if isinstance(edit, NormalizeInput):
            variable = _normalization(edit, model)
            undone = "" if edit.times == 1.0 else f"layers.Rescaling({edit.times:g})"
            if model.kind is ModelKind.SEQUENTIAL:
                lines.append(f"{variable},  # new: takes the raw inputs")
                lines += [f"{undone},  # new: the next layer divides again"] if undone else []
            else:
                known = edit.input < len(model.inputs)
                where = f" {literal(model.inputs[edit.input].name)}" if known else ""
                lines.append(f"x = {variable}(inputs)  # new: right after the input{where}")
                lines += [f"x = {undone}(x)  # new: the next layer divides again"] if undone else []
    return lines


def _filling(edit: FillInput, model: ModelDescription) -> list[str]:
    """Lines that fill NaN and infinity, right after the input."""
    several = len(model.inputs) > 1
    source = f"x_train[{edit.input}]" if several else "x_train"
    name = f" {literal(model.inputs[edit.input].name)}" if several else ""
    return [
        f"finite = np.where(np.isfinite({source}), {source}, np.nan)",
        "mean = np.nan_to_num(np.nanmean(finite, axis=tuple(range(finite.ndim - 1))))",
        "reach = np.nanmax(abs(finite - mean), axis=tuple(range(finite.ndim - 1)), initial=1e-6)",
        f"# new: right after the input{name}",
        "x = layers.Rescaling(1 / reach, -mean / reach)(inputs)",
        "x = keras.ops.nan_to_num(x, nan=0.0, posinf=1.0, neginf=-1.0)",
        "x = layers.Rescaling(reach, mean)(x)",
    ]


def _sequential(lines: list[Line], edits: tuple[Edit, ...], model: ModelDescription) -> list[str]:
    texts = ["model = keras.Sequential(", "    ["]
    if model.inputs:
        sizes = [str(size) for size in model.inputs[0].shape]
        shape = f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"
        texts.append(f"        layers.Input({shape}),")
    texts += [f"        {text}" for text in _inputs(edits, model)]
    for line in lines:
        if line.layer.kind is not LayerKind.INPUT:
            texts += [f"        {text}" for text in _line(line)]
    return [*texts, "    ],", f"    name={literal(model.name)},", ")"]


def _line(line: Line) -> Iterator[str]:
    """The code of one layer and of what follows it."""
    layer, place = line.layer, literal(line.layer.path)
    if line.gone:
        yield f"# leave out {place}"
        return
    arguments = _arguments(line)
    if arguments is None and not line.changed:
        yield f"# keep {place} ({short(layer.class_name)}) as it is"
        return
    inside = ", ".join(arguments if arguments is not None else ("...", *line.arguments))
    why = f" {', '.join(line.changes)}" if line.changes else ""
    why = f"  #{why}" if arguments is not None and why else why
    kept = f"  # {place}, other arguments as they are;{why}".rstrip(";")
    yield f"layers.{_class(layer)}({inside}),{why if arguments is not None else kept}"
    for text in line.after:
        if text is ACTIVATION:
            yield f"{_own_activation(layer)},  # moved here from {place}"
        else:
            yield f"{text},  # new, after {place}"
    for source in line.skips:
        yield f"# new: layers.Add()([output of {place}, output of {literal(source)}])"


def _class(layer: LayerDescription) -> str:
    return layer.class_name if layer.class_name.isidentifier() else "Layer"


def _own_activation(layer: LayerDescription) -> str:
    if layer.activation is Activation.PRELU:
        return "layers.PReLU()"
    return f"layers.Activation({literal(layer.activation.value)})"


def _arguments(line: Line) -> tuple[str, ...] | None:
    """All arguments of a layer of which we know them all, else None."""
    layer = line.layer
    named = f"name={literal(layer.name)}"
    if layer.class_name in _RATED:
        return decimal(layer.dropout), named
    if layer.class_name in _BARE:
        return (named,)
    if layer.class_name == "Activation" and layer.activation is not Activation.OTHER:
        return literal(layer.activation.value), named
    if layer.class_name == "Dense":
        return _dense(line, named)
    return None


def _dense(line: Line, named: str) -> tuple[str, ...] | None:
    layer = line.layer
    known = layer.kernel_initializer in _INITIALIZERS and not layer.l1 and layer.units is not None
    told = ("kernel_regularizer",) if layer.l2 else ()
    if (
        not known
        or set(layer.regularizers) - set(told)
        or layer.activation in (Activation.OTHER, Activation.PRELU)
    ):
        return None
    values = {}
    if layer.activation is not Activation.LINEAR:
        values["activation"] = literal(layer.activation.value)
    if initializer := _INITIALIZERS[layer.kernel_initializer]:
        values["kernel_initializer"] = literal(initializer)
    if layer.l2:
        values["kernel_regularizer"] = f"keras.regularizers.L2({decimal(layer.l2)})"
    values |= dict(argument.split("=", 1) for argument in line.arguments)
    values.pop("units", None)
    given = (f"{key}={value}" for key, value in values.items() if value != "None")
    return (str(layer.units), *given, named)
