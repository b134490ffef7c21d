"""The code of a plan runs: it is executed with Keras and the model is looked at."""

import ast
from dataclasses import replace

import numpy as np
import pytest
from report_values import HOSTILE, model, plan
from sklearn.datasets import load_wine

from keras_debugger.report.code import fix_code
from keras_debugger.types.edit import (
    AddSkip,
    BalanceClasses,
    ClipNorm,
    DropBrokenRows,
    FillInput,
    InsertBatchNormalization,
    InsertDropout,
    InsertLayerNormalization,
    NormalizeInput,
    ScaleLearningRate,
    ScaleTargets,
    Schedule,
    SetActivation,
    SetBatchNormMomentum,
    SetBatchSize,
    SetDropout,
    SetEpochs,
    SetInitializer,
    SetL2,
    SetLoss,
    SetOptimizer,
    SetOutput,
    SetSchedule,
    SetTrainable,
    SetUnits,
    SetWeightDecay,
    Shuffle,
    SplitAnew,
    StopEarly,
)
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.record import FitDescription, LayerDescription, OptimizerDescription
from keras_debugger.types.vocabulary import (
    Activation,
    FixKind,
    LayerKind,
    LossKind,
    ModelKind,
)

ALL_EDITS = (
    SetActivation(layer="dense", activation=Activation.LEAKY_RELU),
    SetInitializer(layer="dense", initializer="he_normal"),
    InsertDropout(layer="dense", rate=0.3),
    InsertBatchNormalization(layer="dense_1"),
    InsertLayerNormalization(layer="dense_1"),
    SetL2(layer="dense_1", factor=0.01),
    SetTrainable(layer="dense", trainable=True),
    NormalizeInput(),
    SetOutput(output=0, activation=Activation.LINEAR, units=4),
    SetLoss(output=0, loss=LossKind.SPARSE_CATEGORICAL_CROSSENTROPY, from_logits=True),
    ScaleLearningRate(factor=0.1),
    SetSchedule(schedule=Schedule.WARM_UP),
    ClipNorm(limit=0.5, over_all=True),
    BalanceClasses(),
    StopEarly(patience=3),
    SetEpochs(epochs=2),
    SetBatchSize(rows=16),
    Shuffle(),
    SplitAnew(),
    DropBrokenRows(),
)
NEEDS_A_LAYER = (
    SetDropout(layer="dense", rate=0.1),
    SetBatchNormMomentum(layer="dense", momentum=0.9),
    ScaleTargets(output=0, mean=150.0, sd=77.0),
    SetOptimizer(name="adam", learning_rate=0.001),
    SetUnits(layer="dense", units=4),
    AddSkip(layer="dense_1", source="dense"),
    FillInput(),
    SetWeightDecay(factor=0.05),
    BalanceClasses(by_row=True),
)


def of(*edits):
    fix = AppliedFix(
        name="a-fix", kind=FixKind.ADD_BATCH_NORM, edits=edits, reason="it helps", risk="none"
    )
    return Plan(name="a-fix", cause=None, fixes=(fix,), prior=0.5)


def run(code, **values):
    """Execute the code on wine data, as a user would who pastes it."""
    keras = pytest.importorskip("keras")
    wine = load_wine()
    keras.utils.set_random_seed(0)
    space = {"x_train": wine.data.astype("float32"), "y_train": wine.target}
    space |= {"x_val": space["x_train"], "y_val": space["y_train"], "epochs": 2, "batch_size": 32}
    exec(compile(code, "pasted.py", "exec"), space | values, space)
    return space


def test_the_whole_sequential_model_is_built_with_its_normalization():
    built = run(fix_code(plan(), model()))["model"]
    assert [layer.name for layer in built.layers[1:]] == ["dense", "dense_1", "predictions"]
    assert type(built.layers[0]).__name__ == "Normalization"
    means = np.asarray(built.layers[0].mean).ravel()
    np.testing.assert_allclose(means, load_wine().data.mean(axis=0), rtol=1e-4)
    assert float(built.optimizer.learning_rate) == pytest.approx(0.001)
    assert built.optimizer.clipnorm == 1.0


