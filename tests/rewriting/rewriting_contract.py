"""The groups of edits that each kind of model must bear, and how to see them."""

import keras
import numpy as np

from keras_debugger.types.edit import (
    AddSkip,
    ClipNorm,
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    NormalizeInput,
    ScaleLearningRate,
    SetActivation,
    SetInitializer,
    SetL2,
    SetLoss,
    SetOutput,
    SetUnits,
)
from keras_debugger.types.vocabulary import Activation, LossKind


def input_arrays(x):
    if isinstance(x, dict):
        return list(x.values())
    return list(x) if isinstance(x, list) else [x]


def copied_state(model):
    return [np.array(variable.numpy()) for variable in model.variables]


def edits_of(kind):
    hidden, active = kind.hidden, kind.active or kind.hidden
    normalized = kind.normalized or hidden
    return {
        "set-up": (ScaleLearningRate(factor=0.1), ClipNorm(limit=1.0, over_all=True)),
        "dropout": (InsertDropout(layer=kind.dropout or hidden, rate=0.2),),
        "penalty": (SetL2(layer=hidden, factor=0.01),),
        "initializer": (SetInitializer(layer=hidden, initializer="he_normal"),),
        "activation": (SetActivation(layer=active, activation=Activation.ELU),),
        "batch norm": (InsertBatchNormalization(layer=normalized),),
        "layer norm": (InsertLayerNormalization(layer=normalized),),
        "normalize": (NormalizeInput(),),
        "head": (
            SetOutput(output=0, activation=Activation.LINEAR, units=5),
            SetLoss(output=0, loss=LossKind.SPARSE_CATEGORICAL_CROSSENTROPY, from_logits=True),
        ),
        "shrink": (SetUnits(layer=kind.narrowed or hidden, units=2),),
        "residual": (AddSkip(layer=kind.skip[0], source=kind.skip[1]),),
    }


def leaves(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        else:
            yield layer


def check_edits(group, edits, blueprint, new):
    """Assert that a group of edits is to be seen in a model that was built with it alone."""
    plain = blueprint.prototype.model
    added = {layer.name for layer in leaves(new)} - {layer.name for layer in leaves(plain)}
    kinds = {type(layer).__name__ for layer in leaves(new) if layer.name in added}
    assert group == "head" or all("_kd_" in name or "tensor" in name for name in added)
    if group == "set-up":
        assert np.isclose(float(new.optimizer.learning_rate), 0.01)
        assert new.optimizer.global_clipnorm == 1.0
    elif group == "dropout":
        inside = [layer for layer in leaves(new) if _dropout(layer) == 0.2]
        assert inside
    elif group == "penalty":
        assert len(new.losses) == len(plain.losses) + len(_kernels(edits[0].layer, new))
        assert all(float(loss) > 0 for loss in new.losses)
    elif group == "initializer":
        layer = _inner(_find(edits[0].layer, new))
        assert type(layer.kernel_initializer).__name__ == "HeNormal"
    elif group == "activation":
        layer = _inner(_find(edits[0].layer, new))
        assert layer.activation is keras.activations.elu
    elif group == "batch norm":
        assert "BatchNormalization" in kinds
    elif group == "layer norm":
        assert "LayerNormalization" in kinds
    elif group == "normalize":
        assert "Normalization" in kinds
    elif group == "shrink":
        layer = _inner(_find(edits[0].layer, new))
        assert 2 in (getattr(layer, "units", 0), getattr(layer, "filters", 0))
        before = _inner(_find(edits[0].layer, plain))
        assert not before.built or before.count_params() > layer.count_params()
    elif group == "residual":
        assert "Add" in kinds
    elif group == "head":
        assert keras.tree.flatten(new.outputs)[0].shape[-1] == 5


def _find(path, model):
    for name in path.split("/"):
        model = model.get_layer(name)
    return model


def _inner(layer):
    while isinstance(layer, keras.layers.Wrapper):
        layer = layer.layer
    return layer


def _kernels(path, model):
    layer = _inner(_find(path, model))
    return [weight for weight in layer.trainable_variables if "kernel" in weight.path]


def _dropout(layer):
    if isinstance(layer, keras.layers.Bidirectional):
        return layer.backward_layer.dropout
    return getattr(layer, "rate", None) or getattr(layer, "dropout", None)
