"""Each known pitfall of rebuilding Keras models, with a small reproduction."""

import random

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import (
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    NormalizeInput,
    SetActivation,
    SetDropout,
    SetL2,
    SetOutput,
    SetTrainable,
)
from keras_debugger.types.vocabulary import Activation

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")


def compiled(model, loss="mse"):
    model.compile("sgd", loss)
    return model


def sequential(*middle, rows=4):
    return compiled(keras.Sequential([keras.Input((rows,)), *middle, layers.Dense(1, name="out")]))


def functional(call, shape=(4,), dtype="float32"):
    inputs = keras.Input(shape, dtype=dtype)
    return compiled(keras.Model(inputs, layers.Dense(1, name="out")(call(inputs))))


def read(model, **arguments):
    return read_blueprint(model, describe_model(model), **arguments)


def assert_equal_when_copied(model, new, x=X):
    for target, source in zip(new.variables, model.variables, strict=True):
        target.assign(source)
    np.testing.assert_allclose(new(x), model(x), rtol=1e-5, atol=1e-6)


def test_p1_an_edit_changes_predict_and_losses_of_the_new_model():
    model = sequential(layers.Dense(8, activation="relu", name="hidden"))
    plain = model.predict(X, verbose=0)
    blueprint = read(model)
    edits = (
        SetActivation(layer="hidden", activation=Activation.TANH),
        SetL2(layer="hidden", factor=0.1),
    )
    new = blueprint.build(edits, seed=1)
    old = blueprint.build((), seed=1)
    assert not np.allclose(new.predict(X, verbose=0), old.predict(X, verbose=0))
    assert len(new.losses) == 1
    assert np.array_equal(model.predict(X, verbose=0), plain)


def own_function(x):
    return keras.ops.sin(x)


class OwnPenalty(keras.regularizers.Regularizer):
    def __init__(self, factor=1.0):
        self.factor = factor

    def __call__(self, x):
        return self.factor * keras.ops.sum(keras.ops.abs(x))

    def get_config(self):
        return {}


class OwnInitializer(keras.initializers.Initializer):
    def __init__(self, value=1.0):
        self.value = value

    def __call__(self, shape, dtype=None, **arguments):
        return keras.ops.full(shape, self.value, dtype=dtype)

    def get_config(self):
        return {"value": self.value}


def test_p2_own_functions_and_objects_are_kept():
    with keras.saving.custom_object_scope(
        {"own_function": own_function, "OwnInitializer": OwnInitializer}
    ):
        model = functional(
            lambda x: layers.Bidirectional(
                layers.LSTM(3, activation=own_function, kernel_initializer=OwnInitializer(0.3))
            )(
                layers.TimeDistributed(
                    layers.Dense(
                        3,
                        activation=own_function,
                        kernel_regularizer=OwnPenalty(5.0),
                        bias_initializer=OwnInitializer(2.0),
                        name="inside",
                    )
                )(x)
            ),
            shape=(5, 4),
        )
    x = np.zeros((2, 5, 4), "float32")
    new = read(model).build((), seed=1)
    assert len(new.losses) == 1
    assert_equal_when_copied(model, new, x)
    np.testing.assert_allclose(new.losses[0], model.losses[0], rtol=1e-6)


def test_p3_a_lambda_keeps_what_its_function_refers_to():
    twice = 2.0
    model = functional(lambda x: layers.Lambda(lambda t: keras.ops.tanh(t) * twice)(x))
    assert_equal_when_copied(model, read(model).build((), seed=1))


def test_p4_input_names_and_optional_inputs_stay():
    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two", optional=True)

    class AddIfThere(layers.Layer):
        def call(self, x, y=None):
            return x if y is None else x + y

        def compute_output_spec(self, x, y=None):
            return keras.KerasTensor(x.shape, x.dtype)

    model = compiled(keras.Model([one, two], layers.Dense(1)(AddIfThere()(one, two))))
    new = read(model).build((), seed=1)
    assert [tensor.name for tensor in new.inputs] == ["one", "two"]
    assert np.isfinite(np.asarray(new([X, None]))).all()


class Simple(layers.Layer):
    def __init__(self, k=2.0, **arguments):
        super().__init__(**arguments)
        self.k = k

    def call(self, x):
        return x * self.k


def test_p5_names_stay_and_nothing_comes_behind_an_output():
    model = functional(lambda x: Simple(3.0)(layers.Dense(4, name="hidden")(x)))
    blueprint = read(model)
    new = blueprint.build((InsertDropout(layer="hidden", rate=0.1),), seed=1)
    names = [layer.name for layer in new.layers]
    assert [name for name in names if "_kd_" not in name] == [one.name for one in model.layers]
    assert new.output_names == model.output_names
    for edit in (
        InsertDropout(layer="out", rate=0.5),
        InsertBatchNormalization(layer="out"),
        InsertLayerNormalization(layer="out"),
    ):
        with pytest.raises(UnsupportedModelError, match="'out'"):
            blueprint.build((edit,), seed=1)


