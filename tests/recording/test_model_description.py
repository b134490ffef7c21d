import functools

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.recording.model_description import (
    describe_model,
    resolve_activation,
    resolve_kind,
    resolve_loss,
    walk_layers,
)
from keras_debugger.types.vocabulary import Activation, LayerKind, LossKind, ModelKind


def by_path(description):
    return {layer.path: layer for layer in description.layers}


def own_loss(y, p):
    return keras.ops.mean(keras.ops.abs(y - p))


class TwoLayers(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(3, activation="relu", name="same")
        self.second = keras.Sequential([layers.Dense(2, name="same"), layers.Dense(1)], name="tail")

    def call(self, inputs):
        return self.second(self.first(inputs))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, Activation.LINEAR),
        ("relu", Activation.RELU),
        ("swish", Activation.SILU),
        ("mish", Activation.OTHER),
        ("no such thing", Activation.OTHER),
        (keras.activations.softmax, Activation.SOFTMAX),
        (keras.ops.sigmoid, Activation.SIGMOID),
        (layers.LeakyReLU(), Activation.LEAKY_RELU),
        (layers.ReLU(max_value=6), Activation.RELU6),
        (layers.ReLU(negative_slope=0.1), Activation.LEAKY_RELU),
        (layers.Activation("tanh"), Activation.TANH),
        (layers.Softmax(), Activation.SOFTMAX),
        (lambda x: x, Activation.OTHER),
    ],
)
def test_activations_by_identity(given, expected):
    assert resolve_activation(given) is expected


def test_an_activation_of_tensorflow_is_known():
    tensorflow = pytest.importorskip("tensorflow")
    assert resolve_activation(tensorflow.nn.relu) is Activation.RELU
    assert resolve_activation(tensorflow.tanh) is Activation.TANH


@pytest.mark.parametrize(
    ("given", "kind", "logits"),
    [
        ("mse", LossKind.MEAN_SQUARED_ERROR, None),
        ("binary_crossentropy", LossKind.BINARY_CROSSENTROPY, False),
        (keras.losses.BinaryCrossentropy(from_logits=True), LossKind.BINARY_CROSSENTROPY, True),
        (
            functools.partial(keras.losses.categorical_crossentropy, from_logits=True),
            LossKind.CATEGORICAL_CROSSENTROPY,
            True,
        ),
        (keras.losses.SquaredHinge(), LossKind.HINGE, None),
        (keras.losses.BinaryFocalCrossentropy(from_logits=True), LossKind.OTHER, True),
        (own_loss, LossKind.OTHER, None),
        (None, LossKind.OTHER, None),
        ("no such loss", LossKind.OTHER, None),
    ],
)
def test_losses_by_identity_or_type(given, kind, logits):
    found, name, from_logits = resolve_loss(given)
    assert (found, from_logits) == (kind, logits)
    assert name


def test_a_subclass_of_a_loss_with_its_own_formula_is_another_loss():
    class Mine(keras.losses.MeanSquaredError):
        def call(self, y_true, y_pred):
            return keras.ops.abs(y_true - y_pred)

    assert resolve_loss(Mine())[:2] == (LossKind.OTHER, "Mine")


def test_an_unbuilt_sequential_model():
    model = keras.Sequential([layers.Dense(4, "relu"), layers.Dense(3), layers.Softmax()])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    description = describe_model(model)
    assert not model.built
    assert description.kind is ModelKind.SEQUENTIAL
    assert description.parameters == 0
    (output,) = description.outputs
    assert output.layer == model.layers[1].name
    assert (output.activation, output.units) == (Activation.SOFTMAX, 3)
    assert output.loss is LossKind.SPARSE_CATEGORICAL_CROSSENTROPY
    assert description.metrics == ("accuracy",)


@pytest.mark.parametrize(
    ("head", "inner"),
    [
        ([layers.Dense(3), layers.Softmax()], ()),
        ([layers.Dense(3, "softmax")], ()),
        ([layers.Dense(3, "linear"), layers.Activation("linear"), layers.Softmax()], ()),
        ([layers.Dense(3, "relu"), layers.Softmax()], (Activation.RELU,)),
        (
            [layers.Dense(3), layers.ReLU(), layers.Dropout(0.1), layers.Softmax()],
            (Activation.RELU,),
        ),
        (
            [layers.Dense(3, "relu"), layers.Activation("sigmoid"), layers.Softmax()],
            (Activation.RELU, Activation.SIGMOID),
        ),
        ([layers.Dense(3, "relu"), layers.BatchNormalization(), layers.Softmax()], ()),
        ([layers.Dense(3, "tanh"), layers.Rescaling(10.0), layers.Softmax()], (Activation.OTHER,)),
    ],
)
def test_activations_in_front_of_the_last_one(head, inner):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"), *head])
    model.compile("sgd", "sparse_categorical_crossentropy")
    (output,) = describe_model(model).outputs
    assert output.activation is Activation.SOFTMAX
    assert output.inner == inner


