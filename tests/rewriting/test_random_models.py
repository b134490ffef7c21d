"""What holds for any model: randomly composed ones, with randomly chosen edits."""

import subprocess
import sys
from itertools import pairwise

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers
from rewriting_contract import leaves

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import (
    AddSkip,
    FillInput,
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    NormalizeInput,
    SetActivation,
    SetInitializer,
    SetL2,
    SetUnits,
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


def skips(description):
    """A skip from one Dense layer of the main model to the next that Keras would allow."""
    dense = [one for one in description.layers if one.class_name == "Dense" and one.feeds]
    paths = [one.path for one in dense if one.path.startswith(("dense", "branch"))]
    return [AddSkip(layer=two, source=one) for one, two in pairwise(paths)]


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(models, st.data())
def test_edits_in_any_order_are_seen_and_survive_saving(saved, blocks, data):
    model = compose(blocks)
    before = state(model)
    description = describe_model(model)
    blueprint = read_blueprint(model, description)
    places = [layer.path for layer in description.hidden if layer.class_name == "Dense"]
    edits = [NormalizeInput(), FillInput()]
    if places:
        edits += edits_on(data.draw(st.sampled_from(places)))
    edits += skips(description)[:1]
    edits = tuple(data.draw(st.permutations(edits)))
    new = blueprint.build(edits, seed=1, inputs=[X])
    assert len(new.losses) == (1 if places else 0)
    kinds = [type(layer).__name__ for layer in leaves(new)]
    plain = [type(layer).__name__ for layer in leaves(blueprint.prototype.model)]
    expected = {"Normalization": 1, "Rescaling": 2, "Add": len(skips(description)[:1])}
    if places:
        new_kinds = ("Dropout", "LayerNormalization", "BatchNormalization", "Activation")
        expected |= dict.fromkeys(new_kinds, 1)
    for kind, count in expected.items():
        assert kinds.count(kind) == plain.count(kind) + count
    for one, two in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(one, two)
    saved(new)


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(models, st.data())
def test_another_width_works_or_is_refused_by_name(saved, blocks, data):
    model = compose([*blocks, "dense"])
    description = describe_model(model)
    places = [layer.path for layer in description.hidden if layer.class_name == "Dense"]
    edit = SetUnits(layer=data.draw(st.sampled_from(places)), units=2 * WIDTH)
    refused = ""
    try:
        new = read_blueprint(model, description).build((edit,), seed=1)
    except UnsupportedModelError as error:
        refused = str(error)
    if refused:
        assert repr(edit.layer) in refused
        assert "do not go together" in refused
        return
    assert new.count_params() > model.count_params()
    saved(new)


PLAIN_KERAS = """
import sys
from pathlib import Path
import keras, numpy as np
x = np.load(sys.argv[1] + "/x.npy")
for path in sorted(Path(sys.argv[1]).glob("*.keras")):
    answers = keras.models.load_model(path).predict(x, verbose=0)
    np.testing.assert_allclose(answers, np.load(path.with_suffix(".npy")), rtol=1e-5, atol=1e-6)
assert not any(name.startswith("keras_debugger") for name in sys.modules)
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Saves models with their answers; in the end another process loads them with Keras alone."""
    folder = tmp_path_factory.mktemp("models")
    np.save(folder / "x.npy", X)
    count = iter(range(1_000))

    def save(model):
        name = f"model_{next(count)}"
        model.save(folder / f"{name}.keras")
        np.save(folder / f"{name}.npy", model.predict(X, verbose=0))

    yield save
    command = [sys.executable, "-I", "-c", PLAIN_KERAS, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