def test_every_edit_at_once_makes_code_that_trains():
    space = run(fix_code(of(*ALL_EDITS), model(), FitDescription(epochs=30, batch_size=32)))
    built = space["model"]
    kinds = [type(layer).__name__ for layer in built.layers]
    assert kinds == [
        "Normalization",
        "Dense",
        "Dropout",
        "Dense",
        "BatchNormalization",
        "Activation",
        "LayerNormalization",
        "Dense",
    ]
    dense, second = built.get_layer("dense"), built.get_layer("dense_1")
    assert dense.activation.__name__ == "leaky_relu"
    assert type(dense.kernel_initializer).__name__ == "HeNormal"
    assert second.activation.__name__ == "linear"
    assert float(second.kernel_regularizer.l2) == pytest.approx(0.01)
    assert built.layers[-1].units == 4
    assert built.loss.get_config()["from_logits"]
    assert built.optimizer.global_clipnorm == 0.5
    assert len(space["history"].history["loss"]) == 2
    assert np.isfinite(space["history"].history["loss"]).all()
    labels = space["y_train"]  # split anew
    first = len(labels) / (3 * (labels == 0).sum())
    np.testing.assert_allclose(space["class_weight"][0], first)


@pytest.mark.parametrize("schedule", list(Schedule))
def test_each_schedule_runs(schedule):
    fit = FitDescription(epochs=2, batch_size=32)
    code = fix_code(of(NormalizeInput(), SetSchedule(schedule=schedule)), model(), fit)
    rates = run(code)["model"].optimizer.learning_rate
    assert float(rates) <= 0.01


def test_inputs_that_are_divided_again_are_made_larger_before():
    code = fix_code(of(NormalizeInput(times=255.0)), model(), FitDescription(epochs=1))
    first, second = run(code)["model"].layers[:2]
    assert type(first).__name__ == "Normalization"
    assert second.scale == 255.0


def test_scaled_targets_answer_in_the_unit_of_the_user():
    regression = with_output(
        model(), loss=LossKind.MEAN_SQUARED_ERROR, activation="linear", units=1
    )
    code = fix_code(of(NormalizeInput(), ScaleTargets(output=0, mean=150.0, sd=77.0)), regression)
    built = run(code)["model"]
    answers = built.predict(load_wine().data, verbose=0)
    assert 0 < answers.mean() < 300
    assert "loss_weights=1 / 77.0**2" in code


def with_output(base, *, loss, activation, units):
    last = replace(base.layers[-1], activation=Activation(activation), units=units)
    output = replace(
        base.outputs[0],
        loss=loss,
        loss_name=loss.value,
        activation=Activation(activation),
        units=units,
    )
    return replace(base, layers=(*base.layers[:-1], last), outputs=(output,), metrics=())


def test_a_softmax_of_its_own_layer_is_changed_where_it_stands():
    base = with_output(model(), loss=LossKind.BINARY_CROSSENTROPY, activation="linear", units=1)
    tail = LayerDescription(
        name="softmax",
        path="softmax",
        kind=LayerKind.ACTIVATION,
        class_name="Softmax",
        activation=Activation.SOFTMAX,
        is_output=True,
    )
    head = replace(base.layers[-1], feeds=("softmax",), is_output=False)
    described = replace(base, layers=(*base.layers[:-1], head, tail))
    code = fix_code(of(SetOutput(output=0, activation=Activation.SIGMOID)), described)
    assert 'layers.Activation("sigmoid", name="softmax"),  # was softmax' in code
    assert 'layers.Dense(1, name="predictions"),\n' in code


def test_a_plan_without_edits_has_no_code():
    assert fix_code(UNCHANGED, model()) == ""


@pytest.mark.parametrize("edit", [*ALL_EDITS, *NEEDS_A_LAYER], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("kind", list(ModelKind))
def test_every_edit_alone_is_python(edit, kind):
    code = fix_code(of(edit), replace(model(), kind=kind))
    ast.parse(code)
    assert "object at" not in code


def test_hostile_names_stay_names():
    names = (HOSTILE, 'quote " and \\', "predictions")
    edits = tuple(InsertBatchNormalization(layer=name) for name in names)
    code = fix_code(of(*edits, SetTrainable(layer=HOSTILE, trainable=True)), model(names))
    tree = ast.parse(code)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)]
    assert "\x1b" not in code


