"""The order in which plans deserve a full training."""

from keras_debugger.causes.ordering import by_belief, order
from keras_debugger.types.plan import Plan
from keras_debugger.types.vocabulary import CauseKind


def plan_of(name, *, prior=0.3, cause=CauseKind.LEARNING_RATE_TOO_LOW):
    return Plan(name=name, cause=cause, fixes=(), prior=prior)


def named(plans):
    return [plan.name for plan in plans]


def test_plans_go_by_the_belief_in_their_cause_and_further_remedies_wait():
    low, high = CauseKind.LEARNING_RATE_TOO_LOW, CauseKind.LEARNING_RATE_TOO_HIGH
    plans = [plan_of("a"), plan_of("b"), plan_of("c"), plan_of("d", cause=high)]
    assert named(by_belief(plans, {low: 0.5, high: 0.2})) == ["a", "b", "d", "c"]


def test_plans_about_as_good_as_the_best_go_by_their_prior():
    likely, best, weak = plan_of("likely"), plan_of("best"), plan_of("weak")
    scores = {likely: 0.35, best: 0.30, weak: 0.90}
    assert named(order(scores, 1.0, [likely, weak, best])) == ["likely", "best", "weak"]


def test_what_does_not_beat_the_control_is_dropped_unless_its_cause_is_a_fact():
    equal, fact = plan_of("equal"), plan_of("fact", prior=0.95)
    scores = {equal: 0.98, fact: 1.0}
    assert named(order(scores, 1.0, [equal, fact])) == ["fact"]


def test_a_fact_that_is_clearly_beaten_loses_its_place():
    fact, best = plan_of("fact", prior=0.95), plan_of("best")
    assert named(order({fact: 0.8, best: 0.3}, 1.0, [fact, best])) == ["best", "fact"]
    assert named(order({fact: 0.5, best: 0.3}, 1.0, [fact, best])) == ["fact", "best"]


def test_late_plans_stand_among_the_best():
    late = plan_of("late", cause=CauseKind.CLASS_IMBALANCE)
    best, weak = plan_of("best"), plan_of("weak")
    scores = {best: 0.3, weak: 0.9}
    assert named(order(scores, 1.0, [late, weak, best])) == ["late", "best", "weak"]
