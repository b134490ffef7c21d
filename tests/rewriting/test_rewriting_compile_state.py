"""What a model was compiled with is the same in the new one, and edits of it are seen."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.errors import NotApplicableError, UnsupportedModelError
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.types.edit import (
    ClipNorm,
    ScaleLearningRate,
    ScaleTargets,
    Schedule,
    SetLoss,
    SetOptimizer,
    SetOutput,
    SetSchedule,
    StopEarly,
)
from keras_debugger.types.vocabulary import Activation, LossKind

X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
SCHEDULES = keras.optimizers.schedules


def model_of(**arguments):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(1, name="out")(inputs))
    arguments.setdefault("loss", "mse")
    model.compile(**arguments)
    return model


def build(model, *edits, **arguments):
    blueprint = read_blueprint(model, describe_model(model))
    assert blueprint.refusal == ""
    return blueprint.build(edits, seed=1, **arguments)


@keras.saving.register_keras_serializable(package="tests_of_compile_state")
def own_metric(y, y_pred):
    return keras.ops.mean(y - y_pred)


def own_loss(y, y_pred):
    return keras.ops.mean(keras.ops.square(y - y_pred))


class FocalLike(keras.losses.Loss):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def call(self, y, y_pred):
        return keras.ops.mean(keras.ops.abs(y - y_pred) ** self.gamma)


def test_all_arguments_of_compile_are_kept():
    loss = FocalLike(gamma=5.0)
    old = model_of(
        optimizer=keras.optimizers.AdamW(0.02, weight_decay=0.1, clipvalue=0.5, beta_1=0.8),
        loss=loss,
        metrics=[own_metric, "mae", keras.metrics.MeanSquaredError(name="squares")],
        weighted_metrics=["mape"],
        loss_weights=[0.5],
        steps_per_execution=2,
        run_eagerly=False,
        jit_compile=False,
    )
    old.fit(X, X[:, :1], verbose=0)
    new = build(old)
    assert new.loss is loss
    assert new.optimizer is not old.optimizer
    ours, theirs = old.optimizer.get_config(), new.optimizer.get_config()
    assert ours.pop("learning_rate") == pytest.approx(theirs.pop("learning_rate"))
    assert ours == theirs
    assert new.steps_per_execution == 2
    new.fit(X, X[:, :1], verbose=0)
    names = {"loss", "own_metric", "mae", "squares", "mape"}
    assert set(new.evaluate(X, X[:, :1], verbose=0, return_dict=True)) == names
    assert not {id(metric) for metric in old.metrics} & {id(metric) for metric in new.metrics}


def test_the_learning_rate_is_that_of_the_start():
    old = model_of(optimizer=keras.optimizers.SGD(0.1))
    description = describe_model(old)
    old.optimizer.learning_rate = 1e-4
    blueprint = read_blueprint(old, description)
    new = blueprint.build((ScaleLearningRate(factor=0.5),), seed=1)
    assert float(new.optimizer.learning_rate) == pytest.approx(0.05)
    assert float(old.optimizer.learning_rate) == pytest.approx(1e-4)


@pytest.mark.parametrize(
    "schedule",
    [
        SCHEDULES.ExponentialDecay(0.1, 10, 0.5),
        SCHEDULES.PiecewiseConstantDecay([3, 6], [0.1, 0.01, 0.001]),
        SCHEDULES.PolynomialDecay(0.1, 10, 0.01),
        SCHEDULES.InverseTimeDecay(0.1, 10, 0.5),
        SCHEDULES.CosineDecay(0.0, 10, alpha=0.1, warmup_target=0.1, warmup_steps=4),
        SCHEDULES.CosineDecayRestarts(0.1, 4),
    ],
    ids=lambda schedule: type(schedule).__name__,
)
def test_a_schedule_is_scaled_as_a_whole(schedule):
    new = build(model_of(optimizer=keras.optimizers.SGD(schedule)), ScaleLearningRate(factor=0.25))
    config = new.optimizer.get_config()["learning_rate"]
    scaled = SCHEDULES.deserialize(config)
    for step in range(0, 13, 3):
        assert float(scaled(step)) == pytest.approx(0.25 * float(schedule(step)), rel=1e-5)


@keras.saving.register_keras_serializable(package="tests_of_compile_state")
class OwnSchedule(SCHEDULES.LearningRateSchedule):
    def __call__(self, step):
        return 0.1

    def get_config(self):
        return {}


def test_an_own_schedule_is_kept_but_not_scaled():
    model = model_of(optimizer=keras.optimizers.SGD(OwnSchedule()))
    assert float(build(model).optimizer.learning_rate) == pytest.approx(0.1)
    with pytest.raises(UnsupportedModelError, match="OwnSchedule"):
        build(model, ScaleLearningRate(factor=0.5))


def test_new_schedules():
    model = model_of(optimizer=keras.optimizers.Adam(0.1))
    cosine = build(model, SetSchedule(schedule=Schedule.COSINE), steps=100)
    rate = SCHEDULES.deserialize(cosine.optimizer.get_config()["learning_rate"])
    assert float(rate(0)) == pytest.approx(0.1)
    assert float(rate(50)) == pytest.approx(0.05)
    assert float(rate(100)) == pytest.approx(0.0, abs=1e-7)
    warm = build(model, SetSchedule(schedule=Schedule.WARM_UP), steps=100)
    rate = SCHEDULES.deserialize(warm.optimizer.get_config()["learning_rate"])
    assert [float(rate(step)) for step in (0, 5, 10, 60, 100)] == pytest.approx(
        [0.0, 0.05, 0.1, 0.1, 0.1]
    )
    plateau = build(model, SetSchedule(schedule=Schedule.ON_PLATEAU))
    assert float(plateau.optimizer.learning_rate) == pytest.approx(0.1)
    with pytest.raises(NotApplicableError, match="steps"):
        build(model, SetSchedule(schedule=Schedule.COSINE))


def test_a_schedule_gives_way_to_the_rate_that_it_begins_with():
    falling = SCHEDULES.ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
    model = model_of(optimizer=keras.optimizers.Adam(falling))
    constant = SetSchedule(schedule=Schedule.CONSTANT)
    assert build(model, constant).optimizer.get_config()["learning_rate"] == pytest.approx(0.1)
    faster = build(model, constant, ScaleLearningRate(factor=2.0))
    assert float(faster.optimizer.learning_rate) == pytest.approx(0.2)


def test_one_clip_replaces_another():
    model = model_of(optimizer=keras.optimizers.SGD(0.1, clipvalue=0.5))
    new = build(model, ClipNorm(limit=2.0, over_all=True))
    assert (new.optimizer.clipvalue, new.optimizer.global_clipnorm) == (None, 2.0)
    new = build(model, ClipNorm(limit=3.0), StopEarly(patience=3))
    assert (new.optimizer.clipnorm, new.optimizer.global_clipnorm) == (3.0, None)


def test_another_optimizer_keeps_clipping_and_decay():
    model = model_of(optimizer=keras.optimizers.SGD(0.5, clipnorm=1.5, weight_decay=0.01))
    new = build(model, SetOptimizer(name="adam", learning_rate=0.001))
    assert type(new.optimizer) is keras.optimizers.Adam
    assert float(new.optimizer.learning_rate) == pytest.approx(0.001)
    assert (new.optimizer.clipnorm, new.optimizer.weight_decay) == (1.5, 0.01)


def test_loss_scaling_wraps_the_edited_optimizer():
    inner = keras.optimizers.Adam(0.1)
    model = model_of(optimizer=keras.optimizers.LossScaleOptimizer(inner, initial_scale=64.0))
    new = build(model, ScaleLearningRate(factor=0.1), ClipNorm(limit=1.0))
    assert type(new.optimizer) is keras.optimizers.LossScaleOptimizer
    assert new.optimizer.initial_scale == 64.0
    assert new.optimizer.inner_optimizer.clipnorm == 1.0
    assert float(new.optimizer.inner_optimizer.learning_rate) == pytest.approx(0.01)


def classifier(loss, *, units=3, activation="softmax", metrics=None):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(units, activation=activation, name="out")(inputs))
    model.compile("sgd", loss, metrics=metrics)
    return model


def test_metrics_follow_the_form_of_the_labels():
    model = classifier(
        "categorical_crossentropy",
        metrics=["categorical_accuracy", "accuracy", keras.metrics.TopKCategoricalAccuracy(2)],
    )
    new = build(
        model,
        SetLoss(output=0, loss=LossKind.SPARSE_CATEGORICAL_CROSSENTROPY, from_logits=True),
        SetOutput(output=0, activation=Activation.LINEAR),
    )
    logs = new.fit(X, np.arange(32) % 3, verbose=0).history
    assert "sparse_categorical_accuracy" in logs
    assert new.loss.get_config()["from_logits"] is True
    assert new.get_layer("out").activation is keras.activations.linear


def test_one_unit_of_softmax_becomes_sigmoid():
    model = classifier("binary_crossentropy", units=1, metrics=["accuracy"])
    new = build(model, SetOutput(output=0, activation=Activation.SIGMOID))
    assert new.get_layer("out").activation is keras.activations.sigmoid
    assert np.ptp(new.predict(X, verbose=0)) > 0.01


@pytest.mark.parametrize(
    ("loss", "weight"),
    [("mse", 0.25), (keras.losses.MeanAbsoluteError(), 0.5), (keras.losses.Huber(2.0), 0.25)],
    ids=["squared", "absolute", "huber"],
)
def test_scaled_targets_train_as_standardised_ones(loss, weight):
    model = model_of(optimizer="sgd", loss=loss)
    y = 10.0 + 2.0 * X[:, :1]
    new = build(model, ScaleTargets(output=0, mean=10.0, sd=2.0))
    plain = build(model)
    assert new.get_compile_config()["loss_weights"] == weight
    scaled_error = new.evaluate(X, y, verbose=0)
    assert scaled_error == pytest.approx(plain.evaluate(X, X[:, :1], verbose=0), rel=1e-4)
    assert new.predict(X, verbose=0) == pytest.approx(
        10.0 + 2.0 * plain.predict(X, verbose=0), rel=1e-4, abs=1e-5
    )


def test_scaled_targets_need_a_loss_that_scales():
    with pytest.raises(UnsupportedModelError, match="does not scale"):
        build(model_of(optimizer="sgd", loss=own_loss), ScaleTargets(output=0, mean=1.0, sd=2.0))


def test_scaled_targets_of_a_named_output_keep_its_name():
    inputs = keras.Input((4,))
    outputs = {"a": layers.Dense(1, name="a")(inputs), "b": layers.Dense(1, name="b")(inputs)}
    model = keras.Model(inputs, outputs)
    model.compile("sgd", {"a": "mse", "b": "mae"}, loss_weights={"a": 2.0, "b": 1.0})
    new = build(model, ScaleTargets(output=0, mean=1.0, sd=2.0))
    assert new.output_names == model.output_names
    y = {"a": X[:, :1], "b": X[:, 1:2]}
    assert np.isfinite(new.fit(X, y, verbose=0).history["loss"]).all()
    model = keras.Model(inputs, list(outputs.values()))
    model.compile("sgd", "mse")
    new = build(model, SetLoss(output=1, loss=LossKind.HUBER))
    assert new.loss[0] == "mse"
    assert type(new.loss[1]) is keras.losses.Huber
    new.fit(X, list(y.values()), verbose=0)


def test_what_keras_does_not_know_is_refused():
    model = model_of(optimizer="sgd")
    for edit in (
        SetOptimizer(name="nothing", learning_rate=0.1),
        SetLoss(output=0, loss=LossKind.OTHER),
        SetLoss(output=3, loss=LossKind.HUBER),
        SetOutput(output=1, activation=Activation.LINEAR),
    ):
        with pytest.raises(UnsupportedModelError, match=type(edit).__name__):
            build(model, edit)