def test_what_is_not_known_is_kept_and_said():
    conv = LayerDescription(
        name="conv",
        path="conv",
        kind=LayerKind.CONV,
        class_name="Conv2D",
        activation=Activation.TANH,
        output_shape=(None, 8, 8, 4),
        units=4,
    )
    base = model()
    described = replace(base, layers=(conv, *base.layers))
    edits = (
        SetActivation(layer="conv", activation=Activation.RELU),
        InsertDropout(layer="conv", rate=0.25),
    )
    code = fix_code(of(*edits), described)
    assert 'layers.Conv2D(..., activation="relu"),  # "conv", other arguments as they are' in code
    assert "layers.SpatialDropout2D(0.25),  # new" in code
    alone = fix_code(of(InsertDropout(layer="dense", rate=0.25)), described)
    assert '# keep "conv" (Conv2D) as it is' in alone


def test_an_unknown_optimizer_and_loss_are_named():
    base = model()
    mine = replace(
        base,
        optimizer=replace(base.optimizer, name="my_optimizer"),
        outputs=(replace(base.outputs[0], loss=LossKind.OTHER, loss_name="my_loss"),),
    )
    code = fix_code(of(ClipNorm()), mine)
    assert "# your my_optimizer" in code
    assert "your_loss,  # as it is: my_loss" in code


def test_a_source_stands_in_for_lines_that_leave_something_out():
    base = replace(model(), kind=ModelKind.FUNCTIONAL)
    edits = (InsertDropout(layer="dense", rate=0.25),)
    source = 'inputs = keras.Input((13,), name="wine")\nmodel = keras.Model(inputs, inputs)'
    assert source in fix_code(of(*edits), base, source=source)
    assert source not in fix_code(of(*edits), model(), source=source)  # all of it is known
    assert source not in fix_code(of(ClipNorm()), base, source=source)  # no layer changes


def test_decay_weights_and_schedules_are_code_that_runs():
    fit = FitDescription(epochs=2, batch_size=32, callbacks=("LearningRateScheduler",))
    edits = (
        NormalizeInput(),
        SetWeightDecay(factor=0.05),
        BalanceClasses(by_row=True),
        ScaleLearningRate(factor=0.1),
    )
    code = fix_code(of(*edits), model(), fit)
    assert "your_schedule(epoch, rate / 0.1)" in code
    space = run(code, your_schedule=lambda epoch, rate: rate)
    assert space["model"].optimizer.weight_decay == pytest.approx(0.05 / 12**0.5 / 0.001)
    assert space["sample_weight"].shape == space["y_train"].shape


def test_the_users_callbacks_stay_in_the_call_and_are_named():
    fit = FitDescription(
        epochs=2, batch_size=32, callbacks=("EarlyStopping", "ReduceLROnPlateau", "CSVLogger")
    )
    early = fix_code(of(StopEarly(patience=3)), model(), fit)
    assert "*callbacks,  # yours: ReduceLROnPlateau, CSVLogger\n" in early
    assert "keras.callbacks.EarlyStopping(patience=3" in early
    compile(early, "pasted.py", "exec")
    more = fix_code(of(SetEpochs(epochs=3)), model(), fit)
    assert "*callbacks,  # yours: EarlyStopping, ReduceLROnPlateau, CSVLogger\n" in more
    planned = fix_code(of(SetSchedule(schedule=Schedule.COSINE)), model(), fit)
    assert "*callbacks,  # yours: EarlyStopping, CSVLogger\n" in planned
    optimizer = OptimizerDescription(name="adam", learning_rate=0.01, schedule="ExponentialDecay")
    scheduled = replace(model(), optimizer=optimizer)
    constant = fix_code(of(SetSchedule(schedule=Schedule.CONSTANT)), scheduled, fit)
    assert "keras.optimizers.Adam(learning_rate=0.01)" in constant
    assert "*callbacks,  # yours: EarlyStopping, CSVLogger\n" in constant


def test_a_huber_loss_on_scaled_targets_turns_at_their_deviation():
    regression = with_output(model(), loss=LossKind.HUBER, activation="linear", units=1)
    code = fix_code(of(ScaleTargets(output=0, mean=150.0, sd=77.0)), regression)
    assert "keras.losses.Huber(delta=77.0)" in code
