from dataclasses import replace

import numpy as np
import pytest
from wine_trainers import EPOCHS, wine_trainer

from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.investigation import investigate
from keras_debugger.proof.compare import prove
from keras_debugger.proof.longer import longer_plan
from keras_debugger.proof.ordering import rank
from keras_debugger.proof.refining import refined
from keras_debugger.proof.search import Shortlist, search
from keras_debugger.training.budget import Budget
from keras_debugger.training.trained import Trained
from keras_debugger.types.cause import Cause
from keras_debugger.types.edit import (
    NormalizeInput,
    ScaleLearningRate,
    SetEpochs,
    SetLoss,
    StopEarly,
)
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Score, Trial
from keras_debugger.types.vocabulary import CauseKind, Decision, FixKind, LossKind


def plan_of(name, *edits, prior=0.3, cause=CauseKind.LEARNING_RATE_TOO_LOW):
    kind = FixKind.LOWER_LEARNING_RATE
    fix = AppliedFix(name=name, kind=kind, edits=edits, reason="r", risk="r")
    return Plan(name=name, cause=cause, fixes=(fix,), prior=prior)


NORMALIZE = plan_of("normalize", NormalizeInput(), prior=0.6)
SLOWER = plan_of("slower", ScaleLearningRate(factor=1e-3))
NO_OP = plan_of("no-op", ScaleLearningRate(factor=1.0), prior=0.2)
BROKEN = plan_of("broken", SetLoss(output=0, loss=LossKind.CATEGORICAL_CROSSENTROPY))
STOP = plan_of("stop", StopEarly(patience=2), cause=CauseKind.OVERCAPACITY)


@pytest.fixture(scope="module")
def trainer():
    """Wine chemistry with raw inputs: a network that does not learn as it is."""
    return wine_trainer(learning_rate=0.01)


@pytest.fixture(scope="module")
def original(trainer):
    return trainer.train(UNCHANGED, seed=0).trial


def searched(trainer, plans, *, limit, original=None, combine=None):
    """A search whose short trials also judge the causes, as in autofix."""
    budget = Budget(trainer=trainer, limit=limit)
    weights = {}
    for plan in plans:
        weights[plan.cause] = max(plan.prior, weights.get(plan.cause, 0.0))
    whole = max(1.0, sum(weights.values()))
    causes = [Cause(kind=kind, confidence=share / whole) for kind, share in weights.items()]

    def look(candidates, *, base, known, keep):
        found = investigate(
            Laboratory(budget=budget),
            causes,
            candidates,
            base=base,
            known=known,
            original=original,
            keep=keep,
        )
        return Shortlist(queue=found.queue, trials=found.trials, control=found.control)

    return search(budget, plans, original=original, look=look, combine=combine)


@pytest.mark.slow
def test_short_trials_find_the_fix_within_the_budget(trainer, original):
    plans = (SLOWER, NORMALIZE, BROKEN, NO_OP)
    found = searched(trainer, plans, original=original, limit=2.0)
    assert found.ranking[0] == NORMALIZE
    assert SLOWER not in found.ranking
    assert NO_OP not in found.ranking
    assert found.cost <= 2.0 + 1 / EPOCHS
    assert found.cost == pytest.approx(sum(trial.cost for trial in found.trials))
    assert found.trials[0].plan == UNCHANGED
    assert found.trials[0].epochs == 1
    assert found.trials[-1].epochs == EPOCHS


@pytest.mark.slow
def test_late_plans_skip_the_short_trials_and_few_plans_go_straight_to_full_ones(trainer, original):
    found = searched(trainer, (STOP,), original=original, limit=1.0)
    assert [trial.plan for trial in found.trials] == [STOP]
    longer = plan_of("longer", SetEpochs(epochs=10 * EPOCHS))
    found = searched(trainer, (longer,), original=original, limit=1.5)
    assert found.cost <= 1.5 + 1 / EPOCHS
    assert found.trials[-1].epochs == round(1.5 * EPOCHS) + 1