def test_an_operation_may_be_the_last_activation():
    start = keras.Input((4,))
    model = keras.Model(start, keras.ops.softmax(layers.Dense(3, "relu")(start)))
    model.compile("sgd", "sparse_categorical_crossentropy")
    (output,) = describe_model(model).outputs
    assert (output.activation, output.inner) == (Activation.SOFTMAX, (Activation.RELU,))


def test_a_built_sequential_model_is_a_chain():
    model = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(4, 3, padding="same", kernel_regularizer=keras.regularizers.L2(0.02)),
            layers.BatchNormalization(momentum=0.5),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.25),
            layers.Dense(10, kernel_initializer="he_normal"),
        ]
    )
    description = describe_model(model)
    names = [layer.name for layer in model.layers]
    assert [layer.feeds for layer in description.layers] == [(name,) for name in names[1:]] + [()]
    conv, norm, relu, pool, flat, dropout, dense = description.layers
    assert (conv.kind, conv.units, conv.l2) == (LayerKind.CONV, 4, 0.02)
    assert (norm.kind, norm.momentum) == (LayerKind.NORMALIZATION, 0.5)
    assert relu.activation is Activation.RELU
    assert [pool.kind, flat.kind] == [LayerKind.POOLING, LayerKind.RESHAPE]
    assert dropout.dropout == 0.25
    assert dense.kernel_initializer == "HeNormal"
    assert dense.is_output
    assert dense.output_shape == (None, 10)
    assert description.parameters == model.count_params()
    assert description.outputs[0].rank == 2
    assert description.outputs[0].activation is Activation.LINEAR
    assert description.optimizer is None
    assert description.inputs[0].shape == (8, 8, 1)


def branched():
    """Two inputs, a layer called twice, a nested model called on a tensor, two named outputs."""
    left, right = layers.Input((4,), name="left"), layers.Input((4,), name="right")
    shared = layers.Dense(4, "tanh", name="shared")
    inside = layers.Input((4,), name="inside")
    nested = keras.Model(inside, layers.Dense(3, name="deep")(inside), name="nested")
    merged = layers.Add(name="sum")([shared(left), shared(shared(right))])
    first = layers.Activation("softmax", name="answer")(nested(merged))
    second = layers.Dense(1, "sigmoid", name="flag")(merged)
    return keras.Model([left, right], {"class": first, "flag": second})


def test_a_functional_model_with_shared_and_nested_layers():
    model = branched()
    model.compile(
        "adam",
        {"class": "categorical_crossentropy", "flag": keras.losses.BinaryCrossentropy()},
        metrics={"class": ["accuracy"], "flag": [keras.metrics.AUC(name="area")]},
    )
    weights = [np.array(w) for w in model.get_weights()]
    description = describe_model(model)
    found = by_path(description)
    assert description.kind is ModelKind.FUNCTIONAL
    assert found["left"].feeds == ("shared",)
    assert set(found["shared"].feeds) == {"shared", "sum"}
    assert set(found["sum"].feeds) == {"nested/inside", "flag"}
    assert found["nested/deep"].feeds == ("answer",)
    assert found["nested"].kind is LayerKind.MODEL
    outputs = {output.name: output for output in description.outputs}
    assert outputs["class"].layer == "nested/deep"
    assert outputs["class"].activation is Activation.SOFTMAX
    assert outputs["class"].loss is LossKind.CATEGORICAL_CROSSENTROPY
    assert (outputs["flag"].layer, outputs["flag"].units) == ("flag", 1)
    assert outputs["flag"].loss is LossKind.BINARY_CROSSENTROPY
    assert description.metrics == ("accuracy", "area")
    assert {layer.path for layer in description.hidden} == {"shared"}
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_losses_in_a_list_go_by_position():
    model = branched()
    model.compile("adam", ["categorical_crossentropy", None])
    found = [(output.name, output.loss_name) for output in describe_model(model).outputs]
    assert found == [("class", "categorical_crossentropy"), ("flag", "none")]


def test_operations_in_the_graph_are_looked_through():
    inputs = layers.Input((4,))
    hidden = layers.Dense(3, name="last")(inputs)
    model = keras.Model(inputs, keras.ops.softmax(hidden * 2.0))
    (output,) = describe_model(model).outputs
    assert (output.layer, output.activation) == ("last", Activation.SOFTMAX)
    unknown = keras.Model(inputs, hidden * 2.0)
    assert describe_model(unknown).outputs[0].activation is Activation.OTHER


def test_a_rescaling_behind_an_activation_hides_its_range():
    inputs = layers.Input((4,))
    bounded = keras.Model(inputs, layers.Rescaling(9.0)(layers.Dense(1, "sigmoid")(inputs)))
    linear = keras.Model(inputs, layers.Rescaling(9.0)(layers.Dense(1)(inputs)))
    assert describe_model(bounded).outputs[0].activation is Activation.OTHER
    assert describe_model(linear).outputs[0].activation is Activation.LINEAR


