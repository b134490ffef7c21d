"""Where each fix goes in real models, and where it must not."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes import ALL_FIXES
from keras_debugger.recording.model_description import describe_model
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
from keras_debugger.types.vocabulary import Activation, FixKind, LossKind


def edits(name, setup):
    return next(fix for fix in ALL_FIXES if fix.name == name).edits(setup)


def refused(name, setup, words):
    with pytest.raises(NotApplicableError, match=words):
        edits(name, setup)


def paths(found, kind):
    return [edit.layer for edit in found if isinstance(edit, kind)]


class TestDropout:
    def test_goes_behind_hidden_layers_and_not_behind_the_head(self, setups):
        assert edits("add-dropout", setups["classifier"]) == (
            InsertDropout(layer="first", rate=0.3),
            InsertDropout(layer="second", rate=0.3),
        )

    def test_goes_behind_the_last_batch_normalisation_only(self, setups):
        assert paths(edits("add-dropout", setups["normalised"]), InsertDropout) == [
            "act",
            "second",
        ]
        stacked = setups["normalised"].with_edits(InsertBatchNormalization(layer="second"))
        assert paths(edits("add-dropout", stacked), InsertDropout) == ["second"]

    def test_is_weaker_in_convolutions_and_recurrences(self, setups):
        rates = {edit.layer: edit.rate for edit in edits("add-dropout", setups["convolutional"])}
        assert rates == {"conv": 0.2, "dense": 0.3}
        recurrent = edits("add-dropout", setups["recurrent"])
        assert {edit.rate for edit in recurrent} == {0.2}
        assert "gru" in paths(recurrent, InsertDropout)

    def test_stays_out_of_frozen_parts_and_where_it_is_already(self, setups):
        refused("add-dropout", setups["frozen"], "without a hidden layer")
        refused("add-dropout", setups["regularised"], "without a hidden layer")


class TestPenalties:
    def test_go_on_hidden_kernels(self, setups):
        for name, factor in (("add-l2", 1e-2), ("add-l2-gently", 1e-3), ("add-l2-slightly", 1e-4)):
            found = edits(name, setups["convolutional"])
            assert found == tuple(SetL2(layer=one, factor=factor) for one in ("conv", "dense"))

    def test_are_not_doubled(self, setups):
        refused("add-l2", setups["penalised"], "not yet penalised")
        refused("add-l2", setups["clipped"], "weight decay 0.01")

    def test_go_on_the_head_where_there_is_nothing_else(self, make_setup):
        model = keras.Sequential([layers.Input((10,)), layers.Dense(1, name="only")])
        x = np.random.default_rng(0).normal(size=(50, 10)).astype("float32")
        setup = make_setup(model, x, x[:, :1], loss="mse")
        assert edits("add-l2", setup) == (SetL2(layer="only", factor=0.01),)

    def test_are_weakened_or_removed(self, setups):
        weaker = edits("weaken-regularization", setups["regularised"])
        assert [edit.factor for edit in weaker if isinstance(edit, SetL2)] == [pytest.approx(0.01)]
        assert [edit for edit in weaker if isinstance(edit, SetDropout)] == [
            SetDropout(layer="strong", rate=0.2),
            SetDropout(layer="after_head", rate=0.0),
        ]
        gone = edits("remove-regularization", setups["regularised"])
        assert all(getattr(edit, "rate", 0) == getattr(edit, "factor", 0) == 0 for edit in gone)


class TestActivations:
    def test_relu_replaces_saturating_and_missing_ones(self, setups):
        for name in ("sigmoid", "linear"):
            found = edits("relu-activation", setups[name])
            assert paths(found, SetActivation) == ["first", "second"]
            assert {e.initializer for e in found if isinstance(e, SetInitializer)} == {"he_normal"}

    def test_relu_leaves_relu_heads_gates_and_projections_alone(self, setups):
        refused("relu-activation", setups["classifier"], "would better")
        refused("relu-activation", setups["recurrent"], "would better")
        assert paths(edits("relu-activation", setups["residual"]), SetActivation) == ["one"]
        refused("relu-activation", setups["normalised"], "would better")

    def test_leaky_relu_replaces_relu_where_it_is_written(self, setups):
        found = edits("leaky-relu-activation", setups["normalised"])
        assert paths(found, SetActivation) == ["act", "second"]
        assert paths(found, SetInitializer) == ["first", "second"]

    def test_recurrent_layers_become_bounded(self, setups):
        found = edits("bounded-recurrent-activation", setups["recurrent"])
        assert len(found) == 2
        assert {edit.activation for edit in found} == {Activation.TANH}


class TestNormalisation:
    def test_batch_norm_goes_where_none_is(self, setups):
        assert edits("batch-norm", setups["normalised"]) == (
            InsertBatchNormalization(layer="second"),
        )
        refused("batch-norm", setups["frozen"], "batches of 4 rows")

    def test_batch_norm_does_not_come_after_dropout(self, setups):
        dropped = setups["classifier"].with_edits(InsertDropout(layer="first", rate=0.3))
        refused("batch-norm", dropped, "adds dropout")

    def test_layer_norm_goes_behind_recurrent_layers(self, setups):
        found = edits("layer-norm", setups["recurrent"])
        assert "gru" in paths(found, InsertLayerNormalization)

    def test_momentum_of_slow_batch_norms_only(self, setups):
        assert paths(edits("batch-norm-momentum", setups["normalised"]), object) == ["norm"]
        refused("batch-norm-momentum", setups["classifier"], "without a slow")

    def test_inputs_are_normalised_once(self, setups):
        setup = setups["classifier"]
        found = edits("normalize-inputs", setup)
        assert found == (NormalizeInput(input=0),)
        refused("normalize-inputs", setup.with_edits(*found), "normalised first")

    def test_inputs_that_are_divided_again_are_made_larger_before(self, make_setup):
        def divided_by(number):
            pixels = np.random.default_rng(0).uniform(size=(60, 6)).astype("float32")
            stack = [layers.Input((6,)), layers.Rescaling(1.0 / number), layers.Dense(2)]
            model = keras.Sequential(stack)
            model.compile("sgd", "mse")
            return make_setup(model, pixels, np.zeros((60, 2), "float32"))

        (edit,) = edits("normalize-inputs", divided_by(255.0))
        assert edit.times == pytest.approx(255.0)
        refused("normalize-inputs", divided_by(2.0), "normalised first")

    def test_inputs_that_no_layer_can_normalise_are_refused(self, setups, make_setup):
        refused("normalize-inputs", setups["broken"], "in 3 rows")
        refused("normalize-inputs", setups["frozen"], "frozen layer takes")
        words = np.random.default_rng(0).integers(0, 50, size=(60, 5))
        model = keras.Sequential(
            [
                layers.Input((5,)),
                layers.Embedding(50, 4),
                layers.Flatten(),
                layers.Dense(3, activation="softmax"),
            ]
        )
        setup = make_setup(model, words, words[:, 0] % 3)
        refused("normalize-inputs", setup, "embedding takes")
        known = np.random.default_rng(0).normal(size=(500, 64)).astype("float32")
        setup = make_setup(keras.models.clone_model(model_of_rows()), known, known[:, :1] > 0)
        refused("normalize-inputs", setup, "already normalised")

    def test_broken_rows_are_dropped_before_inputs_are_normalised(self, setups):
        found = edits("drop-broken-rows", setups["broken"])
        assert found == (DropBrokenRows(),)
        cleaned = setups["broken"].with_edits(*found)
        assert edits("normalize-inputs", cleaned) == (NormalizeInput(input=0),)


def model_of_rows():
    return keras.Sequential([layers.Input((64,)), layers.Dense(2, activation="softmax")])


class TestOutputs:
    def test_targets_are_scaled_to_their_mean_and_deviation(self, setups):
        (edit,) = edits("scale-targets", setups["regression"])
        labels = setups["regression"].data.labels[0]
        assert edit == ScaleTargets(output=0, mean=labels.mean, sd=labels.sd)

    def test_outliers_do_not_set_the_scale_of_the_targets(self, setups):
        (edit,) = edits("scale-targets", setups["outliers"])
        assert edit.sd < setups["outliers"].data.labels[0].sd / 2

    def test_targets_of_a_squashed_output_wait_for_a_linear_one(self, setups):
        refused("scale-targets", setups["squashed"], "sigmoid activation")
        found = edits("fit-output", setups["squashed"])
        assert found == (SetOutput(output=0, activation=Activation.LINEAR),)
        assert edits("scale-targets", setups["squashed"].with_edits(*found))

    def test_logits_get_a_loss_that_takes_them(self, setups):
        fix = next(fix for fix in ALL_FIXES if fix.name == "fit-output")
        changed, applied = fix.apply(setups["logits"])
        loss = LossKind.SPARSE_CATEGORICAL_CROSSENTROPY
        assert applied.edits == (SetLoss(output=0, loss=loss, from_logits=True),)
        assert applied.kind is FixKind.SET_FROM_LOGITS
        refused("fit-output", changed, "which fit")

    def test_an_activation_in_front_of_the_last_one_goes(self, setups, blueprints):
        found = edits("fit-output", setups["cut logits"])
        assert found == (SetOutput(output=0, activation=Activation.SOFTMAX),)
        refused("fit-output", setups["cut logits"].with_edits(*found), "which fit")
        blueprint = blueprints[id(setups["cut logits"].model)]
        (output,) = describe_model(blueprint.build(found, seed=0, inputs=None, steps=1)).outputs
        assert (output.activation, output.inner) == (Activation.SOFTMAX, ())

    def test_the_loss_can_be_changed_where_the_model_cannot(self, setups):
        stuck = replace(setups["logits"], graph=None, refusal="a closed model")
        assert edits("fit-output", stuck)
        refused("fit-output", replace(setups["squashed"], graph=None), "cannot be rebuilt")

    def test_own_losses_are_replaced_by_the_standard_one(self, setups):
        assert edits("standard-loss", setups["own loss"]) == (
            SetLoss(output=0, loss=LossKind.MEAN_SQUARED_ERROR),
        )
        refused("standard-loss", setups["regression"], "mean_squared_error")
        refused("fit-output", setups["own loss"], "do not know")

    def test_a_train_step_of_ones_own_is_left_alone(self, setups):
        for fix, name in (
            ("fit-output", "logits"),
            ("standard-loss", "own loss"),
            ("robust-loss", "regression"),
        ):
            model = replace(setups[name].model, own_train_step=True)
            refused(fix, replace(setups[name], model=model), "train_step")

    def test_robust_loss_by_the_unit_of_the_targets(self, setups):
        (far,) = edits("robust-loss", setups["regression"])
        assert far.loss is LossKind.MEAN_ABSOLUTE_ERROR
        scaled = setups["regression"].with_edits(*edits("scale-targets", setups["regression"]))
        assert edits("robust-loss", scaled) == (far,)


class TestOptimizer:
    def test_rates_go_up_with_a_plateau_schedule_and_down_without(self, setups):
        setup = setups["classifier"]
        assert edits("raise-learning-rate", setup) == (
            ScaleLearningRate(factor=10.0),
            SetSchedule(schedule=Schedule.ON_PLATEAU),
        )
        assert edits("lower-learning-rate", setup) == (ScaleLearningRate(factor=0.1),)

    def test_a_schedule_is_scaled_and_kept(self, setups):
        assert edits("raise-learning-rate", setups["scheduled"]) == (ScaleLearningRate(factor=10),)
        refused("decay-learning-rate", setups["scheduled"], "already follows")

    def test_a_schedule_or_a_callback_gives_way_to_a_constant_rate(self, setups):
        constant = (SetSchedule(schedule=Schedule.CONSTANT),)
        assert edits("constant-learning-rate", setups["scheduled"]) == constant
        assert edits("constant-learning-rate", setups["clipped"]) == constant
        refused("constant-learning-rate", setups["classifier"], "a constant learning rate")
        model = setups["scheduled"].model
        slow = replace(model, optimizer=replace(model.optimizer, learning_rate=1e-8))
        refused("constant-learning-rate", replace(setups["scheduled"], model=slow), "begins at")

    def test_a_callback_that_sets_the_rate_is_scaled_with_it(self, setups):
        scaled = (ScaleLearningRate(factor=0.1),)
        assert edits("lower-learning-rate", setups["clipped"]) == scaled
        refused("decay-learning-rate", setups["clipped"], "already follows")
        refused("change-optimizer", setups["clipped"], "LearningRateScheduler")

    def test_gradients_are_clipped_once(self, setups):
        assert edits("clip-gradients", setups["classifier"]) == (ClipNorm(limit=1.0),)
        assert edits("clip-global-norm", setups["classifier"])[0].over_all
        refused("clip-gradients", setups["clipped"], "already clips at 1")

    def test_sgd_becomes_adam_and_adam_stays(self, setups):
        assert edits("change-optimizer", setups["classifier"]) == (
            SetOptimizer(name="adam", learning_rate=1e-3),
        )
        refused("change-optimizer", setups["normalised"], "adam at a rate of 0.001")


class TestFit:
    def test_epochs_batches_and_stopping(self, setups):
        setup = setups["classifier"]
        assert edits("train-longer", setup) == (SetEpochs(epochs=30),)
        assert edits("train-longer", setups["residual"]) == (SetEpochs(epochs=10),)  # of 2
        assert edits("smaller-batches", setup) == (SetBatchSize(rows=8),)
        assert edits("early-stopping", setup) == (StopEarly(patience=3),)
        refused("larger-batches", setup, "32 of 300 rows")
        refused("smaller-batches", setups["frozen"], "batches of 4 rows")
        refused("early-stopping", setups["residual"], "2 epochs")
        refused("train-longer", setups["clipped"], "EarlyStopping")

    def test_rows_are_shuffled_where_they_are_not(self, setups):
        assert edits("shuffle", setups["residual"]) == (Shuffle(),)
        refused("shuffle", setups["classifier"], "shuffles already")

    def test_classes_are_weighted_where_keras_allows_it(self, setups):
        setup = setups["classifier"]
        assert edits("balance-classes", setup) == (BalanceClasses(),)
        refused("balance-classes", setups["regression"], "numbers")
        weighted = replace(setup, data=replace(setup.data, weighted=True))
        refused("balance-classes", weighted, "weighted already")
        rare = replace(setup.data.labels[0], counts=(3, *(30,) * 9))
        uneven = replace(setup, data=replace(setup.data, labels=(rare,)))
        for weight in (10.0, 0.1):
            given = replace(uneven, fit=replace(uneven.fit, class_weight={0: weight}))
            if weight > 1.0:
                refused("balance-classes", given, "weighted already")
            else:  # weights against the rare class are replaced
                assert edits("balance-classes", given) == (BalanceClasses(),)
        labels = replace(setup.data.labels[0], counts=(30,) * 10)
        equal = replace(setup, data=replace(setup.data, labels=(labels,)))
        refused("balance-classes", equal, "equal size")

    def test_rows_are_not_dropped_where_columns_are_broken(self, setups):
        profile = replace(setups["broken"].data.inputs[0], nonfinite_rows=300)
        data = replace(setups["broken"].data, inputs=(profile,))
        refused("drop-broken-rows", replace(setups["broken"], data=data), "300 of 300")
        refused("drop-broken-rows", setups["classifier"], "without broken rows")


def test_frozen_layers_are_opened(setups):
    assert edits("unfreeze", setups["frozen"]) == tuple(
        SetTrainable(layer=name, trainable=True) for name in ("first", "second", "head")
    )
    refused("unfreeze", setups["classifier"], "without frozen layers")


def test_unscaled_initializers_are_replaced_first(setups):
    found = edits("change-initializer", setups["zero weights"])
    assert found == (
        SetInitializer(layer="first", initializer="he_normal"),
        SetInitializer(layer="second", initializer="he_normal"),
    )
    refused("change-initializer", setups["sigmoid"], "fitting initializer")


class TestCapacity:
    def test_hidden_layers_get_half_or_twice_their_units(self, setups):
        less, more = (edits(f"{word}-capacity", setups["classifier"]) for word in ("less", "more"))
        assert less == (SetUnits(layer="first", units=8), SetUnits(layer="second", units=6))
        assert more == (SetUnits(layer="first", units=32), SetUnits(layer="second", units=24))
        changed = setups["classifier"].with_edits(*less)
        refused("more-capacity", changed, "changes the widths")
        refused("residual-connections", changed, "widths")

    def test_layers_that_are_added_change_together(self, setups):
        found = edits("less-capacity", setups["residual"])
        assert found == (SetUnits(layer="one", units=8), SetUnits(layer="two", units=8))

    def test_convolutions_recurrences_and_frozen_parts(self, setups):
        widths = {
            edit.layer: edit.units for edit in edits("more-capacity", setups["convolutional"])
        }
        assert widths == {"conv": 8, "dense": 16}
        assert "gru" in paths(edits("more-capacity", setups["recurrent"]), SetUnits)
        refused("less-capacity", setups["frozen"], "whose width can change")

    def test_widths_that_others_depend_on_stay(self, make_setup):
        rows = np.random.default_rng(0).normal(size=(60, 6)).astype("float32")
        inputs = keras.Input((6,))
        one = layers.Dense(6, activation="tanh", name="one")(inputs)
        added = layers.Add()([inputs, one])
        two = layers.Dense(6, activation="tanh", name="two")(added)
        three = layers.Dense(12, activation="tanh", name="three")(keras.ops.abs(two))
        model = keras.Model(inputs, layers.Dense(1, name="head")(three))
        setup = make_setup(model, rows, rows[:, :1], loss="mse")
        assert paths(edits("more-capacity", setup), SetUnits) == ["three"]


class TestSkips:
    def test_go_round_two_layers_of_a_deep_chain(self, setups):
        found = edits("residual-connections", setups["deep"])
        assert found == tuple(
            AddSkip(layer=f"hidden_{i + 2}", source=f"hidden_{i}") for i in range(0, 8, 2)
        )
        refused("residual-connections", setups["deep"].with_edits(*found), "connections")
        refused("residual-connections", setups["classifier"], "without a deep chain")


def test_elu_and_gelu_replace_relu_too_with_the_initializer_of_he(setups):
    for name, activation in (("elu", Activation.ELU), ("gelu", Activation.GELU)):
        found = edits(f"{name}-activation", setups["classifier"])
        assert SetActivation(layer="first", activation=activation) in found
        assert SetInitializer(layer="first", initializer="he_normal") in found


def test_decay_and_penalty_do_not_go_together(setups):
    setup = setups["classifier"]
    found = edits("weight-decay", setup)
    assert found == (SetWeightDecay(factor=0.05),)
    refused("add-l2", setup.with_edits(*found), "weight decay")
    refused("weight-decay", setup.with_edits(*edits("add-l2", setup)), "penalties")
    refused("weight-decay", setups["clipped"], "weight decay 0.01")


def test_rows_are_weighted_where_keras_refuses_class_weights(setups):
    assert edits("balance-rows", setups["two outputs"]) == (BalanceClasses(by_row=True),)
    refused("balance-rows", setups["classifier"], "takes class weights")
    setup = setups["classifier"]
    weighted = replace(setup, data=replace(setup.data, weighted=True))
    assert edits("balance-rows", weighted) == (BalanceClasses(by_row=True),)


def test_broken_values_are_filled_or_their_rows_left_out(setups):
    setup = setups["broken"]
    found = edits("fill-broken-values", setup)
    assert found == (FillInput(input=0),)
    filled = setup.with_edits(*found)
    assert edits("normalize-inputs", filled) == (NormalizeInput(input=0),)
    refused("drop-broken-rows", filled, "fills broken values")
    refused("fill-broken-values", setup.with_edits(DropBrokenRows()), "leaves broken rows out")
    refused("fill-broken-values", setups["classifier"], "without broken values")


def test_a_new_split_only_of_rows_that_were_cut_off_by_their_place(setups):
    setup = setups["sorted"]
    assert edits("split-anew", setup) == (SplitAnew(),)
    refused("split-anew", setup.with_edits(SplitAnew()), "not cut off the end")
    refused("split-anew", setups["classifier"], "not cut off the end")


def test_features_that_are_broken_in_every_row_are_filled(setups):
    setup = setups["broken"]
    one = setup.data.inputs[0]
    mean, nonfinite = one.mean.copy(), one.nonfinite.copy()
    mean[0], nonfinite[0] = np.nan, setup.data.rows
    whole = replace(one, mean=mean, nonfinite=nonfinite, nonfinite_rows=setup.data.rows)
    data = replace(setup.data, inputs=(whole,))
    assert edits("fill-broken-values", replace(setup, data=data)) == (FillInput(input=0),)
    refused("drop-broken-rows", replace(setup, data=data), "300 of 300 rows are broken")
    empty = replace(whole, mean=np.full_like(mean, np.nan))
    data = replace(data, inputs=(empty,))
    refused("fill-broken-values", replace(setup, data=data), "without any finite value")


def test_how_many_rows_are_left_out_is_told(setups):
    fix = next(fix for fix in ALL_FIXES if fix.name == "drop-broken-rows")
    _, applied = fix.apply(setups["broken"])
    assert applied.reason.startswith("3 of 300 rows hold NaN or infinity and are left out.")
