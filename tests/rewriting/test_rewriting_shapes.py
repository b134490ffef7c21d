"""Edits that change widths, connections, inputs and decay: where they go and when not."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.errors import NotApplicableError, UnsupportedModelError
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting import effects
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import (
    AddSkip,
    FillInput,
    InsertDropout,
    NormalizeInput,
    ScaleLearningRate,
    ScaleTargets,
    SetL2,
    SetLoss,
    SetOptimizer,
    SetUnits,
    SetWeightDecay,
)
from keras_debugger.types.vocabulary import LossKind

X = np.random.default_rng(0).normal(3.0, 2.0, size=(40, 4)).astype("float32")


def chain(*, depth=4, optimizer="adam", loss="mse", before=0):
    for _ in range(before):
        layers.Dense(1)
    hidden = [layers.Dense(6, activation="relu") for _ in range(depth)]
    model = keras.Sequential([keras.Input((4,)), *hidden, layers.Dense(1)])
    model.compile(optimizer, loss)
    return model


def names(model):
    return [layer.name for layer in model.layers]


def build(model, *edits, **arguments):
    blueprint = read_blueprint(model, describe_model(model))
    return blueprint.build(edits, seed=1, inputs=[X], **arguments)


def test_names_that_keras_gave_do_not_change_the_draws():
    one, two = chain(), chain(before=7)
    assert names(one) != names(two)
    edits = [(InsertDropout(layer=names(m)[1], rate=0.3), NormalizeInput()) for m in (one, two)]
    first, second = (build(m, *own) for m, own in zip((one, two), edits, strict=True))
    for ours, theirs in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(first(X, training=True), second(X, training=True))


def test_a_skip_adds_and_leaves_the_other_draws_alone():
    model = chain()
    a, _, c, _, _ = names(model)
    plain, new = build(model), build(model, AddSkip(layer=c, source=a))
    for ours, theirs in zip(plain.get_weights(), new.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    first, second, third, *rest = plain.layers
    begin = first(X)
    x = third(second(begin)) + begin
    for layer in rest:
        x = layer(x)
    np.testing.assert_allclose(new(X), x, rtol=1e-5)


def test_skips_that_cannot_be_are_refused_by_name():
    model = chain()
    a, b, _, _, out = names(model)
    for edit, words in (
        (AddSkip(layer=a, source=b), "does not come before"),
        (AddSkip(layer=out, source=a), "its output is"),
        (AddSkip(layer=b, source="nowhere"), "no layer 'nowhere'"),
    ):
        with pytest.raises(UnsupportedModelError, match=words):
            build(model, edit)
    with pytest.raises(UnsupportedModelError, match="do not go together"):
        build(model, AddSkip(layer=b, source=a), SetUnits(layer=b, units=3))


def test_units_change_with_the_weights_of_the_next_layer():
    model = chain()
    a, b, c, *_ = names(model)
    plain, new = build(model), build(model, SetUnits(layer=b, units=3))
    assert [w.shape for w in new.get_layer(c).get_weights()] == [(3, 6), (6,)]
    for ours, theirs in zip(
        plain.get_layer(a).get_weights(), new.get_layer(a).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_layer_inside_a_wrapper_is_built_for_its_new_input():
    inputs = keras.Input((5, 4))
    x = layers.Dense(4, activation="tanh", name="hidden")(inputs)
    x = layers.RNN(layers.SimpleRNNCell(3), return_sequences=True, name="cells")(x)
    x = layers.Bidirectional(layers.GRU(2, return_sequences=True), name="both")(x)
    x = layers.TimeDistributed(layers.Dense(2), name="each")(x)
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    model.compile("sgd", "mse")
    edits = [SetUnits(layer=name, units=7) for name in ("hidden", "cells", "both")]
    new = build(model, *edits)
    rows = np.ones((6, 5, 4), "float32")
    assert np.isfinite(new.fit(rows, rows[:, 0, :1], verbose=0).history["loss"]).all()
    assert new.get_layer("cells").cell.kernel.shape == (7, 7)


def test_pretrained_weights_of_another_shape_are_not_lost():
    model = chain()
    a, b, *_ = names(model)
    model.get_layer(b).set_weights([np.full((6, 6), 0.7), np.ones(6)])
    with pytest.raises(UnsupportedModelError, match=f"'{b}' keeps weights .* pretrained"):
        build(model, SetUnits(layer=a, units=3))


@pytest.mark.parametrize("before", [True, False])
def test_broken_values_become_the_mean_inside_the_saved_model(before, tmp_path):
    x = np.array(X)
    x[3, 1], x[5, 2], x[7] = np.nan, np.inf, np.nan
    edits = (FillInput(), NormalizeInput()) if before else (NormalizeInput(), FillInput())
    model = chain()
    blueprint = read_blueprint(model, describe_model(model))
    new = blueprint.build(edits, seed=1, inputs=[x])
    finite = np.where(np.isfinite(x), x, np.nan)
    mean = np.nanmean(finite, axis=0)
    reach = np.nanmax(np.abs(finite - mean), axis=0)
    filled = np.where(np.isnan(x), mean, np.where(np.isinf(x), mean + np.sign(x) * reach, x))
    np.testing.assert_allclose(
        new.predict(x, verbose=0), new.predict(filled, verbose=0), rtol=1e-4, atol=1e-5
    )
    history = new.fit(x, X[:, :1], verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    new.save(tmp_path / "filled.keras")
    loaded = keras.models.load_model(tmp_path / "filled.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), new.predict(x, verbose=0))


def test_decay_is_a_share_of_a_weight_whatever_rate_and_order():
    model = chain(optimizer=keras.optimizers.SGD(0.1))
    decay = SetWeightDecay(factor=0.05)
    for edits, rate in (
        ((decay,), 0.1),
        ((decay, ScaleLearningRate(factor=0.1)), 0.01),
        ((SetOptimizer(name="adam", learning_rate=1e-3), decay), 1e-3),
    ):
        new = build(model, *edits, steps=100)
        assert new.optimizer.weight_decay * rate == pytest.approx(0.005)
    with pytest.raises(NotApplicableError, match="unknown number of steps"):
        build(model, decay)


@pytest.mark.parametrize("loss", [LossKind.MEAN_ABSOLUTE_ERROR, LossKind.HUBER])
def test_a_loss_and_the_scale_of_its_targets_come_in_any_order(loss):
    model = chain()
    edits = (SetLoss(output=0, loss=loss), ScaleTargets(output=0, mean=100.0, sd=20.0))
    y = 100.0 + 20.0 * X[:, :1]
    one, two = (build(model, *order) for order in (edits, edits[::-1]))
    assert one.evaluate(X, y, verbose=0) == two.evaluate(X, y, verbose=0)
    assert type(one.loss) is type(two.loss)


def test_an_effect_that_is_missing_is_found():
    still = layers.Dropout(0.0)
    inputs = keras.Input((4,))
    model = keras.Model(inputs, still(inputs))
    assert effects.no_noise(still) == "it drops nothing in training"
    gru = layers.GRU(3)
    gru(keras.Input((5, 2)))
    assert effects.no_recurrent_noise(gru) == "it drops nothing in training"
    penalised = layers.Dense(2, kernel_regularizer="l2")
    penalised(keras.Input((4,)))
    assert "0 in all" in effects.no_penalty(penalised, model)
    assert effects.no_sum(AddSkip(layer="a", source="b"), {})
    assert effects.no_layer_behind_input(NormalizeInput(), model, [X])
    assert effects.no_rescaling(ScaleTargets(output=0, mean=1.0, sd=2.0), model)


def test_trying_an_effect_leaves_the_state_alone():
    model = chain()
    edits = (InsertDropout(layer=names(model)[0], rate=0.2), SetL2(layer=names(model)[1], factor=1))
    one, two = build(model, *edits), build(model, *edits)
    for ours, theirs in zip(one.variables, two.variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_the_start_is_told():
    model = chain()
    a, b, c, *_ = names(model)
    read = read_blueprint(model, describe_model(model))
    assert read.start_notes() == ("Every training starts from fresh weights that its seed draws.",)
    model.get_layer(a).trainable = False
    model.get_layer(b).set_weights([np.full((6, 6), 0.7), np.ones(6)])
    model.get_layer(c).set_weights([np.full((6, 6), np.nan), np.ones(6)])
    model.compile("adam", "mse")
    told = " ".join(read_blueprint(model, describe_model(model)).start_notes())
    assert f"'{a}' begins with weights that are not trained" in told
    assert f"'{b}' begins with weights that are no draw of an initializer" in told
    assert f"'{c}' gets fresh weights, because the known ones hold NaN" in told


def test_effects_that_are_not_there_are_told_of_attention_and_initial_values():
    inputs = keras.Input((5, 4))
    for rate, told in ((0.0, "it drops nothing in training"), (0.3, "")):
        attention = layers.MultiHeadAttention(2, 4, dropout=rate)
        attention(inputs, inputs)
        assert effects.no_attention_noise(attention) == told
        plain = layers.Attention(dropout=rate)
        plain([inputs, inputs])
        assert effects.no_attention_noise(plain) == told
    dense = layers.Dense(32, kernel_initializer="random_uniform")
    dense.build((None, 32))
    assert "kernel has a standard deviation of" in effects.not_drawn_anew(dense, "kernel", "ones")
    for name in ("he_normal", "orthogonal", "zeros"):
        assert effects.not_drawn_anew(dense, "kernel", name)
        again = layers.Dense(32, kernel_initializer=name)
        again.build((None, 32))
        assert effects.not_drawn_anew(again, "kernel", name) == ""