class Forgetful(Simple):
    def get_config(self):
        return layers.Layer.get_config(self)


def test_p6_a_config_that_forgets_is_found():
    model = sequential(Forgetful(5.0, name="forgetful"))
    assert "'forgetful'" in read(model).refusal
    assert read(sequential(Forgetful(2.0))).refusal == ""


class Block(keras.Model):
    def __init__(self, factor=4.0):
        super().__init__()
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def compute_output_shape(self, shape):
        return shape


def test_p7_a_nested_subclass_with_default_arguments_is_found():
    refusal = read(functional(Block(9.0))).refusal
    assert "Block" in refusal


class OwnStep(keras.Model):
    def train_step(self, data):
        logs = super().train_step(data)
        return {**logs, "seen": keras.ops.convert_to_tensor(self.seen)}


def test_p8_a_class_with_methods_only_is_kept_with_its_attributes():
    inputs = keras.Input((4,))
    model = OwnStep(inputs, layers.Dense(1)(inputs))
    model.seen = 3.0
    new = read(compiled(model)).build((), seed=1)
    assert type(new) is OwnStep
    assert new.fit(X, X[:, :1], verbose=0).history["seen"] == [3.0]
    other = OwnStep(inputs, layers.Dense(1)(inputs))
    other.helper = layers.Dense(2)
    assert "'helper'" in read(compiled(other)).refusal


def test_p9_a_tied_variable_is_found_by_identity_and_by_tape():
    dense = layers.Dense(4, use_bias=False, name="dense")

    class Tied(layers.Layer):
        def call(self, x):
            return keras.ops.matmul(x, dense.kernel)

    inputs = keras.Input((4,))
    x = dense(inputs)
    by_layer = compiled(keras.Model(inputs, Tied(name="tied")(x)))
    assert "dense/kernel" in read(by_layer).refusal
    by_lambda = compiled(
        keras.Model(inputs, layers.Lambda(lambda t: keras.ops.matmul(t, dense.kernel))(x))
    )
    assert "dense/kernel" in read(by_lambda).refusal


def test_p10_call_arguments_are_kept():
    def call(x):
        x = layers.BatchNormalization(name="norm")(x, training=False)
        return layers.Dropout(0.5)(x, training=True)

    model = functional(call)
    assert_equal_when_copied(model, read(model).build((), seed=1))


def test_p11_inserted_layers_hand_the_mask_on():
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True, name="words")(inputs)
    x = layers.Dense(4, activation="tanh", name="hidden")(x)
    x = layers.LSTM(3, name="lstm")(x)
    model = compiled(keras.Model(inputs, layers.Dense(1)(x)))
    blueprint = read(model)
    assert blueprint.graph.calls_of("hidden")[0].masked
    assert not blueprint.graph.calls_of("lstm")[0].masked
    edits = (
        InsertDropout(layer="words", rate=0.3),
        InsertBatchNormalization(layer="hidden"),
        InsertLayerNormalization(layer="hidden"),
    )
    new = blueprint.build(edits, seed=1)
    x = np.array([[3, 4, 0, 0, 0]])
    before = new(x).numpy()
    table = new.get_layer("words").embeddings
    table.assign(np.concatenate([np.full((1, 4), 9.0), table.numpy()[1:]]))
    np.testing.assert_array_equal(new(x), before)


def test_p12_edits_reach_the_layer_inside_a_wrapper():
    model = functional(
        lambda x: layers.TimeDistributed(layers.Dense(3, activation="tanh"), name="each")(
            layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(x)
        ),
        shape=(5, 4),
    )
    edits = (
        InsertDropout(layer="both", rate=0.3),
        SetActivation(layer="both", activation=Activation.SOFTSIGN),
        SetActivation(layer="each", activation=Activation.RELU),
        SetL2(layer="both", factor=0.1),
    )
    new = read(model).build(edits, seed=1)
    both, each = new.get_layer("both"), new.get_layer("each")
    assert both.forward_layer.dropout == both.backward_layer.dropout == 0.3
    assert both.backward_layer.activation is keras.activations.softsign
    assert both.forward_layer.recurrent_activation is keras.activations.sigmoid
    assert each.layer.activation is keras.activations.relu
    assert len(new.losses) == 2


def test_p13_batch_normalisation_comes_before_dropout():
    model = sequential(layers.Dense(8, activation="relu", name="hidden"))
    edits = (InsertDropout(layer="hidden", rate=0.3), InsertBatchNormalization(layer="hidden"))
    new = read(model).build(edits, seed=1)
    assert [type(layer).__name__ for layer in new.layers] == [
        *("Dense", "BatchNormalization", "Activation", "Dropout", "Dense")
    ]


