"""Calls that fix `training`, and layers that learn their bias only."""

import keras
import numpy as np
import pytest
from described_models import ROWS, record_for

from keras_debugger.checks.model.bias_only_layers import BiasOnlyLayers
from keras_debugger.checks.model.fixed_training_argument import FixedTrainingArgument
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import CauseKind, Severity

layers = keras.layers


def block(*inside):
    return keras.Sequential([keras.Input((6,)), *inside], name="block")


def model_of(call):
    """A functional model whose middle is what `call` makes of the input."""
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Dense(1)(call(inputs)))
    model.compile("sgd", "mse")
    return model


def normalised(x, *, frozen=False, **arguments):
    layer = layers.BatchNormalization(name="norm")
    layer.trainable = not frozen
    return layer(x, **arguments)


def test_batch_norm_called_for_inference_still_learns_in_fit():
    model = model_of(lambda x: normalised(x, training=False))
    (finding,) = FixedTrainingArgument().run(record_for(model))
    assert finding.place == "norm"
    assert "training=False, which fit overrides" in finding.summary
    before = model.get_layer("norm").moving_mean.numpy().copy()
    x = np.random.default_rng(0).normal(3.0, 1.0, (ROWS, 6))
    model.fit(x, x[:, :1], verbose=0)
    assert np.abs(model.get_layer("norm").moving_mean.numpy() - before).max() > 0.0


def test_dropout_called_for_training_drops_nothing_in_predict():
    model = model_of(lambda x: layers.Dropout(0.5, name="drop")(x, training=True))
    (finding,) = FixedTrainingArgument().run(record_for(model))
    assert finding.place == "drop"
    assert finding.severity is Severity.NOTE
    x = np.ones((4, 6))
    np.testing.assert_array_equal(model.predict(x, verbose=0), model.predict(x, verbose=0))


def test_a_nested_model_is_looked_into():
    inner = block(layers.BatchNormalization(name="norm"))
    (finding,) = FixedTrainingArgument().run(
        record_for(model_of(lambda x: inner(x, training=False)))
    )
    assert finding.place == "block/norm"


@pytest.mark.parametrize(
    "call",
    [
        normalised,
        lambda x: normalised(x, frozen=True, training=False),
        lambda x: layers.Dropout(0.5)(x),
        lambda x: layers.Dense(3)(x),
        lambda x: block(layers.Dropout(0.2), layers.BatchNormalization())(x),
    ],
    ids=["nothing said", "frozen", "dropout", "dense", "nested"],
)
def test_usual_calls_are_silent(call):
    assert FixedTrainingArgument().run(record_for(model_of(call))) == ()


def recorded_model(*, fixed):
    """A real run of a model with one layer whose kernel is fixed or not."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(8, "relu", name="hidden"), layers.Dense(1, name="answer")]
    )
    model.get_layer("hidden").kernel.trainable = not fixed
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(ROWS, 6))
    recorder = Recorder(probe_data=(x, x[:, :1]))
    model.fit(x, x[:, :1], epochs=2, verbose=0, callbacks=[recorder])
    return recorder.record


def test_a_fixed_kernel_leaves_the_bias_alone():
    (finding,) = BiasOnlyLayers().run(recorded_model(fixed=True))
    assert finding.place == "hidden"
    assert finding.value == 1.0
    assert finding.causes == (CauseKind.FROZEN_LAYERS,)


def test_a_whole_layer_is_silent():
    assert BiasOnlyLayers().run(recorded_model(fixed=False)) == ()
