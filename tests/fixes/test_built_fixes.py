"""Each fix as a model: what it asks for can be built, and is there."""

from itertools import permutations

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes import ALL_FIXES
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.fixes.planning import plan_fixes
from keras_debugger.recording.model_description import describe_model
from keras_debugger.types.cause import Cause
from keras_debugger.types.vocabulary import CauseKind


def build(setup, blueprints, edits):
    """The model of a set-up after edits; Normalization layers are adapted to random rows."""
    random = np.random.default_rng(0)
    inputs = [random.normal(size=(32, *one.shape)).astype("float32") for one in setup.data.inputs]
    blueprint = blueprints[id(setup.model)]
    return blueprint.build(edits, seed=0, inputs=inputs, steps=100)


@pytest.mark.parametrize("fix", ALL_FIXES, ids=lambda fix: fix.name)
def test_the_edits_of_a_fix_can_be_built(fix, setups, blueprints):
    built = 0
    for setup in setups.values():
        try:
            edits = fix.edits(setup)
        except NotApplicableError:
            continue
        model = build(setup, blueprints, edits)
        check_as_foreseen(model, setup.with_edits(*edits))
        built += 1
        if built == 3:
            return
    assert built


def check_as_foreseen(model, setup):
    """The rebuilt model is what the edited description says."""
    foreseen, found = edited_model(setup), describe_model(model)
    for before, after in zip(foreseen.outputs, found.outputs, strict=True):
        assert (after.loss, after.units) == (before.loss, before.units)
        assert bool(after.from_logits) == bool(before.from_logits)
    assert found.optimizer.name == foreseen.optimizer.name
    for limit in ("clipnorm", "clipvalue", "global_clipnorm"):
        assert getattr(found.optimizer, limit) == getattr(foreseen.optimizer, limit)
    layers = {layer.path: layer for layer in found.layers}
    for layer in foreseen.layers:
        if layer.path in layers:
            same = layers[layer.path]
            assert same.trainable == layer.trainable
            assert same.dropout == pytest.approx(layer.dropout)
            assert same.l2 == pytest.approx(layer.l2)
            assert same.momentum == layer.momentum


@pytest.mark.parametrize("name", ["classifier", "sigmoid", "regression", "recurrent"])
def test_the_plans_of_all_causes_can_be_built(name, setups, blueprints):
    setup = setups[name]
    causes = tuple(Cause(kind=kind, confidence=0.1) for kind in CauseKind)
    plans = plan_fixes(causes, setup)
    for plan in [plan for plan in plans if len(plan.fixes) > 1]:
        model = build(setup, blueprints, plan.edits)
        assert isinstance(model, keras.Model)
        check_as_foreseen(model, setup.with_edits(*plan.edits))


MODELS = ("sigmoid", "regression", "outliers", "normalised", "convolutional", "recurrent", "deep")
COMMON = {"deadline": None, "derandomize": True}
COMMON["suppress_health_check"] = [HealthCheck.function_scoped_fixture]


def applied(fixes, setup):
    """The set-up after those of the fixes that are not refused, and how many these are."""
    done = 0
    for fix in fixes:
        try:
            setup, _ = fix.apply(setup)
        except NotApplicableError:
            continue
        done += 1
    return setup, done


@settings(max_examples=12, **COMMON)
@given(
    name=st.sampled_from(MODELS),
    fixes=st.lists(st.sampled_from(ALL_FIXES), min_size=2, max_size=7, unique=True),
)
def test_what_fixes_make_of_a_model_in_any_order_can_be_built(name, fixes, setups, blueprints):
    setup, _ = applied(fixes, setups[name])
    model = build(setups[name], blueprints, setup.edits)
    check_as_foreseen(model, setup)


@settings(max_examples=12, **COMMON)
@given(
    name=st.sampled_from(MODELS),
    pair=st.lists(st.sampled_from(ALL_FIXES), min_size=2, max_size=2, unique=True),
)
def test_both_orders_of_two_fixes_make_the_same_model(name, pair, setups, blueprints):
    made = []
    for order in permutations(pair):
        setup, done = applied(order, setups[name])
        if done < 2:
            return
        made.append(build(setups[name], blueprints, setup.edits))
    one, two = (describe_model(model) for model in made)
    assert one == two
    for ours, theirs in zip(*(model.get_weights() for model in made), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def own_penalty(weights):
    return 0.3 * keras.ops.sum(weights * weights)


@pytest.mark.parametrize("name", ["weaken-regularization", "remove-regularization"])
def test_all_that_holds_a_model_back_is_taken_off(name, make_setup, blueprints):
    layers, l1 = keras.layers, keras.regularizers.L1(0.1)
    model = keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(8, activity_regularizer=l1, bias_regularizer=l1),
            layers.GaussianNoise(0.5),
            layers.Dense(8, kernel_regularizer=own_penalty),
            layers.ActivityRegularization(l2=0.5),
            layers.Dense(3, "softmax", kernel_constraint=keras.constraints.MaxNorm(0.02)),
        ]
    )
    random = np.random.default_rng(0)
    x, y = random.normal(size=(60, 6)).astype("float32"), random.integers(0, 3, 60)
    optimizer = keras.optimizers.AdamW(1e-3, weight_decay=1.0)
    setup = make_setup(model, x, y, optimizer=optimizer)
    (fix,) = (one for one in ALL_FIXES if one.name == name)
    edits = fix.edits(setup)
    rebuilt = build(setup, blueprints, edits)
    check_as_foreseen(rebuilt, setup.with_edits(*edits))
    rebuilt(x, training=True)
    assert sum(float(loss) for loss in rebuilt.losses) == 0.0
    assert not rebuilt.optimizer.weight_decay
    assert not any(weight.constraint for weight in rebuilt.weights)
    (noise,) = (one for one in rebuilt.layers if isinstance(one, layers.GaussianNoise))
    assert noise.stddev == (0.125 if name == "weaken-regularization" else 0.0)