@pytest.mark.slow
def test_a_plan_against_a_fact_trains_in_full_first_and_may_end_the_search(trainer, original):
    fact = replace(NORMALIZE, prior=0.95)
    found = searched(trainer, (fact, SLOWER, NO_OP), original=original, limit=3.0)
    assert found.trials[0].plan == found.ranking[0] == fact
    assert found.trials[0].epochs == EPOCHS
    solved = found.trials[0].selection.error <= 0.1 * original.selection.error
    assert (len(found.trials) == 1) == solved


@pytest.mark.slow
def test_two_faults_are_mended_by_two_plans_together():
    trainer = wine_trainer(learning_rate=1e-4)
    faster = plan_of("faster", ScaleLearningRate(factor=100.0))
    both = Plan(
        name="both",
        cause=NORMALIZE.cause,
        fixes=(*NORMALIZE.fixes, *faster.fixes),
        prior=0.3,
    )
    normalize = replace(NORMALIZE, cause=CauseKind.INPUTS_NOT_NORMALIZED)

    def combine(first, second):
        return both if {first.name, second.name} == {"normalize", "faster"} else None

    plans = (normalize, faster, SLOWER)
    found = searched(trainer, plans, limit=3.0, combine=combine)
    assert found.ranking[0].fixes == both.fixes
    assert set(found.causes) == {normalize.cause, faster.cause}
    assert found.cost <= 3.0 + 1 / EPOCHS


@pytest.mark.slow
def test_the_remedy_of_a_fact_is_kept_while_a_second_fault_hides_its_gain(trainer, original):
    fact = replace(NO_OP, prior=0.95, cause=CauseKind.OUTLIERS)

    def combine(first, second):
        return replace(second, name="both", fixes=(*first.fixes, *second.fixes))

    plans = (fact, NORMALIZE, SLOWER)
    found = searched(trainer, plans, original=original, limit=3.0, combine=combine)
    assert found.trials[0].plan == fact
    assert found.ranking[0].fixes == (*fact.fixes, *NORMALIZE.fixes)
    assert set(found.causes) >= {NORMALIZE.cause}


def test_a_rate_is_refined_by_half_a_power_of_ten_each_way():
    lower, higher = refined(plan_of("slower", ScaleLearningRate(factor=0.1)))
    assert [plan.edits[0].factor for plan in (lower, higher)] == pytest.approx(
        [0.0316, 0.316], rel=0.01
    )
    assert lower.name == "slower (rate x0.32)"
    assert not [*refined(NORMALIZE)]


