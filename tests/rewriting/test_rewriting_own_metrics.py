"""Metrics and schedules of the user's own: kept if Keras can make them again, else told of."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import ClipNorm, ScaleLearningRate, StopEarly

X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
Y = X[:, :1]
PACKAGE = "tests_of_own_metrics"
ADVICE = "decorate it with keras.saving.register_keras_serializable"
SCHEDULE = keras.optimizers.schedules.LearningRateSchedule


@keras.saving.register_keras_serializable(package=PACKAGE)
def known_bias(y, y_pred):
    return keras.ops.mean(y - y_pred)


def unknown_bias(y, y_pred):
    return keras.ops.mean(y - y_pred)


def unknown_error(y, y_pred):
    return keras.ops.mean(keras.ops.square(y - y_pred))


class Powered(keras.metrics.MeanMetricWrapper):
    """A metric whose get_config tells its power."""

    def __init__(self, power=1, name="powered", **arguments):
        def error(y, y_pred):
            return keras.ops.mean(keras.ops.abs(y - y_pred) ** power, axis=-1)

        super().__init__(error, name=name, **arguments)
        self.power = power

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype, "power": self.power}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable(package=PACKAGE)
class KnownPowered(Powered):
    pass


@keras.saving.register_keras_serializable(package=PACKAGE)
class Silent(Powered):
    """A registered metric whose get_config does not tell its power."""

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype}


class UnknownSchedule(SCHEDULE):
    def __call__(self, step):
        return 0.1

    def get_config(self):
        return {}


@keras.saving.register_keras_serializable(package=PACKAGE)
class KnownSchedule(UnknownSchedule):
    pass


class Weightless:
    """Called as a metric or a loss, and without a get_config."""

    def __call__(self, y, y_pred):
        return keras.ops.mean(keras.ops.abs(y - y_pred), axis=-1)


def model_of(outputs=1, **arguments):
    inputs = keras.Input((4,))
    names = "abc"[:outputs]
    made = [layers.Dense(1, name=name)(inputs) for name in names]
    model = keras.Model(inputs, made if outputs > 1 else made[0])
    arguments.setdefault("optimizer", "sgd")
    arguments.setdefault("loss", ["mse"] * outputs if outputs > 1 else "mse")
    model.compile(**arguments)
    return model


def read(model, **arguments):
    blueprint = read_blueprint(model, describe_model(model), **arguments)
    return blueprint


def logged(blueprint, outputs=1, **arguments):
    assert blueprint.refusal == ""
    new = blueprint.build(seed=1)
    targets = [Y] * outputs if outputs > 1 else Y
    logs = new.fit(X, targets, verbose=0, **arguments).history
    assert np.isfinite(logs["loss"]).all()
    return set(logs)


def test_a_registered_function_is_kept():
    blueprint = read(model_of(metrics=[known_bias, "mae"], weighted_metrics=[known_bias]))
    assert blueprint.notes == ()
    assert logged(blueprint) == {"loss", "known_bias", "mae", "weighted_known_bias"}


@pytest.mark.parametrize("trained", [False, True])
def test_an_unregistered_function_is_left_out_and_told(trained):
    model = model_of(metrics=["mae", unknown_bias], weighted_metrics=[unknown_bias, "mape"])
    if trained:
        model.fit(X, Y, verbose=0)
    blueprint = read(model)
    (note,) = blueprint.notes
    assert "'unknown_bias'" in note
    assert ADVICE in note
    assert logged(blueprint) == {"loss", "mae", "mape"}


def test_a_lambda_is_left_out_and_told():
    blueprint = read(model_of(metrics=[lambda y, y_pred: keras.ops.mean(y - y_pred)]))
    assert "<lambda>" in blueprint.notes[0]
    assert "named function" in blueprint.notes[0]
    assert logged(blueprint) == {"loss"}


def test_a_function_that_is_also_the_loss_is_found_there():
    blueprint = read(model_of(loss=unknown_error, metrics=[unknown_error]))
    assert blueprint.notes == ()
    assert logged(blueprint) == {"loss", "unknown_error"}


def test_a_function_inside_a_metric_of_keras_is_told_by_its_name():
    blueprint = read(model_of(metrics=[keras.metrics.MeanMetricWrapper(unknown_bias, name="b")]))
    assert "'unknown_bias'" in blueprint.notes[0]


@pytest.mark.parametrize(
    ("metrics", "left"),
    [
        ([unknown_bias, "mae"], {"b_mae"}),
        ([[unknown_bias, "mae"], [unknown_bias]], {"a_mae"}),
        ({"a": unknown_bias, "b": ["mae"]}, {"b_mae"}),
        ({"a": [unknown_bias, "mae"]}, {"a_mae"}),
    ],
    ids=["one_each", "lists", "dict", "dict_of_list"],
)
def test_the_other_metrics_keep_their_output(metrics, left):
    blueprint = read(model_of(outputs=2, metrics=metrics))
    assert len(blueprint.notes) == 1
    names = logged(blueprint, outputs=2)
    assert {name for name in names if "mae" in name} == left
    assert not any("unknown" in name for name in names)


def test_a_single_output_given_by_name():
    assert logged(read(model_of(metrics={"a": unknown_bias}))) == {"loss"}
    assert logged(read(model_of(metrics={"a": [unknown_bias, "mae"]}))) == {"loss", "mae"}


def test_a_registered_class_keeps_its_settings():
    blueprint = read(model_of(metrics=[KnownPowered(power=3)]))
    assert blueprint.notes == ()
    new = blueprint.build(seed=1)
    values = new.evaluate(X, Y, verbose=0, return_dict=True)
    error = np.abs(Y - new.predict(X, verbose=0)) ** 3
    assert values["powered"] == pytest.approx(error.mean(), rel=1e-4)


def test_an_unregistered_class_is_known_from_the_trained_model_only():
    model = model_of(metrics=[Powered(power=3)])
    blueprint = read(model)
    assert "'Powered'" in blueprint.notes[0]
    assert ADVICE in blueprint.notes[0]
    assert logged(blueprint) == {"loss"}
    model.fit(X, Y, verbose=0)
    blueprint = read(model)
    assert blueprint.notes == ()
    assert logged(blueprint) == {"loss", "powered"}


@pytest.mark.parametrize("trained", [False, True])
def test_a_metric_that_a_copy_would_change_is_left_out_and_told(trained):
    model = model_of(metrics=[Silent(power=3)])
    if trained:
        model.fit(X, Y, verbose=0)
    blueprint = read(model)
    assert "get_config does not tell power" in blueprint.notes[0]
    assert "'Silent'" in blueprint.notes[0]
    assert logged(blueprint) == {"loss"}


@pytest.mark.parametrize(
    ("outputs", "weights"),
    [(1, 0.5), (1, [0.5]), (2, [0.5, 2.0]), (2, {"a": 0.5, "b": 2.0}), (2, (0.5, 2.0))],
    ids=["number", "list_of_one", "list", "dict", "tuple"],
)
def test_loss_weights_are_kept(outputs, weights):
    model = model_of(outputs=outputs, loss_weights=weights, metrics=None)
    blueprint = read(model)
    new = blueprint.build(seed=1)
    assert new.get_compile_config()["loss_weights"] == (
        list(weights) if isinstance(weights, tuple) else weights
    )
    new.set_weights(model.get_weights())
    targets = [Y] * outputs if outputs > 1 else Y
    ours, theirs = (one.evaluate(X, targets, verbose=0) for one in (new, model))
    assert ours == pytest.approx(theirs, rel=1e-5)


@pytest.mark.parametrize(
    "arguments",
    [
        {"metrics": ["mae", Weightless()]},
        {"metrics": ["mae"], "loss": Weightless()},
        {"metrics": ["mae", functools.partial(Weightless())]},
        {"metrics": ["mae", keras.metrics.MeanSquaredError]},
    ],
    ids=["metric", "loss", "partial", "class"],
)
def test_an_object_that_keras_cannot_tell_does_not_stop_training(arguments):
    model = model_of(**arguments)
    blueprint = read(model)
    assert "loss_weights" in blueprint.notes[0]
    assert logged(blueprint) == {"loss"}
    model.fit(X, Y, verbose=0)
    assert "mae" in logged(read(model))


def test_weights_of_several_losses_are_never_guessed():
    blueprint = read(model_of(outputs=2, loss=["mse", Weightless()], loss_weights=[1.0, 9.0]))
    assert "loss weights" in blueprint.refusal
    assert "Weightless" in blueprint.refusal


def test_a_registered_schedule_is_kept():
    blueprint = read(model_of(optimizer=keras.optimizers.SGD(KnownSchedule())))
    assert blueprint.refusal == ""
    assert float(blueprint.build(seed=1).optimizer.learning_rate) == pytest.approx(0.1)


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_unregistered_schedule_is_refused_by_name(wrapped):
    optimizer = keras.optimizers.SGD(UnknownSchedule())
    if wrapped:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    blueprint = read(model_of(optimizer=optimizer))
    assert "UnknownSchedule" in blueprint.refusal
    assert "keras.saving.register_keras_serializable" in blueprint.refusal
    with pytest.raises(UnsupportedModelError, match="UnknownSchedule"):
        blueprint.build(seed=1)


def test_a_function_that_builds_keeps_what_is_not_compiled_anew():
    def build():
        return model_of(optimizer=keras.optimizers.SGD(UnknownSchedule()), metrics=[unknown_bias])

    blueprint = read(build(), build=build)
    new = blueprint.build((StopEarly(patience=3),), seed=1)
    assert float(new.optimizer.learning_rate) == pytest.approx(0.1)
    assert "unknown_bias" in new.fit(X, Y, verbose=0).history
    with pytest.raises(UnsupportedModelError, match="UnknownSchedule"):
        blueprint.build((ScaleLearningRate(factor=0.5),), seed=1)


class Odd(keras.Model):
    """A model that cannot be rebuilt layer by layer."""

    def __init__(self, width):
        super().__init__()
        self.dense = layers.Dense(width)

    def call(self, inputs):
        return self.dense(inputs) if keras.ops.ndim(inputs) > 1 else inputs


def test_what_a_function_that_builds_loses_is_told():
    def build():
        model = Odd(1)
        model.compile("sgd", "mse", metrics=["mae", unknown_bias])
        model(X)
        return model

    blueprint = read(build(), build=build)
    assert blueprint.refusal
    assert "'unknown_bias'" in blueprint.notes[0]
    new = blueprint.build((ClipNorm(limit=1.0),), seed=1)
    assert set(new.fit(X, Y, verbose=0).history) == {"loss", "mae"}


def mean_squared_error(y, y_pred):
    """Not what Keras means by this name."""
    return 3.0 * keras.ops.mean(keras.ops.abs(y - y_pred), axis=-1)


def trained(model):
    model.fit(X, Y, verbose=0)
    return model


def test_an_own_function_named_like_one_of_keras_is_not_replaced_by_it():
    model = trained(model_of(metrics=[mean_squared_error, "mae"]))
    before = [variable.numpy() for variable in model.variables + model.metrics_variables]
    blueprint = read(model)
    (note,) = blueprint.notes
    assert "'mean_squared_error'" in note
    assert "give it a name of its own" in note
    assert logged(blueprint) == {"loss", "mae"}
    after = [variable.numpy() for variable in model.variables + model.metrics_variables]
    assert all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))


def test_the_function_of_keras_is_kept_and_known_by_what_it_answers():
    blueprint = read(trained(model_of(metrics=[keras.metrics.mean_squared_error])))
    assert blueprint.notes == ()
    assert logged(blueprint) == {"loss", "mean_squared_error"}


def test_an_own_loss_named_like_one_of_keras_stays():
    own = mean_squared_error
    model = trained(model_of(loss=own, metrics=[own]))
    blueprint = read(model)
    assert blueprint.notes == ()
    new = blueprint.build(seed=1)
    assert new.loss is own
    logs = new.fit(X, Y, batch_size=len(X), verbose=0).history
    assert logs["mean_squared_error"] == pytest.approx(logs["loss"], rel=1e-5)


def test_before_the_first_batch_a_bare_name_is_told():
    blueprint = read(model_of(metrics=[mean_squared_error]))
    (note,) = blueprint.notes
    assert "Keras tells the name only" in note
