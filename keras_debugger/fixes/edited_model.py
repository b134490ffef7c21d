"""The model as the edits of a set-up leave it, so that each fix sees what those before it did."""

from dataclasses import replace
from typing import Any

from keras_debugger.fixes.added_layers import with_behind_input, with_inserted, with_skip
from keras_debugger.types.edit import (
    AddSkip,
    ClipNorm,
    Edit,
    FillInput,
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    NormalizeInput,
    ScaleLearningRate,
    SetActivation,
    SetBatchNormMomentum,
    SetDropout,
    SetInitializer,
    SetL2,
    SetLoss,
    SetOptimizer,
    SetOutput,
    SetSchedule,
    SetTrainable,
    SetUnits,
    SetWeightDecay,
)
from keras_debugger.types.record import ModelDescription, OptimizerDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import LayerKind


def edited_model(setup: TrainingSetup) -> ModelDescription:
    """The description of the model after all edits of a set-up.

    An inserted layer has the path of the layer before it, `+`, and what it is.
    """
    model = setup.model
    for edit in setup.edits:
        model = _edited(model, edit)
    return model


def _edited(model: ModelDescription, edit: Edit) -> ModelDescription:
    match edit:
        case SetOutput() | SetLoss():
            return _with_output(model, edit)
        case ScaleLearningRate() | SetSchedule() | ClipNorm() | SetOptimizer() | SetWeightDecay():
            if model.optimizer is None:
                return model
            return replace(model, optimizer=_edited_optimizer(model.optimizer, edit))
        case NormalizeInput():
            return with_behind_input(model, edit.input, "Normalization")
        case FillInput():
            return with_behind_input(model, edit.input, "Rescaling")
        case AddSkip():
            return with_skip(model, edit)
        case InsertDropout() if _has_own_dropout(model, edit.layer):
            return _changed(model, edit.layer, dropout=edit.rate)
        case (
            InsertDropout(layer=path)
            | InsertBatchNormalization(layer=path)
            | InsertLayerNormalization(layer=path)
        ):
            return with_inserted(model, path, edit)
        case _:
            return _with_layer(model, edit)


def _has_own_dropout(model: ModelDescription, path: str) -> bool:
    kinds = (LayerKind.RECURRENT, LayerKind.WRAPPER, LayerKind.ATTENTION)
    return any(layer.path == path and layer.kind in kinds for layer in model.layers)


def _with_layer(model: ModelDescription, edit: Edit) -> ModelDescription:
    match edit:
        case SetActivation():
            return _changed(model, edit.layer, activation=edit.activation)
        case SetInitializer():
            return _changed(
                model,
                edit.layer,
                kernel_initializer=edit.initializer,
                bias_initializer="zeros",
            )
        case SetDropout():
            return _changed(model, edit.layer, **_rate(model, edit))
        case SetBatchNormMomentum():
            return _changed(model, edit.layer, momentum=edit.momentum)
        case SetL2():
            left = ("kernel_regularizer",) if edit.factor else ()
            return _changed(model, edit.layer, l1=0.0, l2=edit.factor, regularizers=left)
        case SetUnits():
            return _changed(model, edit.layer, units=edit.units)
        case SetTrainable():
            return _with_trainable(model, edit)
        case _:
            return model


def _rate(model: ModelDescription, edit: SetDropout) -> dict[str, float]:
    is_noise = any(layer.path == edit.layer and layer.noise for layer in model.layers)
    return {"noise" if is_noise else "dropout": edit.rate}


def _with_output(model: ModelDescription, edit: SetOutput | SetLoss) -> ModelDescription:
    outputs = list(model.outputs)
    output = outputs[edit.output]
    if isinstance(edit, SetLoss):
        outputs[edit.output] = replace(
            output, loss=edit.loss, loss_name=edit.loss.value, from_logits=edit.from_logits
        )
        return replace(model, outputs=tuple(outputs))
    units = output.units if edit.units is None else edit.units
    outputs[edit.output] = replace(output, activation=edit.activation, units=units, inner=())
    return replace(model, outputs=tuple(outputs))


def _edited_optimizer(optimizer: OptimizerDescription, edit: Edit) -> OptimizerDescription:
    match edit:
        case ScaleLearningRate():
            return replace(optimizer, learning_rate=optimizer.learning_rate * edit.factor)
        case SetSchedule():
            return replace(optimizer, schedule=edit.schedule.value)
        case ClipNorm(over_all=True):
            return replace(optimizer, global_clipnorm=edit.limit)
        case ClipNorm():
            return replace(optimizer, clipnorm=edit.limit)
        case SetWeightDecay():
            return replace(optimizer, weight_decay=edit.factor)
        case SetOptimizer():
            return replace(optimizer, name=edit.name, learning_rate=edit.learning_rate, momentum=0)
        case _:
            return optimizer


def _with_trainable(model: ModelDescription, edit: SetTrainable) -> ModelDescription:
    below = edit.layer + "/"
    layers = tuple(
        replace(
            layer,
            trainable=edit.trainable,
            trainable_parameters=layer.parameters if edit.trainable else 0,
        )
        if layer.path == edit.layer or layer.path.startswith(below)
        else layer
        for layer in model.layers
    )
    return replace(model, layers=layers)


def _changed(model: ModelDescription, path: str, **changes: Any) -> ModelDescription:
    layers = tuple(
        replace(layer, **changes) if layer.path == path else layer for layer in model.layers
    )
    return replace(model, layers=layers)
