"""Edits of `compile` as Python lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from keras_debugger.report.layer_edits import decimal
from keras_debugger.report.words import name
from keras_debugger.types.edit import (
    ClipNorm,
    Edit,
    ScaleLearningRate,
    ScaleTargets,
    Schedule,
    SetLoss,
    SetOptimizer,
    SetSchedule,
)
from keras_debugger.types.record import ModelDescription, OptimizerDescription
from keras_debugger.types.vocabulary import LossKind

_OPTIMIZERS = {
    "adam": "Adam",
    "adamw": "AdamW",
    "adamax": "Adamax",
    "nadam": "Nadam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "ftrl": "Ftrl",
    "lion": "Lion",
    "lamb": "Lamb",
    "adafactor": "Adafactor",
    "muon": "Muon",
}
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


@dataclass(frozen=True, slots=True)
class _Optimizer:
    """The optimizer after the edits; `factor` scales a schedule whose form is not known."""

    description: OptimizerDescription
    factor: float = 1.0
    schedule: Schedule | None = None


def compile_lines(edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    """The compile call after the edits.

    Args:
        edits: all edits of a plan.
        model: the user's model.

    Returns:
        Lines of Python.
    """
    optimizer = _Optimizer(
        model.optimizer or OptimizerDescription(name="adam", learning_rate=0.001)
    )
    for edit in edits:
        optimizer = _apply(edit, optimizer)
    scaling = [edit for edit in edits if isinstance(edit, ScaleTargets)]
    lines = [*_schedule_lines(optimizer), "model.compile("]
    lines += [f"    optimizer={text}" for text in _optimizer(optimizer)]
    lines += [f"    loss={text}" for text in _losses(edits, model)]
    if scaling:
        weights = ", ".join(_loss_weight(edit, edits, model) for edit in scaling)
        lines.append(f"    loss_weights=[{weights}],  # the loss as on standardised targets")
    return [*lines, f"    {_metrics(model)}", ")"]


def _apply(edit: Edit, optimizer: _Optimizer) -> _Optimizer:
    now = optimizer.description
    match edit:
        case ScaleLearningRate(factor=factor):
            rate = now.learning_rate * factor
            return replace(
                optimizer,
                description=replace(now, learning_rate=rate),
                factor=optimizer.factor * factor,
            )
        case SetOptimizer(name=kind, learning_rate=rate):
            fresh = OptimizerDescription(
                name=kind,
                learning_rate=rate,
                clipnorm=now.clipnorm,
                clipvalue=now.clipvalue,
                global_clipnorm=now.global_clipnorm,
            )
            return replace(optimizer, description=fresh, factor=1.0)
        case SetSchedule(schedule=schedule):
            return replace(optimizer, description=replace(now, schedule=""), schedule=schedule)
        case ClipNorm(limit=limit, over_all=over_all):
            clipped = replace(
                now,
                clipvalue=None,
                clipnorm=None if over_all else limit,
                global_clipnorm=limit if over_all else None,
            )
            return replace(optimizer, description=clipped)
    return optimizer


def _schedule_lines(optimizer: _Optimizer) -> list[str]:
    rate = decimal(optimizer.description.learning_rate)
    steps = "steps = epochs * -(-len(x_train) // batch_size)  # optimizer steps in all"
    if optimizer.schedule is Schedule.COSINE:
        call = f"keras.optimizers.schedules.CosineDecay({rate}, decay_steps=steps)"
        return [steps, f"learning_rate = {call}"]
    if optimizer.schedule is Schedule.WARM_UP:
        return [
            steps,
            "learning_rate = keras.optimizers.schedules.CosineDecay(  # rises, then stays",
            "    0.0, decay_steps=steps, alpha=1.0,",
            f"    warmup_target={rate}, warmup_steps=max(1, steps // 10),",
            ")",
        ]
    return []


def _optimizer(optimizer: _Optimizer) -> list[str]:
    now = optimizer.description
    rate, comment = decimal(now.learning_rate), ""
    if optimizer.schedule in (Schedule.COSINE, Schedule.WARM_UP):
        rate = "learning_rate"
    elif now.schedule:
        comment = f"  # your {name(now.schedule)}, all rates times {optimizer.factor:g}"
        rate = "learning_rate"
    kind = _OPTIMIZERS.get(now.name.lower())
    if kind is None:
        kind, comment = "YourOptimizer", f"  # your {name(now.name)}, other arguments kept"
    home = "" if kind == "YourOptimizer" else "keras.optimizers."
    extras = {
        "momentum": now.momentum or None,
        "clipnorm": now.clipnorm,
        "clipvalue": now.clipvalue,
        "global_clipnorm": now.global_clipnorm,
        "weight_decay": now.weight_decay,
    }
    inside = [f"learning_rate={rate}"]
    inside += [f"{key}={decimal(value)}" for key, value in extras.items() if value is not None]
    return [f"{home}{kind}({', '.join(inside)}),{comment}"]


def _losses(edits: Sequence[Edit], model: ModelDescription) -> list[str]:
    changed = {edit.output: edit for edit in edits if isinstance(edit, SetLoss)}
    if len(model.outputs) <= 1:
        return [_loss(changed.get(0), model, 0)]
    every = [_loss(changed.get(i), model, i).split(",  #")[0] for i in range(len(model.outputs))]
    return [f"[{', '.join(text.rstrip(',') for text in every)}],"]


def _loss(edit: SetLoss | None, model: ModelDescription, output: int) -> str:
    described = model.outputs[output] if output < len(model.outputs) else None
    kind = edit.loss if edit else described.loss if described else LossKind.OTHER
    logits = edit.from_logits if edit else bool(described and described.from_logits)
    was = described.loss_name if described else ""
    comment = f"  # was {name(was)}" if edit and was else ""
    if kind is LossKind.OTHER:
        return f"your_loss,  # as it is: {name(was)}" if was else "your_loss,  # as it is"
    if logits and kind in _LOSSES:
        return f"keras.losses.{_LOSSES[kind]}(from_logits=True),{comment}"
    return f'"{kind.value}",{comment}'


def _loss_weight(edit: ScaleTargets, edits: Sequence[Edit], model: ModelDescription) -> str:
    changed = {e.output: e.loss for e in edits if isinstance(e, SetLoss)}
    known = model.outputs[edit.output].loss if edit.output < len(model.outputs) else LossKind.OTHER
    squared = changed.get(edit.output, known) is not LossKind.MEAN_ABSOLUTE_ERROR
    return f"1 / {decimal(edit.sd)}**2" if squared else f"1 / {decimal(edit.sd)}"


def _metrics(model: ModelDescription) -> str:
    known = dict.fromkeys(
        _METRICS[metric.lower()] for metric in model.metrics if metric.lower() in _METRICS
    )
    others = [metric for metric in model.metrics if metric.lower() not in _METRICS]
    others = [metric for metric in others if metric not in ("loss", "compile_metrics")]
    comment = f"  # and {', '.join(map(name, others))}" if others else ""
    listed = ", ".join('"' + metric + '"' for metric in known)
    return f"metrics=[{listed}],{comment}"