class AddsLoss(layers.Layer):
    def call(self, x):
        self.add_loss(keras.ops.mean(x**2))
        return x


def test_p14_added_losses_stay_and_frozen_penalties_add_nothing():
    model = sequential(AddsLoss(), layers.Dense(3, name="hidden"))
    new = read(model).build((), seed=1)
    new(X)
    assert len(new.losses) == 1
    model.get_layer("hidden").trainable = False
    new = read(compiled(model)).build((SetL2(layer="hidden", factor=0.1),), seed=1)
    new(X)
    assert len([loss for loss in new.losses if float(loss) != 0.0]) <= 2


def test_p15_a_head_that_others_depend_on_keeps_its_units():
    inputs = keras.Input((4,))
    x = layers.Dense(4, name="out")(inputs)
    model = compiled(keras.Model(inputs, layers.Reshape((2, 2), name="form")(x)))
    with pytest.raises(UnsupportedModelError, match="'form'"):
        read(model).build((SetOutput(output=0, activation=Activation.LINEAR, units=6),), seed=1)


def test_p16_an_edit_that_adds_state_keeps_the_other_weights():
    inputs = keras.Input((5, 4))
    x = layers.MultiHeadAttention(2, 2, name="attention")(inputs, inputs)
    model = compiled(keras.Model(inputs, layers.Dense(1)(x)))
    values = [np.full(v.shape, 0.5 + i) for i, v in enumerate(model.get_layer("attention").weights)]
    model.get_layer("attention").set_weights(values)
    new = read(model).build((InsertDropout(layer="attention", rate=0.3),), seed=1)
    attention = new.get_layer("attention")
    assert attention.dropout == 0.3
    for value, weight in zip(values, attention.get_weights(), strict=True):
        np.testing.assert_array_equal(value, weight)


def test_names_of_inserted_layers_are_unique():
    model = sequential(
        layers.Dense(4, name="hidden"), layers.Dense(4, name="hidden_kd_dropout", activation="relu")
    )
    new = read(model).build((InsertDropout(layer="hidden", rate=0.3),), seed=1)
    assert "hidden_kd_dropout_2" in [layer.name for layer in new.layers]


def test_the_random_state_of_the_user_stays():
    model = sequential(layers.Dense(4, name="hidden"), layers.Dropout(0.3))
    random.seed(3)
    np.random.seed(3)
    expected = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    blueprint = read(model)
    blueprint.build((InsertDropout(layer="hidden", rate=0.2),), seed=5)
    assert (random.random(), np.random.random()) == expected


def test_a_layer_in_a_frozen_model_can_be_unfrozen_alone():
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, name="one"), layers.Dense(4, name="two")], name="inner"
    )
    inner.trainable = False
    model = functional(inner)
    new = read(model).build((SetTrainable(layer="inner/two", trainable=True),), seed=1)
    trained = {variable.path for variable in new.trainable_variables}
    assert {path.split("/")[-2] for path in trained} == {"two", "out"}
    assert not inner.trainable


def test_dropout_can_be_switched_off():
    model = sequential(layers.Dense(4, name="hidden"), layers.Dropout(0.5, name="noise"))
    new = read(model).build((SetDropout(layer="noise", rate=0.0),), seed=1)
    np.testing.assert_array_equal(new(X, training=True), new(X, training=False))


def test_normalisation_ignores_broken_rows_and_constant_features():
    x = X * 100.0 + 7.0
    x[:, 2] = 7.0
    x[3, 0], x[4, 1] = np.nan, np.inf
    model = sequential(layers.Dense(4, name="hidden"))
    new = read(model).build((NormalizeInput(),), seed=1, inputs=[x])
    norm = next(one for one in new.layers if isinstance(one, layers.Normalization))
    seen = np.array(norm(np.delete(x, [3, 4], axis=0)))
    np.testing.assert_allclose(seen.mean(axis=0), 0.0, atol=1e-4)
    np.testing.assert_allclose(seen.std(axis=0), [1.0, 1.0, 0.0, 1.0], atol=1e-4)


def test_normalised_inputs_are_made_larger_for_a_rescaling():
    model = sequential(layers.Rescaling(1.0 / 255.0), layers.Dense(4, name="hidden"))
    new = read(model).build((NormalizeInput(times=255.0),), seed=1, inputs=[X])
    scaled = next(one for one in new.layers if isinstance(one, layers.Rescaling))
    seen = np.array(keras.Function(new.inputs[0], scaled.output)(X))
    np.testing.assert_allclose(seen.mean(axis=0), 0.0, atol=1e-4)
    np.testing.assert_allclose(seen.std(axis=0), 1.0, atol=1e-4)