def test_wrappers_tell_of_the_layer_inside():
    model = keras.Sequential(
        [
            layers.Input((None,)),
            layers.Embedding(10, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True, dropout=0.2)),
            layers.TimeDistributed(layers.Dense(1, "sigmoid")),
        ]
    )
    embedding, both, each = describe_model(model).layers
    assert (embedding.kind, embedding.units) == (LayerKind.EMBEDDING, 4)
    assert both.kind is LayerKind.WRAPPER
    assert (both.activation, both.recurrent_activation) == (Activation.TANH, Activation.SIGMOID)
    assert both.dropout == 0.2
    assert each.activation is Activation.SIGMOID
    assert describe_model(model).outputs[0].rank == 3


def test_a_recurrent_cell_tells_its_activation():
    layer = layers.RNN(layers.SimpleRNNCell(4, activation="relu"))
    model = keras.Sequential([layers.Input((5, 2)), layer])
    (found,) = describe_model(model).layers
    assert (found.kind, found.activation, found.units) == (
        LayerKind.RECURRENT,
        Activation.RELU,
        4,
    )


def test_a_subclassed_model_before_and_after_it_is_built():
    model = TwoLayers()
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9, global_clipnorm=2.0), own_loss)
    for _ in range(2):
        description = describe_model(model)
        assert description.kind is ModelKind.SUBCLASSED
        assert [layer.path for layer in description.layers][:2] == ["same", "tail"]
        assert "tail/same" in by_path(description)
        assert description.outputs[0].loss_name == "own_loss"
        assert description.outputs[0].activation is Activation.OTHER
        assert not description.own_train_step
        model(np.zeros((2, 4), "float32"))
    assert description.parameters == model.count_params()
    assert description.optimizer.momentum == pytest.approx(0.9)
    assert description.optimizer.global_clipnorm == 2.0


def test_two_layers_of_one_name_get_two_paths():
    class Twins(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = [layers.Dense(2, name="twin"), layers.Dense(2, name="twin")]

    assert [path for path, _ in walk_layers(Twins())] == ["twin", "twin#2"]


def test_a_train_step_of_its_own_is_seen_and_the_graph_still_read():
    class Mine(keras.Model):
        def train_step(self, data):
            return super().train_step(data)

    inputs = layers.Input((4,))
    model = Mine(inputs, layers.Dense(1, name="last")(inputs))
    description = describe_model(model)
    assert description.own_train_step
    assert description.kind is ModelKind.FUNCTIONAL
    assert description.outputs[0].layer == "last"


def test_the_optimizer_inside_a_loss_scaling_one_and_its_schedule():
    schedule = keras.optimizers.schedules.CosineDecay(0.25, 100)
    inner = keras.optimizers.AdamW(schedule, clipnorm=1.0, weight_decay=0.01)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.LossScaleOptimizer(inner), "mse", jit_compile=False)
    optimizer = describe_model(model).optimizer
    assert (optimizer.name, optimizer.schedule) == ("adamw", "CosineDecay")
    assert optimizer.learning_rate == pytest.approx(0.25)
    assert (optimizer.clipnorm, optimizer.weight_decay) == (1.0, 0.01)


def test_a_schedule_that_cannot_be_read_is_still_seen():
    class Mine(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.5

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(Mine()), "mse")
    optimizer = describe_model(model).optimizer
    assert optimizer.schedule
    assert optimizer.learning_rate == 0.5


def test_a_frozen_layer_trains_nothing():
    model = keras.Sequential([layers.Input((4,)), layers.Dense(2), layers.Dense(1)])
    model.layers[0].trainable = False
    frozen, free = describe_model(model).layers
    assert (frozen.trainable, frozen.trainable_parameters, frozen.parameters) == (False, 0, 10)
    assert free.trainable_parameters == 3


def test_describing_draws_nothing_at_random():
    import random

    model = branched()
    random.seed(1)
    np.random.seed(1)
    states = random.getstate(), np.random.get_state()[1].copy()
    describe_model(model)
    assert random.getstate() == states[0]
    np.testing.assert_array_equal(np.random.get_state()[1], states[1])


def test_layers_of_unknown_class_say_so():
    class Mine(layers.Layer):
        def call(self, inputs):
            return inputs

    assert resolve_kind(Mine()) is LayerKind.OTHER
    model = keras.Sequential([layers.Input((4,)), layers.Dense(2, name="last"), Mine()])
    (output,) = describe_model(model).outputs
    assert (output.layer, output.activation) == ("last", Activation.OTHER)


def test_many_branches_without_weights_take_no_time():
    hidden = layers.Dense(4, name="last")(layers.Input((4,), name="start"))
    start = hidden
    for _ in range(40):
        hidden = layers.Add()([hidden, layers.Dropout(0.1)(hidden)])
    model = keras.Model(keras.utils.get_source_inputs(start), hidden)
    (output,) = describe_model(model).outputs
    assert (output.layer, output.activation) == ("last", Activation.LINEAR)


def test_losses_that_layers_add_are_not_added_by_looking():
    class Penalty(layers.Layer):
        def call(self, inputs):
            self.add_loss(keras.ops.mean(inputs))
            return inputs

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1), Penalty()])
    describe_model(model)
    inputs = layers.Input((4,))
    functional = keras.Model(inputs, Penalty()(layers.Dense(1)(inputs)))
    describe_model(functional)
    assert model.losses == functional.losses == []
