"""The model as the edits of a set-up leave it, so that each fix sees what those before it did."""

from dataclasses import replace
from typing import Any

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
from keras_debugger.types.record import LayerDescription, ModelDescription, OptimizerDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import LayerKind

NEW_BATCH_NORM_MOMENTUM = 0.99  # Keras's default, which an inserted layer has


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
            return _with_behind_input(model, edit.input, "Normalization")
        case FillInput():
            return _with_behind_input(model, edit.input, "Rescaling")
        case AddSkip():
            return _with_skip(model, edit)
        case (
            InsertDropout(layer=path)
            | InsertBatchNormalization(layer=path)
            | InsertLayerNormalization(layer=path)
        ):
            return _with_inserted(model, path, edit)
        case _:
            return _with_layer(model, edit)


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


def _with_inserted(model: ModelDescription, path: str, edit: Edit) -> ModelDescription:
    before = next((layer for layer in model.layers if layer.path == path), None)
    if before is None:
        return model
    if isinstance(edit, InsertDropout) and before.kind in (
        LayerKind.RECURRENT,
        LayerKind.WRAPPER,
        LayerKind.ATTENTION,
    ):
        return _changed(model, path, dropout=edit.rate)
    what: dict[str, Any] = {"kind": LayerKind.NORMALIZATION, "class_name": "LayerNormalization"}
    if isinstance(edit, InsertDropout):
        what = {"kind": LayerKind.DROPOUT, "class_name": "Dropout", "dropout": edit.rate}
    elif isinstance(edit, InsertBatchNormalization):
        what = {
            "kind": LayerKind.NORMALIZATION,
            "class_name": "BatchNormalization",
            "momentum": NEW_BATCH_NORM_MOMENTUM,
        }
    new_path = f"{path}+{what['class_name']}"
    normalized = f"{path}+BatchNormalization"  # in truth before the activation of the layer
    if any(layer.path == normalized for layer in model.layers):
        path = normalized
        before = next(layer for layer in model.layers if layer.path == path)
    new = LayerDescription(
        name=new_path, path=new_path, output_shape=before.output_shape, feeds=before.feeds, **what
    )
    layers: list[LayerDescription] = []
    for layer in model.layers:
        if layer.path != path:
            layers.append(layer)
            continue
        layers += [replace(layer, feeds=(new_path,)) if layer.feeds else layer, new]
    return replace(model, layers=tuple(layers))


def _with_skip(model: ModelDescription, edit: AddSkip) -> ModelDescription:
    """The sum behind the layer and all that is put behind it, and fed by the source too."""
    own = [one for one in model.layers if f"{one.path}+".startswith(f"{edit.layer}+")]
    if not own:
        return model
    before, path = own[-1], f"{edit.layer}+Add"
    new = LayerDescription(
        name=path,
        path=path,
        kind=LayerKind.MERGE,
        class_name="Add",
        output_shape=before.output_shape,
        feeds=before.feeds,
    )
    layers: list[LayerDescription] = []
    for layer in model.layers:
        if layer.path == before.path:
            layers += [replace(layer, feeds=(path,)), new]
        elif layer.path == edit.source:
            layers.append(replace(layer, feeds=(*layer.feeds, path)))
        else:
            layers.append(layer)
    return replace(model, layers=tuple(layers))


def _with_behind_input(model: ModelDescription, position: int, what: str) -> ModelDescription:
    sources = [layer for layer in model.layers if layer.kind is LayerKind.INPUT]
    path = f"input {position}+{what}"
    new = LayerDescription(name=path, path=path, kind=LayerKind.PREPROCESSING, class_name=what)
    if position >= len(sources):
        return replace(model, layers=(new, *model.layers))
    source = sources[position]
    layers: list[LayerDescription] = []
    for layer in model.layers:
        if layer.path == source.path and layer.feeds:
            layers += [replace(layer, feeds=(path,)), replace(new, feeds=layer.feeds)]
        elif layer.path == source.path:
            layers += [layer, new]
        else:
            layers.append(layer)
    return replace(model, layers=tuple(layers))


def _changed(model: ModelDescription, path: str, **changes: Any) -> ModelDescription:
    layers = tuple(
        replace(layer, **changes) if layer.path == path else layer for layer in model.layers
    )
    return replace(model, layers=layers)
