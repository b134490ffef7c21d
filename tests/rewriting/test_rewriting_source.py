"""The source of a model, executed: it makes the same model."""

import random

import keras
import numpy as np
import pytest
from keras import layers
from rewriting_zoo import KINDS

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.rewriting.source import source_of
from keras_debugger.types.edit import AddSkip, FillInput, InsertDropout, NormalizeInput, SetL2

OWN = ("operations and lambdas", "own layers", "own step", "own __init__")
NO_CODE = (*OWN, "own layer that forgets", "tied", "tied by closure", "subclassed")
NO_CODE += ("own __init__ and step", "sequential, not built", "quantized", "low-rank adapters")
WRITTEN = [name for name in KINDS if name not in NO_CODE]


def run(source):
    space = {"keras": keras, "layers": layers, "np": np}
    exec(compile(source, "pasted.py", "exec"), space)
    return space["model"]


def check_same(model, x):
    made = run(source_of(model))
    assert [layer.name for layer in made.layers] == [layer.name for layer in model.layers]
    assert [v.shape for v in made.variables] == [v.shape for v in model.variables]
    for target, source in zip(made.variables, model.variables, strict=True):
        target.assign(source)
    ours, theirs = model(x), made(x)
    keras.tree.map_structure(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6), ours, theirs
    )
    return made


@pytest.mark.parametrize("name", WRITTEN)
def test_the_source_makes_the_same_model(name):
    kind = KINDS[name]
    model = kind.make()
    x, _ = kind.data()
    check_same(model, x)


def test_settings_that_are_not_defaults_are_written_and_no_others():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(
                4,
                (3, 3),
                strides=2,
                activation="relu",
                kernel_initializer="he_normal",
                kernel_regularizer=keras.regularizers.L2(0.01),
                kernel_constraint=keras.constraints.MaxNorm(3.0),
                name="conv",
            ),
            layers.Flatten(name="flat"),
            layers.Dense(1, bias_initializer=keras.initializers.Constant(0.5), name="out"),
        ]
    )
    source = source_of(model)
    made = check_same(model, np.ones((2, 8, 8, 3), "float32"))
    assert made.get_layer("conv").kernel_constraint.max_value == 3.0
    assert float(made.get_layer("conv").kernel_regularizer.l2) == pytest.approx(0.01)
    assert 'kernel_initializer="he_normal"' in source
    assert 'layers.Flatten(name="flat")' in source
    assert "padding" not in source


def test_an_edited_model_is_written_with_its_edits():
    x = np.random.default_rng(0).normal(3.0, 2.0, size=(20, 4)).astype("float32")
    model = keras.Sequential(
        [
            keras.Input((4,)),
            *(layers.Dense(6, activation="relu", name=f"hidden_{i}") for i in range(3)),
            layers.Dense(1, name="out"),
        ]
    )
    model.compile("adam", "mse")
    edits = (
        AddSkip(layer="hidden_2", source="hidden_0"),
        InsertDropout(layer="hidden_1", rate=0.25),
        SetL2(layer="hidden_0", factor=0.01),
        FillInput(),
        NormalizeInput(),
    )
    new = read_blueprint(model, describe_model(model)).build(edits, seed=1, inputs=[x])
    holed = np.array(x)
    holed[2, 1] = np.nan
    made = check_same(new, holed)
    source = source_of(new)
    assert "layers.Dropout(0.25" in source
    assert "keras.ops.nan_to_num(" in source
    assert len(made.losses) == 1


def test_operations_of_keras_are_written():
    inputs = keras.Input((6,), name="rows")
    x = keras.ops.relu(inputs[:, 1:] * 2.0 - 1.0)
    first, second = keras.ops.split(layers.Dense(4, name="hidden")(x), 2, axis=-1)
    x = keras.ops.concatenate([first, second], axis=1)
    check_same(keras.Model(inputs, x), np.ones((3, 6), "float32"))


@pytest.mark.parametrize("name", OWN)
def test_code_of_ones_own_is_refused_by_name(name):
    words = {"operations and lambdas": "lambda", "own layers": "own_activation|scaled|simple"}
    with pytest.raises(UnsupportedModelError, match=words.get(name, "own")):
        source_of(KINDS[name].make())


def test_writing_code_draws_nothing():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_initializer="he_normal")])
    before = random.getstate()
    assert "he_normal" in source_of(model) or "HeNormal" in source_of(model)
    assert random.getstate() == before
