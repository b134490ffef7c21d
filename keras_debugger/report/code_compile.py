"""Edits of `compile` as Python lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from keras_debugger.report.code_losses import loss_codes, loss_weights, metrics_code
from keras_debugger.report.layer_edits import decimal
from keras_debugger.report.words import name
from keras_debugger.types.edit import (
    ClipNorm,
    Edit,
    ScaleLearningRate,
    ScaleTargets,
    Schedule,
    SetOptimizer,
    SetSchedule,
    SetWeightDecay,
)
from keras_debugger.types.record import ModelDescription, OptimizerDescription

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


@dataclass(frozen=True, slots=True)
class _Optimizer:
    """The optimizer after the edits; `factor` scales a schedule whose form is not known."""

    description: OptimizerDescription
    factor: float = 1.0
    decay: float = 0.0  # share of the weights in a whole training, in place of a known weight decay
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
    lines += [f"    loss={text}" for text in loss_codes(edits, model)]
    if scaling:
        weights = loss_weights(scaling, edits, model)
        lines.append(f"    loss_weights={weights},  # the loss as on standardised targets")
    return [*lines, f"    {metrics_code(edits, model)}", ")"]


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
                weight_decay=now.weight_decay,
            )
            return replace(optimizer, description=fresh, factor=1.0)
        case SetSchedule(schedule=schedule):
            return replace(optimizer, description=replace(now, schedule=""), schedule=schedule)
        case SetWeightDecay(factor=0.0):
            return replace(optimizer, description=replace(now, weight_decay=0.0), decay=0.0)
        case SetWeightDecay(factor=factor):
            return replace(optimizer, decay=factor)
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
    lines = []
    if optimizer.schedule in (Schedule.COSINE, Schedule.WARM_UP) or optimizer.decay:
        lines.append("steps = epochs * -(-len(x_train) // batch_size)  # optimizer steps in all")
    if optimizer.decay:
        lines.append(f"weight_decay = {decimal(optimizer.decay)} / steps**0.5 / {rate}")
    if optimizer.schedule is Schedule.COSINE:
        call = f"keras.optimizers.schedules.CosineDecay({rate}, decay_steps=steps)"
        lines.append(f"learning_rate = {call}")
    if optimizer.schedule is Schedule.WARM_UP:
        lines += [
            "learning_rate = keras.optimizers.schedules.CosineDecay(  # rises, then stays",
            "    0.0, decay_steps=steps, alpha=1.0,",
            f"    warmup_target={rate}, warmup_steps=max(1, round(0.1 * steps)),",
            ")",
        ]
    return lines


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
    if optimizer.decay:
        extras["weight_decay"] = None
        inside.append("weight_decay=weight_decay")
    inside += [f"{key}={decimal(value)}" for key, value in extras.items() if value is not None]
    return [f"{home}{kind}({', '.join(inside)}),{comment}"]
