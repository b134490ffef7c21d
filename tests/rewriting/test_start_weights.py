"""From which weights the new model starts."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.recording.model_description import describe_model
from keras_debugger.recording.step.initial_weights import copy_weights
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import InsertDropout, SetInitializer, SetTrainable

X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
Y = X[:, :1]


def network(*, seed=None, frozen=False):
    kernel = keras.initializers.GlorotUniform(seed=seed)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(32, activation="relu", kernel_initializer=kernel, name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.3, seed=seed, name="noise"),
            layers.Dense(16, activation="relu", name="second"),
            layers.Dense(1, name="out"),
        ]
    )
    model.get_layer("hidden").trainable = not frozen
    model.compile("sgd", "mse")
    return model


def read(model):
    return read_blueprint(model, describe_model(model))


def weights(model, layer):
    return model.get_layer(layer).get_weights()


def equal(one, two):
    return all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_fresh_weights_depend_on_the_seed_only():
    blueprint = read(network())
    one = blueprint.build((), seed=1)
    np.random.seed(99)
    keras.utils.set_random_seed(7)
    assert equal(one.get_weights(), blueprint.build((), seed=1).get_weights())
    assert not equal(weights(one, "out"), weights(blueprint.build((), seed=2), "out"))


def test_fixed_seeds_of_the_user_do_not_tie_the_seeds_together():
    blueprint = read(network(seed=42))
    one, two = (blueprint.build((), seed=seed) for seed in (1, 2))
    assert not equal(weights(one, "hidden"), weights(two, "hidden"))
    assert not np.array_equal(one(X, training=True), two(X, training=True))


def test_untouched_layers_start_alike_with_and_without_an_edit():
    blueprint = read(network())
    plain = blueprint.build((), seed=1)
    edited = blueprint.build((InsertDropout(layer="hidden", rate=0.2),), seed=1)
    assert equal(plain.get_weights(), edited.get_weights())


def test_trained_weights_are_not_a_start():
    model = network()
    model.fit(X, Y, epochs=2, verbose=0)
    new = read(model).build((), seed=1)
    for layer in ("hidden", "norm", "second", "out"):
        assert not equal(weights(new, layer), weights(model, layer))
    assert equal(weights(new, "norm")[2:], [np.zeros(32), np.ones(32)])


def test_pretrained_weights_are_found_in_the_snapshot_of_the_start():
    model = network()
    kernel = np.full((4, 32), 0.01) + np.arange(32) * 0.02
    model.get_layer("hidden").set_weights([kernel, np.ones(32)])
    start = copy_weights(model)
    model.fit(X, Y, epochs=2, verbose=0)
    new = read(model).build((), seed=1, initial_weights=start)
    assert weights(new, "hidden")[0] == pytest.approx(kernel)
    other = read(model).build((), seed=2, initial_weights=start)
    assert not equal(weights(new, "second"), weights(other, "second"))


def test_weights_that_the_user_set_are_kept_until_an_edit_changes_them():
    model = network()
    zeros = [np.zeros_like(value) for value in weights(model, "second")]
    model.get_layer("second").set_weights(zeros)
    blueprint = read(model)
    assert equal(weights(blueprint.build((), seed=1), "second"), zeros)
    edit = SetInitializer(layer="second", initializer="he_normal")
    assert np.ptp(weights(blueprint.build((edit,), seed=1), "second")[0]) > 0.1


def test_frozen_layers_keep_their_weights_also_when_unfrozen():
    model = network(frozen=True)
    model.fit(X, Y, verbose=0)
    blueprint = read(model)
    assert equal(weights(blueprint.build((), seed=1), "hidden"), weights(model, "hidden"))
    new = blueprint.build((SetTrainable(layer="hidden", trainable=True),), seed=1)
    assert equal(weights(new, "hidden"), weights(model, "hidden"))
    assert new.get_layer("hidden").trainable
    assert not model.get_layer("hidden").trainable


def test_weights_that_are_not_finite_are_never_a_start():
    model = network(frozen=True)
    broken = [np.full_like(value, np.nan) for value in weights(model, "hidden")]
    model.get_layer("hidden").set_weights(broken)
    new = read(model).build((), seed=1)
    assert all(np.isfinite(value).all() for value in new.get_weights())


def test_frozen_variables_stay_frozen():
    model = network()
    model.get_layer("hidden").kernel.trainable = False
    model.compile("sgd", "mse")
    new = read(model).build((), seed=1)
    assert not new.get_layer("hidden").kernel.trainable
    assert len(new.trainable_variables) == len(model.trainable_variables)


def test_preprocessing_keeps_what_it_learned():
    norm = layers.Normalization(name="scale")
    norm.adapt(X * 5.0 + 3.0)
    model = keras.Sequential([keras.Input((4,)), norm, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    new = read(model).build((), seed=1)
    np.testing.assert_allclose(new.get_layer("scale")(X), norm(X), rtol=1e-6)


def test_vocabularies_are_kept():
    words = layers.TextVectorization(output_sequence_length=4, name="words")
    words.adapt(["one two three", "two three four"])
    inputs = keras.Input((), dtype="string")
    x = layers.Embedding(words.vocabulary_size(), 3)(words(inputs))
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    model.compile("sgd", "mse")
    new = read(model).build((), seed=1)
    assert new.get_layer("words").get_vocabulary() == words.get_vocabulary()


def test_a_table_of_word_vectors_is_kept():
    table = np.random.default_rng(0).normal(3.0, 1.0, size=(20, 4))
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(20, 4, weights=[table], name="table")(inputs)
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    model.compile("sgd", "mse")
    assert weights(read(model).build((), seed=1), "table")[0] == pytest.approx(table)


def test_the_same_seed_gives_the_same_history():
    blueprint = read(network())

    def history():
        model = blueprint.build((), seed=3)
        keras.utils.set_random_seed(5)
        return model.fit(X, Y, epochs=3, batch_size=8, verbose=0).history["loss"]

    assert history() == history()
