"""Layers, penalties and initial weights."""

import keras
import numpy as np
import pytest
from described_models import classifier, compiled, labels, record_for

from keras_debugger.checks.model.batch_norm_lag import BatchNormLag
from keras_debugger.checks.model.capacity import ManyWeightsForFewRows
from keras_debugger.checks.model.constant_weights import ConstantWeights
from keras_debugger.checks.model.depth import DeepWithoutNormalisation
from keras_debugger.checks.model.dropout_before_batch_norm import DropoutBeforeBatchNorm
from keras_debugger.checks.model.dropout_on_output import DropoutOnOutput
from keras_debugger.checks.model.dropout_too_strong import DropoutTooStrong
from keras_debugger.checks.model.frozen_layers import FrozenLayers
from keras_debugger.checks.model.missing_nonlinearity import MissingNonlinearity
from keras_debugger.checks.model.own_loss_breaks import OwnLossBreaks
from keras_debugger.checks.model.penalty_too_strong import PenaltyTooStrong
from keras_debugger.checks.model.saturating_stack import SaturatingStack
from keras_debugger.checks.model.unbounded_recurrence import UnboundedRecurrence
from keras_debugger.checks.model.weights_of_wrong_scale import WeightsOfWrongScale
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom

Dense = keras.layers.Dense


@pytest.mark.parametrize(
    "check",
    [
        BatchNormLag(),
        ConstantWeights(),
        DeepWithoutNormalisation(),
        DropoutBeforeBatchNorm(),
        DropoutOnOutput(),
        DropoutTooStrong(),
        FrozenLayers(),
        ManyWeightsForFewRows(),
        MissingNonlinearity(),
        OwnLossBreaks(),
        PenaltyTooStrong(),
        SaturatingStack(),
        UnboundedRecurrence(),
        WeightsOfWrongScale(),
    ],
    ids=lambda check: check.code,
)
def test_the_healthy_twin_is_silent(check, healthy):
    assert check.run(healthy) == ()


def test_hidden_layers_without_activation():
    record = record_for(compiled(Dense(8, name="first"), Dense(8), Dense(1)))
    (finding,) = MissingNonlinearity().run(record)
    assert finding.place == "first"
    assert finding.value == 2.0
    assert finding.causes == (CauseKind.MISSING_NONLINEARITY,)
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "between",
    [
        [keras.layers.ReLU],
        [keras.layers.BatchNormalization, keras.layers.ReLU],
        [lambda: keras.layers.Activation("tanh")],
        [keras.layers.PReLU],
    ],
)
def test_an_activation_layer_is_a_non_linearity(between):
    layers = [Dense(8), *[make() for make in between], Dense(1)]
    assert MissingNonlinearity().run(record_for(compiled(*layers))) == ()


@pytest.mark.parametrize(
    "between",
    [
        [keras.layers.BatchNormalization, lambda: keras.layers.Dropout(0.1)],
        [lambda: keras.layers.Activation("linear")],
    ],
)
def test_linear_layers_between_are_none(between):
    layers = [Dense(8), *[make() for make in between], Dense(1)]
    (finding,) = MissingNonlinearity().run(record_for(compiled(*layers)))
    assert finding.severity is Severity.WARNING


def test_one_linear_bottleneck_is_a_note():
    layers = [Dense(8, activation="relu"), Dense(2), Dense(8, activation="relu"), Dense(1)]
    (finding,) = MissingNonlinearity().run(record_for(compiled(*layers)))
    assert finding.severity is Severity.NOTE


def test_a_linear_regression_has_no_hidden_layer():
    assert MissingNonlinearity().run(record_for(compiled(Dense(1)))) == ()


def test_residual_sum_then_relu_is_no_missing_non_linearity():
    inputs = keras.Input((8,))
    branch = Dense(8)(Dense(8, activation="relu")(inputs))
    joined = keras.layers.ReLU()(keras.layers.Add()([inputs, branch]))
    model = keras.Model(inputs, Dense(1)(joined))
    model.compile("adam", "mse")
    assert MissingNonlinearity().run(record_for(model)) == ()


def test_all_frozen_is_an_error_and_a_frozen_base_a_note():
    model = classifier(3, "softmax", "sparse_categorical_crossentropy")
    model.trainable = False
    (finding,) = FrozenLayers().run(record_for(model))
    assert finding.severity is Severity.ERROR
    assert finding.symptom is Symptom.NO_LEARNING
    model.trainable = True
    hidden = model.layers[0]
    hidden.trainable = False
    (finding,) = FrozenLayers().run(record_for(model))
    assert finding.severity is Severity.WARNING
    assert "random" in finding.summary
    hidden.bias.assign(np.linspace(-1.0, 1.0, hidden.units))  # as training leaves it
    hidden.kernel.assign(1.1 * hidden.kernel)
    (finding,) = FrozenLayers().run(record_for(model))
    assert finding.severity is Severity.NOTE
    assert finding.place == "hidden"


def test_a_frozen_last_layer_is_a_warning():
    model = classifier(3, "softmax", "sparse_categorical_crossentropy")
    model.layers[-1].trainable = False
    (finding,) = FrozenLayers().run(record_for(model))
    assert finding.severity is Severity.WARNING
    assert finding.causes == (CauseKind.FROZEN_LAYERS,)


