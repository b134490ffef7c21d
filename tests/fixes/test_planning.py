"""Plans from causes: which fixes, in which order, and why others are left out."""

import pytest

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes import ALL_FIXES
from keras_debugger.fixes.planning import plan_combined, plan_fixes, refusals_of
from keras_debugger.types.cause import Cause
from keras_debugger.types.edit import ClipNorm, ScaleLearningRate, SetActivation
from keras_debugger.types.remedies import REMEDIES, fix_names
from keras_debugger.types.vocabulary import Activation, CauseKind

C = CauseKind


def cause(kind, confidence=0.8, **more):
    return Cause(kind=kind, confidence=confidence, **more)


def names(causes, setup):
    return [plan.name for plan in plan_fixes(causes, setup)]


def test_remedies_name_fixes_that_exist_and_use_all_of_them():
    known = {fix.name for fix in ALL_FIXES}
    named = {name for combinations in REMEDIES.values() for one in combinations for name in one}
    assert set(REMEDIES) == set(CauseKind)
    assert named <= known
    assert known - named == {"reduce-rate-on-plateau"}  # comes with raise-learning-rate


def test_no_cause_gives_no_plan(classifier):
    assert plan_fixes((), classifier) == ()


def test_the_first_remedy_of_the_first_cause_comes_first(setups):
    causes = (cause(C.SATURATING_ACTIVATION, 0.7), cause(C.LEARNING_RATE_TOO_LOW, 0.2))
    plans = plan_fixes(causes, setups["sigmoid"])
    assert plans[0].name == "relu-activation + batch-norm"
    assert plans[0].cause is C.SATURATING_ACTIVATION
    assert plans[0].prior == 0.7
    assert plans[1].name == "relu-activation"
    assert "raise-learning-rate" in [plan.name for plan in plans]


def test_a_second_cause_is_tried_before_the_last_remedies_of_the_first(setups):
    causes = (cause(C.OVERCAPACITY, 0.5), cause(C.LEARNING_RATE_TOO_HIGH, 0.4))
    order = names(causes, setups["classifier"])
    assert order.index("lower-learning-rate") < order.index("add-l2-slightly")


def test_edits_of_a_plan_are_those_of_its_fixes_in_order(setups):
    plan = plan_fixes((cause(C.SATURATING_ACTIVATION),), setups["sigmoid"])[0]
    assert plan.edits[0] == SetActivation(layer="first", activation=Activation.RELU)
    assert plan.edits == tuple(edit for fix in plan.fixes for edit in fix.edits)


def test_refused_fixes_are_left_out_and_told(setups):
    causes = (cause(C.SATURATING_ACTIVATION),)
    order = names(causes, setups["not rebuildable"])
    assert not any("relu" in name or "norm" in name for name in order)
    told = refusals_of(causes, setups["not rebuildable"])
    assert any("relu-activation" in one and "take apart" in one for one in told)


def test_refusals_of_unlikely_causes_are_not_told(setups):
    causes = (cause(C.SATURATING_ACTIVATION, 0.05),)
    assert refusals_of(causes, setups["not rebuildable"]) == ()


def test_plans_that_make_the_same_edits_come_once(setups):
    causes = tuple(cause(kind, 0.2) for kind in CauseKind)
    for setup in setups.values():
        edits = [frozenset(plan.edits) for plan in plan_fixes(causes, setup)]
        assert len(edits) == len(set(edits))
        assert all(edits)


def test_data_that_no_edit_can_mend_get_no_plan(classifier):
    causes = (cause(C.LABELS_CORRUPTED, repairable=False),)
    assert plan_fixes(causes, classifier) == ()
    assert refusals_of(causes, classifier) == ()


def test_four_fixes_are_worth_a_try_in_any_run(setups):
    plans = plan_fixes((cause(C.NOT_SHUFFLED),), setups["sigmoid"])
    standing = {plan.name for plan in plans}
    assert {
        "lower-learning-rate",
        "raise-learning-rate",
        "change-initializer",
        "relu-activation + batch-norm",
    } - standing <= {"change-initializer"}
    assert plans[-1].prior == 0.01


def test_a_second_plan_goes_on_top_of_a_first(classifier):
    first = plan_fixes((cause(C.INPUTS_NOT_NORMALIZED),), classifier)[0]
    second = plan_fixes((cause(C.LEARNING_RATE_TOO_HIGH),), classifier)[0]
    both = plan_combined(first, second, classifier)
    assert both.name == "normalize-inputs + lower-learning-rate"
    assert both.edits == (*first.edits, ScaleLearningRate(factor=0.1))
    assert both.cause is C.INPUTS_NOT_NORMALIZED
    assert plan_combined(both, second, classifier) == both


def test_a_second_plan_that_contradicts_the_first_is_refused(classifier):
    up = plan_fixes((cause(C.LEARNING_RATE_TOO_LOW),), classifier)[0]
    down = plan_fixes((cause(C.LEARNING_RATE_TOO_HIGH),), classifier)[0]
    with pytest.raises(NotApplicableError, match="already multiplies the rate"):
        plan_combined(up, down, classifier)


def test_shared_fixes_of_two_plans_are_applied_once(setups):
    plans = {
        plan.name: plan for plan in plan_fixes((cause(C.UNCLIPPED_GRADIENTS),), setups["sigmoid"])
    }
    both = plan_combined(
        plans["clip-gradients"], plans["clip-gradients + lower-learning-rate"], setups["sigmoid"]
    )
    assert both.edits == (ClipNorm(limit=1.0), ScaleLearningRate(factor=0.1))


@pytest.mark.parametrize("kind", CauseKind)
def test_names_of_fixes_come_best_first_and_once(kind):
    found = fix_names(kind)
    assert len(found) == len(set(found))
    if REMEDIES[kind]:
        assert found[0] == REMEDIES[kind][0][0]
