"""Few rows judge in turn; subsets of the rows draw the learning curve. Real models, real data."""

from dataclasses import replace

import numpy as np
import pytest
from wine_trainers import wine_trainer

from keras_debugger.proof.cross_validation import prove_by_folds
from keras_debugger.proof.held_out_rows import Folds, mean_rows
from keras_debugger.proof.learning_curve import learning_curve
from keras_debugger.proof.statistics import decide
from keras_debugger.types.edit import NormalizeInput
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.trial import Score
from keras_debugger.types.vocabulary import CauseKind, Decision, FixKind

FIX = AppliedFix(
    name="normalize-inputs",
    kind=FixKind.NORMALIZE_INPUTS,
    edits=(NormalizeInput(),),
    reason="r",
    risk="r",
)
PLAN = Plan(name="normalize-inputs", cause=CauseKind.INPUTS_NOT_NORMALIZED, fixes=(FIX,), prior=0.9)


def linear_trainer(**rows):
    return wine_trainer(hidden=(), learning_rate=0.05, epochs=6, batch_size=16, **rows)


@pytest.fixture(scope="module")
def few():
    return linear_trainer(every=2)


def score(rows):
    rows = np.asarray(rows, dtype=float)
    error = float(rows.mean())
    return Score(
        metric="accuracy",
        value=1 - error,
        error=error,
        constant_error=0.6,
        row_errors=tuple(rows.tolist()),
    )


def test_each_row_is_averaged_over_the_folds_that_judged_it():
    folds = Folds(rows=(np.array([0, 2]), np.array([1, 3]), np.array([2, 3])))
    scores = [score([1, 0]), score([1, 1]), score([1, 0])]
    np.testing.assert_array_equal(mean_rows(scores, folds), [1, 1, 0.5, 0.5])
    verdict = decide(scores, scores, folds=folds)
    assert (verdict.rows, verdict.folds) == (4, 3)
    assert verdict.decision is Decision.NO_BETTER


@pytest.mark.slow
def test_a_real_fix_is_proved_by_rows_that_never_trained_its_model(few):
    proof = prove_by_folds(few, PLAN, first_seed=1000)
    parts = few.parts
    assert proof.verdict.decision in (Decision.VERIFIED, Decision.IMPROVED)
    assert proof.verdict.rows == parts.whole.rows - parts.selection.rows
    assert proof.verdict.folds == len(proof.before) == len(proof.after)
    assert [trial.seed for trial in proof.after] == list(range(1000, 1000 + proof.verdict.folds))
    assert {trial.plan for trial in proof.before} == {UNCHANGED}
    assert proof.delivered.plan == PLAN
    assert proof.delivered.held_out is None
    assert proof.model.count_params() > 0


@pytest.mark.slow
def test_a_learning_curve_stays_within_what_is_left():
    trainer = linear_trainer()
    whole = trainer.train(PLAN, seed=1, held_out=True).trial
    others = (whole, replace(whole, seed=2))
    assert learning_curve(trainer, whole, others, left=0.9) == (None, ())
    curve, trials = learning_curve(trainer, whole, others, left=2.2)
    assert curve.rows == (28, 57, 114)
    assert curve.errors[-1] == whole.selection.error
    assert curve.noise == 0.0
    assert curve.cost == pytest.approx(sum(trial.cost for trial in trials))
    assert curve.cost <= 2.2
    assert [trial.epochs for trial in trials] == [12, 24]