def test_adapted_preprocessing_is_not_called_frozen():
    normalise = keras.layers.Normalization()
    normalise.adapt(np.array([[0.0] * 6, [2.0] * 6]))
    assert FrozenLayers().run(record_for(compiled(normalise, Dense(1)))) == ()


@pytest.mark.parametrize(
    ("penalty", "value"),
    [(keras.regularizers.L2(0.3), 0.3), (keras.regularizers.L1(0.05), 0.05)],
)
def test_strong_penalties(penalty, value):
    layers = [Dense(8, activation="relu", kernel_regularizer=penalty, name="heavy"), Dense(1)]
    (finding,) = PenaltyTooStrong().run(record_for(compiled(*layers)))
    assert finding.place == "heavy"
    assert finding.value == pytest.approx(value)
    weak = keras.regularizers.L2(1e-3)
    layers = [Dense(8, activation="relu", kernel_regularizer=weak), Dense(1)]
    assert PenaltyTooStrong().run(record_for(compiled(*layers))) == ()


def test_dropout_too_strong_on_the_output_and_before_batch_norm():
    layers = [
        Dense(8, activation="relu"),
        keras.layers.Dropout(0.8, name="heavy"),
        keras.layers.BatchNormalization(),
        Dense(1),
        keras.layers.Dropout(0.2, name="last"),
    ]
    record = record_for(compiled(*layers))
    (strong,) = DropoutTooStrong().run(record)
    assert (strong.place, strong.value) == ("heavy", pytest.approx(0.8))
    (on_output,) = DropoutOnOutput().run(record)
    assert on_output.place == "last"
    assert on_output.severity is Severity.ERROR
    (before,) = DropoutBeforeBatchNorm().run(record)
    assert before.place == "heavy"
    assert before.severity is Severity.NOTE


def test_usual_dropout_is_silent():
    layers = [Dense(8, activation="relu"), keras.layers.Dropout(0.5), Dense(1)]
    record = record_for(compiled(*layers))
    for check in (DropoutTooStrong(), DropoutOnOutput(), DropoutBeforeBatchNorm()):
        assert check.run(record) == ()


def test_recurrent_relu_and_its_bounded_twin():
    def model(activation):
        return compiled(
            keras.layers.LSTM(4, activation=activation, name="memory"), Dense(1), shape=(5, 2)
        )

    (finding,) = UnboundedRecurrence().run(record_for(model("relu")))
    assert finding.place == "memory"
    assert finding.causes == (CauseKind.UNBOUNDED_RECURRENT_ACTIVATION,)
    assert UnboundedRecurrence().run(record_for(model("tanh"))) == ()


def test_bidirectional_relu_is_found_inside_its_wrapper():
    inner = keras.layers.GRU(4, activation="relu")
    record = record_for(compiled(keras.layers.Bidirectional(inner), Dense(1), shape=(5, 2)))
    (finding,) = UnboundedRecurrence().run(record)
    assert finding.severity is Severity.WARNING


def test_constant_weights_are_named_with_their_value(recorded):
    (finding,) = ConstantWeights().run(recorded(kernel="zeros"))
    assert finding.place == "digits/hidden_0/kernel"
    assert finding.value == 0.0
    assert finding.step == 0
    assert finding.severity is Severity.ERROR
    (ones,) = ConstantWeights().run(recorded(kernel="ones", optimizer="sgd"))
    assert "begin at 1" in ones.summary


def test_large_weights_and_biases(recorded):
    record = recorded(kernel="normal 3.0", activation="tanh")
    (finding,) = WeightsOfWrongScale().run(record)
    assert finding.place == "digits/hidden_0/kernel"
    assert finding.value == pytest.approx(3.0 * 8.0, rel=0.05)  # fan in 64
    assert finding.causes == (CauseKind.BAD_INITIALIZATION,)
    (bias,) = WeightsOfWrongScale().run(recorded(bias=-3.0))
    assert bias.place == "digits/hidden_0/bias"
    assert bias.value == pytest.approx(-3.0)


@pytest.mark.parametrize("kernel", ["he_normal", "lecun_uniform", "orthogonal"])
def test_usual_initializers_are_silent(recorded, kernel):
    record = recorded(kernel=kernel)
    assert WeightsOfWrongScale().run(record) == ()
    assert ConstantWeights().run(record) == ()


def test_sigmoid_stack_that_learns_nothing(recorded):
    record = recorded(hidden=(24,) * 6, activation="sigmoid", optimizer="sgd", rate=0.05)
    (finding,) = SaturatingStack().run(record)
    assert finding.value == 6.0
    assert finding.severity is Severity.ERROR
    assert finding.causes == (CauseKind.SATURATING_ACTIVATION,)


def test_size_and_depth_are_notes():
    deep = [Dense(8, activation="relu") for _ in range(11)]
    (finding,) = DeepWithoutNormalisation().run(record_for(compiled(*deep, Dense(1))))
    assert (finding.severity, finding.value) == (Severity.NOTE, 12.0)
    wide = compiled(Dense(200, activation="relu"), Dense(1))
    (finding,) = ManyWeightsForFewRows().run(record_for(wide, labels("numbers")))
    assert finding.severity is Severity.NOTE
    assert finding.value == pytest.approx((6 * 200 + 200 + 201) / 60)
