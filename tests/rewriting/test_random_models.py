"""What holds for any model: randomly composed ones, with randomly chosen edits."""

import tempfile
from pathlib import Path

import keras
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers
from rewriting_contract import leaves

from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import (
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    NormalizeInput,
    SetActivation,
    SetInitializer,
    SetL2,
)
from keras_debugger.types.vocabulary import Activation

WIDTH = 4
X = np.random.default_rng(0).normal(3.0, 2.0, size=(12, WIDTH)).astype("float32")
BLOCKS = ("dense", "activation", "dropout", "norm", "skip", "nested", "operation", "shared")


def add_block(kind, x, number, shared):
    if kind == "dense":
        return layers.Dense(WIDTH, activation="tanh", name=f"dense_{number}")(x)
    if kind == "activation":
        return layers.LeakyReLU(name=f"leaky_{number}")(x)
    if kind == "dropout":
        return layers.Dropout(0.3, seed=number, name=f"noise_{number}")(x)
    if kind == "norm":
        return layers.BatchNormalization(name=f"norm_{number}")(x)
    if kind == "skip":
        branch = layers.Dense(WIDTH, activation="relu", name=f"branch_{number}")(x)
        return layers.Add(name=f"add_{number}")([x, branch])
    if kind == "nested":
        inner = [keras.Input((WIDTH,)), layers.Dense(WIDTH, activation="elu", name="leaf")]
        return keras.Sequential(inner, name=f"nested_{number}")(x)
    return shared(x) if kind == "shared" else x * 2.0 - 1.0


def compose(blocks):
    inputs = keras.Input((WIDTH,))
    shared = layers.Dense(WIDTH, activation="sigmoid", name="shared")
    x = inputs
    for number, kind in enumerate(blocks):
        x = add_block(kind, x, number, shared)
    model = keras.Model(inputs, layers.Dense(2, name="out")(x))
    model.compile("sgd", "mse")
    return model


def edits_on(path):
    return (
        SetActivation(layer=path, activation=Activation.SOFTPLUS),
        SetInitializer(layer=path, initializer="he_normal"),
        SetL2(layer=path, factor=0.01),
        InsertDropout(layer=path, rate=0.2),
        InsertLayerNormalization(layer=path),
        InsertBatchNormalization(layer=path),
    )


models = st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=5)


def state(model):
    return [variable.numpy() for variable in model.variables]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(models)
def test_a_rebuild_equals_and_leaves_the_original_alone(blocks):
    model = compose(blocks)
    before = state(model)
    new = read_blueprint(model, describe_model(model)).build((), seed=1)
    for one, two in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(one, two)
    for target, value in zip(new.variables, before, strict=True):
        target.assign(value)
    for training in (False, True):
        np.testing.assert_allclose(
            new(X, training=training), model(X, training=training), rtol=1e-5, atol=1e-5
        )


@settings(max_examples=5, deadline=None, derandomize=True)
@given(models, st.data())
def test_edits_in_any_order_are_seen_and_survive_saving(blocks, data):
    model = compose(blocks)
    description = describe_model(model)
    blueprint = read_blueprint(model, description)
    places = [layer.path for layer in description.hidden if layer.class_name == "Dense"]
    edits = [NormalizeInput()]
    if places:
        edits += edits_on(data.draw(st.sampled_from(places)))
    edits = tuple(data.draw(st.permutations(edits)))
    new = blueprint.build(edits, seed=1, inputs=[X])
    assert len(new.losses) == (1 if places else 0)
    kinds = [type(layer).__name__ for layer in leaves(new)]
    plain = [type(layer).__name__ for layer in leaves(blueprint.prototype.model)]
    expected = ["Normalization"]
    if places:
        expected += ["Dropout", "LayerNormalization", "BatchNormalization", "Activation"]
    for kind in expected:
        assert kinds.count(kind) == plain.count(kind) + 1
    with tempfile.TemporaryDirectory() as folder:
        new.save(Path(folder) / "model.keras")
        loaded = keras.models.load_model(Path(folder) / "model.keras")
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0), new.predict(X, verbose=0), rtol=1e-5, atol=1e-6
    )
