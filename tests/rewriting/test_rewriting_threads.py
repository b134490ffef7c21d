"""Shapes of models from public reports, each as a small model of our own.

The numbers are those of the reports at github.com/keras-team/keras (K) and
github.com/tensorflow/tensorflow (T).
"""

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import (
    InsertBatchNormalization,
    InsertDropout,
    NormalizeInput,
    ScaleLearningRate,
    SetActivation,
    SetL2,
)
from keras_debugger.types.vocabulary import Activation

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
SCALE = 3.0


def compiled(model):
    model.compile("sgd", "mse")
    return model


def rebuilt(model, *edits):
    blueprint = read_blueprint(model, describe_model(model))
    assert blueprint.refusal == ""
    return blueprint.build(edits, seed=1, inputs=[X])


def assert_same(model, x=X):
    new = rebuilt(model)
    for target, source in zip(new.variables, model.variables, strict=True):
        target.assign(source)
    ours, theirs = model(x), new(x)
    keras.tree.map_structure(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6), ours, theirs
    )


def inside(*parts, name):
    return keras.Sequential([keras.Input((4,)), *parts], name=name)


def k21120_sequential_in_functional_in_functional():
    first = keras.Input((4,))
    middle = keras.Model(first, inside(layers.Dense(4, name="leaf"), name="deep")(first))
    inputs = keras.Input((4,))
    return keras.Model(inputs, middle(inputs))


def k12202_a_lambda_with_two_outputs():
    inputs = keras.Input((4,))
    one, two = layers.Lambda(lambda t: [t * 2.0, t * 3.0])(inputs)
    return keras.Model(inputs, layers.Dense(2)(layers.Add()([one, two])))


def k17700_concatenate_of_one_tensor():
    inputs = keras.Input((4,))
    concatenated = layers.Concatenate()([layers.Dense(3)(inputs)] * 1 + [inputs])
    return keras.Model(inputs, concatenated)


def k6494_a_layer_fed_by_itself():
    inputs = keras.Input((4,))
    shared = layers.Dense(4)
    return keras.Model(inputs, shared(shared(inputs)))


def k15759_a_lambda_that_uses_a_global():
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Lambda(lambda t: t * SCALE)(layers.Dense(3)(inputs)))


def k18647_a_model_from_an_intermediate_tensor():
    inputs = keras.Input((4,))
    hidden = layers.Dense(5, name="hidden")(inputs)
    layers.Dense(1)(hidden)
    return keras.Model(inputs, [hidden, inputs])


@pytest.mark.parametrize(
    "make",
    [
        k21120_sequential_in_functional_in_functional,
        k12202_a_lambda_with_two_outputs,
        k17700_concatenate_of_one_tensor,
        k6494_a_layer_fed_by_itself,
        k15759_a_lambda_that_uses_a_global,
        k18647_a_model_from_an_intermediate_tensor,
    ],
)
def test_the_shape_is_rebuilt(make):
    assert_same(compiled(make()))


def test_k17433_paths_of_a_recurrent_layer_stay():
    model = compiled(keras.Sequential([keras.Input((5, 4)), layers.SimpleRNN(3, name="rnn")]))
    new = rebuilt(model)
    ends = [[v.path.split("/", 1)[1] for v in one.variables] for one in (model, new)]
    assert ends[0] == ends[1]


def test_k9370_an_activation_changes_in_compiled_predict():
    model = compiled(inside(layers.Dense(4, activation="relu", name="hidden"), name="model"))
    model.predict(X, verbose=0)
    edit = SetActivation(layer="hidden", activation=Activation.TANH)
    new = rebuilt(model, edit)
    assert (new.predict(X, verbose=0) < 0).any()


def test_k8413_a_penalty_is_in_the_losses():
    model = compiled(inside(layers.Dense(4, name="hidden"), layers.Dense(1), name="model"))
    new = rebuilt(model, SetL2(layer="hidden", factor=0.5))
    kernel = new.get_layer("hidden").kernel
    assert float(new.losses[0]) == pytest.approx(0.5 * float(keras.ops.sum(kernel**2)), rel=1e-5)


@pytest.mark.filterwarnings("ignore:Layer 'inner':UserWarning")
def test_k3524_a_mask_goes_into_a_nested_model():
    inner_input = keras.Input((5, 3))
    inner = keras.Model(inner_input, layers.LSTM(2, name="lstm")(inner_input), name="inner")
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(9, 3, mask_zero=True, name="words")(inputs)
    model = compiled(keras.Model(inputs, inner(x)))
    blueprint = read_blueprint(model, describe_model(model))
    new = blueprint.build((InsertDropout(layer="words", rate=0.3),), seed=1)
    x = np.array([[3, 4, 0, 0, 0]])
    before = new(x).numpy()
    table = new.get_layer("words").embeddings
    table.assign(np.concatenate([np.full((1, 3), 9.0), table.numpy()[1:]]))
    np.testing.assert_array_equal(new(x), before)


def test_an_encoder_of_a_transformer_with_all_edits_saves_and_loads(tmp_path):
    inputs = keras.Input((6, 4))
    x = inputs
    for block in range(2):
        attended = layers.MultiHeadAttention(2, 2, name=f"attention_{block}")(x, x)
        x = layers.LayerNormalization(name=f"norm_{block}")(layers.Add()([x, attended]))
        hidden = layers.Dense(8, activation="gelu", name=f"hidden_{block}")(x)
        x = layers.Add()([x, layers.Dense(4, name=f"back_{block}")(hidden)])
    x = layers.GlobalAveragePooling1D()(x)
    model = compiled(keras.Model(inputs, layers.Dense(1, name="out")(x)))
    blueprint = read_blueprint(model, describe_model(model))
    edits = (
        *(InsertDropout(layer=f"attention_{block}", rate=0.1) for block in range(2)),
        *(InsertDropout(layer=f"hidden_{block}", rate=0.1) for block in range(2)),
        SetActivation(layer="hidden_0", activation=Activation.RELU),
        SetL2(layer="hidden_1", factor=0.01),
        NormalizeInput(),
        ScaleLearningRate(factor=0.5),
    )
    rows = np.random.default_rng(0).normal(5.0, 3.0, size=(16, 6, 4)).astype("float32")
    new = blueprint.build(edits, seed=1, inputs=[rows])
    new.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        loaded.predict(rows, verbose=0), new.predict(rows, verbose=0), rtol=1e-5
    )


def test_mixed_precision_stays():
    policy = keras.dtype_policies.DTypePolicy("mixed_float16")
    inputs = keras.Input((4,))
    x = layers.Dense(8, activation="tanh", dtype=policy, name="hidden")(inputs)
    model = compiled(keras.Model(inputs, layers.Dense(1, dtype="float32")(x)))
    edits = (
        InsertBatchNormalization(layer="hidden"),
        InsertDropout(layer="hidden", rate=0.2),
        NormalizeInput(),
    )
    new = rebuilt(model, *edits)
    assert new.get_layer("hidden").compute_dtype == "float16"
    assert new.get_layer("hidden_kd_dropout").compute_dtype == "float16"
    assert np.isfinite(new.fit(X, X[:, :1], verbose=0).history["loss"]).all()


@pytest.mark.slow
def test_a_network_of_150_layers():
    model = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), classes=4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = [variable.numpy() for variable in model.variables]
    blueprint = read_blueprint(model, describe_model(model))
    assert blueprint.refusal == ""
    new = blueprint.build((SetL2(layer="Conv1", factor=1e-4),), seed=1)
    assert len(new.losses) == 1
    assert len(new.weights) == len(model.weights)
    for value, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(value, variable.numpy())
