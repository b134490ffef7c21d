"""Beliefs, what an experiment is expected to tell, and the declared outcomes."""

import math
from dataclasses import replace

import pytest

from keras_debugger.causes import interventions as which
from keras_debugger.causes import probes
from keras_debugger.causes.information import (
    Outcome,
    belief_of,
    entropy,
    expected_information,
    updated,
)
from keras_debugger.causes.proposing import next_experiments
from keras_debugger.types.cause import Cause
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.record import FitDescription, TrainingRecord
from keras_debugger.types.trial import Score, Trial, rank_scores
from keras_debugger.types.vocabulary import CauseKind, FixKind

C = CauseKind
ALL = (
    which.ONE_BATCH,
    which.SHUFFLED_LABELS,
    which.LEARNING_RATES,
    which.SIMPLE_MODELS,
    which.START,
)


def cause(kind, confidence, **more):
    return Cause(kind=kind, confidence=confidence, **more)


def test_what_a_ranking_leaves_over_is_unknown():
    belief = belief_of([cause(C.OVERCAPACITY, 0.5), cause(C.WRONG_LOSS, 0.2)])
    assert belief[None] == pytest.approx(0.3)
    assert sum(belief.values()) == pytest.approx(1.0)


def test_bayes_rule_moves_the_belief_and_excludes_nothing():
    belief = {C.OVERCAPACITY: 0.5, C.WRONG_LOSS: 0.3, None: 0.2}
    best, _, none = probes.probe_outcomes(C.WRONG_LOSS)
    assert updated(belief, best)[C.WRONG_LOSS] == pytest.approx(
        0.7 * 0.3 / (0.7 * 0.3 + 0.15 * 0.7)
    )
    after = updated(belief, none)
    assert 0.0 < after[C.WRONG_LOSS] < 0.3
    assert after[C.OVERCAPACITY] / after[None] == pytest.approx(2.5)


def test_information_is_zero_where_nothing_is_open_or_nothing_is_told():
    certain, open_ = {C.WRONG_LOSS: 1.0}, {C.WRONG_LOSS: 0.5, None: 0.5}
    outcomes = probes.probe_outcomes(C.WRONG_LOSS)
    assert entropy(certain) == 0.0
    assert entropy(open_) == pytest.approx(1.0)
    assert expected_information(certain, outcomes) == pytest.approx(0.0)
    assert 0.1 < expected_information(open_, outcomes) < 1.0
    blind = (Outcome(name="a", otherwise=0.5), Outcome(name="b", otherwise=0.5))
    assert expected_information(open_, blind) == pytest.approx(0.0)


def test_a_test_that_tells_all_is_worth_all_that_is_open():
    sure = (
        Outcome(name="yes", given={C.WRONG_LOSS: 1.0}, otherwise=0.0),
        Outcome(name="no", given={C.WRONG_LOSS: 0.0}, otherwise=1.0),
    )
    belief = {C.WRONG_LOSS: 0.25, None: 0.75}
    assert expected_information(belief, sure) == pytest.approx(entropy(belief))


def test_a_plan_speaks_for_every_cause_whose_first_remedy_it_is():
    def plan(cause, *names):
        fixes = tuple(
            AppliedFix(name=name, kind=FixKind.TRAIN_LONGER, edits=(), reason="", risk="")
            for name in names
        )
        return Plan(name=" + ".join(names), cause=cause, fixes=fixes, prior=0.5)

    raised = probes.aimed_at(plan(C.LEARNING_RATE_TOO_LOW, "raise-learning-rate"))
    assert set(raised) >= {C.LEARNING_RATE_TOO_LOW, C.TOO_FEW_UPDATES}
    assert probes.aimed_at(plan(C.OUTLIERS, "batch-norm"))[0] is C.OUTLIERS
    assert probes.aimed_at(plan(None)) == ()


def trial(error, loss_ratio):
    score = Score(metric="a", value=error, error=error, constant_error=0.5, loss_ratio=loss_ratio)
    return Trial(plan=UNCHANGED, seed=0, epochs=1, record=TrainingRecord(), selection=score)


def test_where_nothing_is_learnt_yet_the_loss_tells_and_a_failure_is_last():
    stuck, on_its_way = trial(0.5, 1.2), trial(0.5, 0.9)
    failed = replace(stuck, selection=None, failure="no")
    scores = rank_scores([stuck, on_its_way, failed])
    assert scores[1] < scores[0] < scores[2]
    assert scores[:2] == [1.2, 0.9]
    learnt = trial(0.1, 0.4)
    assert rank_scores([stuck, on_its_way, learnt]) == [
        one.rank_score for one in (stuck, on_its_way, learnt)
    ]


@pytest.mark.parametrize("intervention", ALL, ids=lambda one: one.name)
def test_the_outcomes_of_an_intervention_add_up_and_exclude_no_cause(intervention):
    for kind in (None, *C):
        shares = [outcome.likelihood(kind) for outcome in intervention.outcomes]
        assert math.isclose(sum(shares), 1.0)
        assert min(shares) > 0.0
    assert intervention.separates
    assert intervention.question.endswith("?")


def test_an_open_diagnosis_proposes_what_would_decide():
    low = cause(C.LEARNING_RATE_TOO_LOW, 0.45, fixes=("raise-learning-rate",))
    labels = cause(C.LABELS_CORRUPTED, 0.35, repairable=False)
    record = TrainingRecord(fit_description=FitDescription(epochs=10))
    proposed = next_experiments((low, labels), record)
    assert proposed
    assert proposed == tuple(
        sorted(proposed, key=lambda one: -one.information / max(one.cost, 0.01))
    )
    assert "probe of raise-learning-rate" in {one.name for one in proposed}
    assert not any(one.made for one in proposed)


def test_a_clear_diagnosis_proposes_nothing():
    assert (
        next_experiments((cause(C.WRONG_LOSS, 0.95, fixes=("fit-output",)),), TrainingRecord())
        == ()
    )
    assert next_experiments((), TrainingRecord()) == ()
