"""Shapes of models from public reports, each as a small model of our own.

The numbers are those of the reports at github.com/keras-team/keras (K),
github.com/tensorflow/tensorflow (T), github.com/keras-team/keras-tuner (P) and
github.com/tensorflow/model-optimization (O).
"""

import time

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import (
    AddSkip,
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
@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("MobileNetV2", "Conv1"),
        ("ResNet50", "conv2_block1_1_conv"),
        ("EfficientNetB0", "stem_conv"),
    ],
)
def test_a_network_of_keras_applications(name, layer):
    make = getattr(keras.applications, name)
    model = make(weights=None, input_shape=(32, 32, 3), classes=4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = [variable.numpy() for variable in model.variables]
    blueprint = read_blueprint(model, describe_model(model))
    assert blueprint.refusal == ""
    started = time.perf_counter()
    new = blueprint.build((SetL2(layer=layer, factor=1e-4),), seed=1)
    assert time.perf_counter() - started < 20.0  # a few seconds on an idle machine
    assert len(new.losses) == 1
    assert len(new.weights) == len(model.weights)
    for value, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(value, variable.numpy())


def test_a_network_of_150_layers_is_rebuilt_in_a_few_seconds():
    hidden = [layers.Dense(6, activation="relu", name=f"hidden_{i}") for i in range(150)]
    model = compiled(keras.Sequential([keras.Input((4,)), *hidden, layers.Dense(1)]))
    blueprint = read_blueprint(model, describe_model(model))
    skips = [AddSkip(layer=f"hidden_{i + 2}", source=f"hidden_{i}") for i in range(0, 148, 2)]
    started = time.perf_counter()
    new = blueprint.build(tuple(skips), seed=1)
    assert time.perf_counter() - started < 10.0
    assert len(new.layers) == len(model.layers) + 1 + len(skips)


def own_error(y, y_pred):
    return keras.ops.mean(keras.ops.abs(y - y_pred), axis=-1)


class OwnOptimizer(keras.optimizers.SGD):
    """An optimizer that is not registered with Keras."""


def test_k20884_a_compiled_model_with_unregistered_parts_is_made_again():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, name="out")])
    model.compile(OwnOptimizer(0.25), own_error)
    new = rebuilt(model)
    assert type(new.optimizer) is OwnOptimizer
    assert new.optimizer is not model.optimizer
    assert float(new.optimizer.learning_rate) == 0.25
    assert new.loss is own_error


def test_t61492_a_nested_functional_model_is_rebuilt_and_edited():
    first = keras.Input((4,))
    inner = keras.Model(first, layers.Dense(4, activation="tanh", name="leaf")(first), name="inner")
    inputs = keras.Input((4,))
    model = compiled(keras.Model(inputs, inner(inner(inputs))))
    new = rebuilt(model, SetActivation(layer="inner/leaf", activation=Activation.RELU))
    assert new.get_layer("inner").get_layer("leaf").activation is keras.activations.relu
    assert inner.get_layer("leaf").activation is keras.activations.tanh


def test_k20147_statistics_of_a_normalization_are_finalised():
    norm = layers.Normalization(name="scale")
    norm.adapt(X * 3.0 + 5.0)
    model = compiled(keras.Sequential([keras.Input((4,)), norm, layers.Dense(1)]))
    new = rebuilt(model)
    np.testing.assert_allclose(new.get_layer("scale")(X), norm(X), rtol=1e-6)


class OwnInit(keras.Model):
    """A functional model that makes its layers itself."""

    def __init__(self, units=4, **arguments):
        inputs = keras.Input((4,))
        super().__init__(inputs, layers.Dense(units, name="out")(inputs), **arguments)


class OwnStep(OwnInit):
    """The same with a training step."""

    def train_step(self, data):
        return super().train_step(data)


def test_k20979_k21546_an_own_init_becomes_a_plain_model_of_the_same_layers():
    new = rebuilt(compiled(OwnInit(units=7, name="mine")))
    assert (new.name, new.output_shape) == ("mine", (None, 7))


def test_t47048_an_own_train_step_behind_an_own_init_is_refused_by_name():
    model = compiled(OwnStep(units=7, name="mine"))
    blueprint = read_blueprint(model, describe_model(model))
    assert "'mine' (OwnStep)" in blueprint.refusal
    assert "train_step" in blueprint.refusal


class Untied(layers.Layer):
    """Uses the kernel of another layer."""

    def __init__(self, source=None, **arguments):
        super().__init__(**arguments)
        self.source_kernel = source.kernel if source is not None else None

    def call(self, x):
        return keras.ops.matmul(x, keras.ops.transpose(self.source_kernel))


def test_k20172_a_layer_with_the_variable_of_another_is_refused_by_name():
    inputs = keras.Input((4,))
    dense = layers.Dense(3, name="encoder")
    hidden = dense(inputs)
    model = compiled(keras.Model(inputs, Untied(dense, name="decoder")(hidden)))
    assert "'decoder'" in read_blueprint(model, describe_model(model)).refusal


def test_p818_two_models_never_share_an_optimizer():
    model = compiled(keras.Sequential([keras.Input((4,)), layers.Dense(1)]))
    one, two = rebuilt(model), rebuilt(model)
    for new in (one, two):
        new.fit(X, X[:, :1], verbose=0)
    assert len({id(m.optimizer) for m in (model, one, two)}) == 3
    assert int(model.optimizer.iterations) == 0


def test_o374_a_bidirectional_layer_of_a_sequential_model_is_edited():
    both = layers.Bidirectional(layers.LSTM(3), name="both")
    model = compiled(keras.Sequential([keras.Input((5, 4)), both, layers.Dense(1)]))
    new = rebuilt(model, InsertDropout(layer="both", rate=0.25))
    halves = (new.get_layer("both").forward_layer, new.get_layer("both").backward_layer)
    assert {(half.dropout, half.recurrent_dropout) for half in halves} == {(0.25, 0.25)}
