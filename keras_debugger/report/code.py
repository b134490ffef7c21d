"""A plan as Python lines that the user can paste."""

from collections.abc import Sequence

from keras_debugger.report.code_compile import compile_lines
from keras_debugger.report.code_fit import data_lines, fit_lines
from keras_debugger.report.code_layers import layer_lines, normalization_lines
from keras_debugger.report.words import name
from keras_debugger.types.edit import CompileEdit, Edit, ModelEdit, ScaleTargets, SetTrainable
from keras_debugger.types.plan import Plan
from keras_debugger.types.record import FitDescription, ModelDescription


def fix_code(
    plan: Plan, model: ModelDescription, fit: FitDescription | None = None, *, source: str = ""
) -> str:
    """The lines of the user's program that a plan changes.

    Args:
        plan: the plan.
        model: the model it changes.
        fit: arguments of fit, for the lines that need them; None if they are not known.
        source: code of the whole changed model; it stands in for lines that leave something out.

    Returns:
        Python code, one part for data, model, compile and fit as far as they change; empty for a
        plan without edits. `x_train`, `y_train`, `x_val`, `y_val` stand for the user's data.
    """
    edits = plan.edits
    if not edits:
        return ""
    parts = [
        ("The data", data_lines(edits)),
        ("The model", _model_lines(edits, model, source)),
        ("Compile", _compile_lines(edits, model)),
        ("Train", fit_lines(edits, model, fit or FitDescription())),
    ]
    blocks = [[f"# {title}", *lines] for title, lines in parts if lines]
    body = "\n\n".join("\n".join(block) for block in blocks)
    return f"{_imports(body)}\n\n{body}\n"


def _model_lines(edits: tuple[Edit, ...], model: ModelDescription, source: str) -> list[str]:
    trainable = [
        f"model.get_layer({_quoted(edit.layer)}).trainable = {edit.trainable}"
        for edit in edits
        if isinstance(edit, SetTrainable)
    ]
    lines = [*normalization_lines(edits, model), *layer_lines(edits, model), *trainable]
    if source and lines and not _is_whole(lines):
        return source.splitlines()
    return lines


def _is_whole(lines: Sequence[str]) -> bool:
    """Whether the lines make the model: they leave nothing to the user's own code."""
    text = "\n".join(lines)
    return text.startswith(("model = ", "normalization")) and not any(
        left in text for left in ("(...", "# keep ", "# leave out ", "# new: ", ".get_layer(")
    )


def _quoted(path: str) -> str:
    return repr(name(path.rsplit("/", maxsplit=1)[-1])).replace("'", '"')


def _compile_lines(edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    asked = any(isinstance(edit, (CompileEdit, ScaleTargets)) for edit in edits)
    rebuilt = any(isinstance(edit, ModelEdit) for edit in edits)
    return compile_lines(edits, model) if asked or rebuilt else []


def _imports(body: str) -> str:
    lines = ["import keras"] if "keras." in body else []
    if "np." in body:
        lines.append("import numpy as np")
    if "layers." in body.replace("keras.layers.", ""):
        lines.append("from keras import layers")
    if "compute_class_weight" in body:
        lines.append("from sklearn.utils.class_weight import compute_class_weight")
    if "compute_sample_weight" in body:
        lines.append("from sklearn.utils.class_weight import compute_sample_weight")
    return "\n".join(lines)
