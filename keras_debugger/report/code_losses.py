"""Losses, their weights and metrics after the edits of a plan, as Python code."""

from collections.abc import Mapping, Sequence

from keras_debugger.report.layer_edits import decimal
from keras_debugger.report.words import name
from keras_debugger.types.edit import Edit, ScaleTargets, SetLoss
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.vocabulary import LossKind

_LOSSES = {
    LossKind.BINARY_CROSSENTROPY: "BinaryCrossentropy",
    LossKind.CATEGORICAL_CROSSENTROPY: "CategoricalCrossentropy",
    LossKind.SPARSE_CATEGORICAL_CROSSENTROPY: "SparseCategoricalCrossentropy",
}
_METRICS = {
    "accuracy": "accuracy",
    "acc": "accuracy",
    "binary_accuracy": "binary_accuracy",
    "categorical_accuracy": "categorical_accuracy",
    "sparse_categorical_accuracy": "sparse_categorical_accuracy",
    "mae": "mae",
    "mean_absolute_error": "mae",
    "mse": "mse",
    "mean_squared_error": "mse",
    "auc": "auc",
    "precision": "precision",
    "recall": "recall",
}
_ACCURACIES = {
    LossKind.BINARY_CROSSENTROPY: "binary_accuracy",
    LossKind.CATEGORICAL_CROSSENTROPY: "categorical_accuracy",
    LossKind.SPARSE_CATEGORICAL_CROSSENTROPY: "sparse_categorical_accuracy",
}


def loss_codes(edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    """The losses after the edits, one text of code for all outputs."""
    changed = {edit.output: edit for edit in edits if isinstance(edit, SetLoss)}
    scales = {edit.output: edit.sd for edit in edits if isinstance(edit, ScaleTargets)}
    if len(model.outputs) <= 1:
        return [_loss(changed.get(0), model, 0, scales)]
    every = [
        _loss(changed.get(i), model, i, scales).split(",  #")[0] for i in range(len(model.outputs))
    ]
    return [f"[{', '.join(text.rstrip(',') for text in every)}],"]


def _loss(
    edit: SetLoss | None, model: ModelDescription, output: int, scales: Mapping[int, float]
) -> str:
    described = model.outputs[output] if output < len(model.outputs) else None
    kind = edit.loss if edit else described.loss if described else LossKind.OTHER
    logits = edit.from_logits if edit else bool(described and described.from_logits)
    was = described.loss_name if described else ""
    comment = f"  # was {name(was)}" if edit and was else ""
    if kind is LossKind.OTHER:
        return f"your_loss,  # as it is: {name(was)}" if was else "your_loss,  # as it is"
    if kind is LossKind.HUBER and output in scales:
        return f"keras.losses.Huber(delta={decimal(scales[output])}),{comment}"
    if logits and kind in _LOSSES:
        return f"keras.losses.{_LOSSES[kind]}(from_logits=True),{comment}"
    return f'"{kind.value}",{comment}'


def loss_weights(
    scaling: Sequence[ScaleTargets], edits: Sequence[Edit], model: ModelDescription
) -> str:
    """Weights that make losses as on standardised targets."""
    changed = {edit.output: edit.loss for edit in edits if isinstance(edit, SetLoss)}
    weights = ["1.0"] * max(1, len(model.outputs))
    for edit in scaling:
        described = model.outputs[edit.output].loss if model.outputs else LossKind.OTHER
        loss = changed.get(edit.output, described)
        if loss in (LossKind.MEAN_SQUARED_ERROR, LossKind.HUBER):
            weights[edit.output] = f"1 / {decimal(edit.sd)}**2"
        elif loss is LossKind.MEAN_ABSOLUTE_ERROR:
            weights[edit.output] = f"1 / {decimal(edit.sd)}"
    return weights[0] if len(weights) == 1 else f"[{', '.join(weights)}]"


def metrics_code(edits: Sequence[Edit], model: ModelDescription) -> str:
    """The metrics by name; those of another label form follow the new loss."""
    losses = [edit.loss for edit in edits if isinstance(edit, SetLoss)]
    known: dict[str, None] = {}
    others: list[str] = []
    for metric in model.metrics:
        if metric in ("loss", "compile_metrics"):
            continue
        code = _METRICS.get(metric.lower())
        if code is None:
            others.append(name(metric))
        elif code in _ACCURACIES.values() and losses:
            known[_ACCURACIES.get(losses[0], code)] = None
        else:
            known[code] = None
    comment = f"  # and {', '.join(others)}" if others else ""
    listed = ", ".join('"' + metric + '"' for metric in known)
    return f"metrics=[{listed}],{comment}"
