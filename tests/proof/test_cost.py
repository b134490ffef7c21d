import math

from keras_debugger.proof.cost import cost_of_folds, cost_of_run, told


def test_the_cost_holds_every_training_that_can_come():
    cost = cost_of_run(budget=3.0, seeds=5, epoch=0.05, longest=1.0, spent=1.0)
    # 1 original, 3 and an epoch for the search, 5 of the original, two plans on 5 seeds each.
    assert cost.most == 1.0 + 3.05 + 15.0
    assert cost.proof_low == 6.0


def test_few_seeds_and_a_plan_that_trains_longer():
    cost = cost_of_run(budget=1.0, seeds=2, epoch=0.1, longest=3.0, spent=0.0)
    assert cost.proof_low == 4.0
    assert cost.proof_high == 2 * (1 + 2 * 3.0)


def test_folds_pay_for_both_models_in_each():
    cost = cost_of_folds(budget=3.0, folds=10, epoch=0.05, longest=1.0, spent=1.0)
    assert cost.proof_high == 10 * 2.0 + 1.5
    assert cost.proof_low == 11.0


def test_the_cost_in_words_tells_trainings_and_time():
    cost = cost_of_run(budget=3.0, seeds=5, epoch=0.05, longest=1.0, spent=1.0)
    words = told(cost, 10.0)
    assert "at most 18.1 trainings of the original" in words
    assert "up to 3.05 for the search, then 6 to 15 for the proof" in words
    assert "about 2 min to 3 min at 10 s a training" in words or "90 s" in words
    assert "about" not in told(cost, math.nan)