@pytest.mark.slow
def test_a_good_plan_is_verified_and_its_median_model_delivered(trainer):
    proof = prove(trainer, NORMALIZE, seeds=5, first_seed=1000)
    assert proof.verdict.decision is Decision.VERIFIED
    assert [trial.seed for trial in proof.before] == [trial.seed for trial in proof.after]
    errors = [trial.selection.error for trial in proof.after]
    assert proof.delivered.selection.error == sorted(errors)[(len(errors) - 1) // 2]
    held_out = trainer.parts.held_out
    answers = proof.model.predict(held_out.x, verbose=0).argmax(axis=1)
    assert np.mean(answers == held_out.y) == pytest.approx(proof.delivered.held_out.value)


@pytest.mark.slow
def test_a_no_op_is_no_better_after_three_seeds(trainer):
    proof = prove(trainer, NO_OP, seeds=5)
    assert proof.verdict.decision is Decision.NO_BETTER
    assert proof.verdict.gain == 0.0
    assert len(proof.before) == len(proof.after) == 3


def test_a_plan_that_cannot_be_trained_counts_as_a_constant_guess(trainer):
    proof = prove(trainer, BROKEN, seeds=2)
    assert proof.verdict.decision is not Decision.VERIFIED
    assert proof.verdict.diverged_after == 2
    assert proof.model is None


def trial_of(plan, error):
    score = Score(metric="accuracy", value=1 - error, error=error, constant_error=0.6)
    return Trial(plan=plan, seed=0, epochs=1, record=TrainingRecord(), selection=score)


def named(plans):
    return [plan.name for plan in plans]


def test_full_trainings_rank_by_error_and_drop_what_is_not_five_percent_better():
    one, two, three = plan_of("one"), plan_of("two"), plan_of("three")
    finished = {one: trial_of(one, 0.20), two: trial_of(two, 0.10), three: trial_of(three, 0.29)}
    assert named(rank(finished, trial_of(UNCHANGED, 0.30))) == ["two", "one"]
    assert rank(finished, trial_of(UNCHANGED, 0.0)) == ()


def test_where_errors_are_equal_a_clearly_lower_loss_tells():
    before = replace(trial_of(UNCHANGED, 0.1).selection, loss_ratio=0.9)
    original = replace(trial_of(UNCHANGED, 0.1), selection=before)
    one, other = plan_of("one"), plan_of("other")
    finished = {
        one: replace(trial_of(one, 0.1), selection=replace(before, loss_ratio=0.3)),
        other: replace(trial_of(other, 0.1), selection=replace(before, loss_ratio=0.85)),
    }
    assert named(rank(finished, original)) == ["one"]


def test_of_plans_about_as_good_the_one_with_fewer_fixes_stands_first():
    one, other = plan_of("one"), plan_of("other")
    both = replace(one, name="both", fixes=(*one.fixes, *other.fixes))
    finished = {both: trial_of(both, 0.10), one: trial_of(one, 0.11), other: trial_of(other, 0.2)}
    assert named(rank(finished, trial_of(UNCHANGED, 0.30))) == ["one", "both", "other"]


class Counting:
    """Hands out trials with given errors and counts the trainings."""

    def __init__(self, errors):
        self.errors = errors
        self.trained = []

    def expect(self, plans, **_):
        pass

    def train(self, plan, *, seed, held_out):
        self.trained.append((plan.name, seed))
        trial = trial_of(plan, self.errors[plan.name][seed])
        return Trained(trial=replace(trial, seed=seed, held_out=trial.selection), model=plan.name)


def test_a_second_proof_does_not_train_the_original_again():
    errors = {name: [0.3, 0.31, 0.29, 0.3, 0.3] for name in ("unchanged", "one")}
    errors["two"] = [0.1, 0.11, 0.1, 0.1, 0.1]
    trainer = Counting(errors)
    first = prove(trainer, plan_of("one"), first_seed=0)
    second = prove(trainer, plan_of("two"), first_seed=0, before=first.before)
    assert first.verdict.decision is Decision.NO_BETTER
    assert second.verdict.decision is Decision.VERIFIED
    assert [seed for name, seed in trainer.trained if name == "unchanged"] == [0, 1, 2]
    assert second.delivered.selection.error == 0.1


def test_five_seeds_are_trained_where_three_do_not_decide():
    errors = {"unchanged": [0.5, 0.2, 0.21, 0.2, 0.2], "one": [0.19, 0.19, 0.2, 0.2, 0.19]}
    trainer = Counting(errors)
    proof = prove(trainer, plan_of("one"), first_seed=0)
    assert len(proof.before) == len(proof.after) == 5
    assert proof.verdict.decision is Decision.NOT_PROVEN


def test_a_short_unfinished_run_trains_longer_at_the_highest_rate_that_learns():
    few = CauseKind.TOO_FEW_UPDATES
    trainer = wine_trainer(learning_rate=1e-3, epochs=4)
    longer = plan_of("longer", SetEpochs(epochs=12), cause=few)
    faster = plan_of("faster", SetEpochs(epochs=12), ScaleLearningRate(factor=10.0), cause=few)
    wild = plan_of("wild", SetEpochs(epochs=12), ScaleLearningRate(factor=1e6), cause=few)
    budget = Budget(trainer=trainer, limit=3.0)
    original = budget.train(UNCHANGED, 4)
    plans = (longer, faster, wild)
    assert longer_plan(budget, (NORMALIZE, *plans), original) is not None
    cost = budget.cost
    chosen = longer_plan(budget, plans, original)
    assert chosen in (faster, longer)
    assert budget.cost - cost <= 2 * budget.epoch + 1e-9
    assert (
        longer_plan(budget, (replace(NORMALIZE, cause=CauseKind.OUTLIERS), *plans), original)
        is None
    )
    many = Budget(trainer=wine_trainer(learning_rate=1e-3), limit=3.0)
    assert longer_plan(many, plans, original) is None
    one = Budget(trainer=wine_trainer(learning_rate=1e-3, epochs=1), limit=3.0)
    assert longer_plan(one, plans, original) is longer
    assert one.cost == 0.0
