"""Experiments on real programs with a known fault."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_wine

from keras_debugger import Recorder, diagnose
from keras_debugger.causes import interventions as which
from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.investigation import investigate
from keras_debugger.errors import InvalidArgumentError
from keras_debugger.fixes.planning import plan_fixes
from keras_debugger.report.terminal import make_progress
from keras_debugger.training.budget import Budget
from keras_debugger.training.preparation import prepare
from keras_debugger.types.cause import Cause
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.record import FitDescription
from keras_debugger.types.vocabulary import CauseKind

C = CauseKind
EPOCHS = 20


def wine(*, standard=True):
    x, y = load_wine(return_X_y=True)
    if standard:
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), y


def classifier(rate, **hidden):
    model = keras.Sequential(
        [
            keras.layers.Input((13,)),
            keras.layers.Dense(16, activation="relu", **hidden),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return model


def laboratory(model, data, *, limit=2.0):
    preparation = prepare(
        model, data, fit=FitDescription(epochs=EPOCHS, batch_size=32), progress=make_progress(0)
    )
    return Laboratory(budget=Budget(trainer=preparation.trainer, limit=limit)), preparation


def guesses(**confidences):
    return tuple(Cause(kind=C[name], confidence=share) for name, share in confidences.items())


def test_probes_tell_a_rate_too_low_from_a_bad_start_within_the_budget():
    lab, preparation = laboratory(classifier(3e-4), wine(), limit=1.0)
    causes = guesses(BAD_INITIALIZATION=0.4, LEARNING_RATE_TOO_LOW=0.2, LEARNING_RATE_TOO_HIGH=0.2)
    plans = plan_fixes(causes, preparation.setup)
    found = investigate(lab, causes, plans)
    assert found.causes[0].kind is C.LEARNING_RATE_TOO_LOW
    assert found.queue[0].cause is C.LEARNING_RATE_TOO_LOW
    assert lab.budget.cost <= 1.0 + 1 / EPOCHS
    assert lab.budget.trials[0].plan is UNCHANGED
    assert sum(cause.confidence for cause in found.causes) + found.unknown == pytest.approx(1.0)
    evidence = found.causes[0].experiments
    assert evidence
    assert all(one.made for one in evidence)
    assert any(C.LEARNING_RATE_TOO_LOW in one.speaks_for for one in evidence)
    curves = [one for one in found.experiments if one.curve]
    assert curves
    assert all(len(one.curve) == len(one.control) for one in curves)
    assert any(one.name in text.lower() for one in evidence for text in found.causes[0].evidence)


def test_a_sound_program_learns_a_batch_by_heart_and_a_frozen_one_does_not():
    lab, _ = laboratory(classifier(0.01), wine())
    answer = lab.make(which.ONE_BATCH, None)
    assert answer.outcome.name == "learns it"
    assert answer.cost == pytest.approx(lab.cost(which.ONE_BATCH))
    assert lab.budget.cost == pytest.approx(answer.cost)
    frozen, _ = laboratory(classifier(1e-7), wine())
    answer = frozen.make(which.ONE_BATCH, None)
    assert answer.outcome.name == "cannot learn it"
    assert "150 steps" in answer.words


def test_labels_without_signal_are_learnt_no_better_than_shuffled_ones():
    x, y = wine()
    lab, _ = laboratory(classifier(0.01), (x, np.random.default_rng(1).permutation(y)))
    control = lab.budget.train(UNCHANGED, lab.longer, short=True)
    answer = lab.make(which.SHUFFLED_LABELS, control)
    assert answer.outcome.name == "no better"
    sound, _ = laboratory(classifier(0.01), (x, y))
    control = sound.budget.train(UNCHANGED, sound.longer, short=True)
    answer = sound.make(which.SHUFFLED_LABELS, control)
    assert answer.outcome.name == "better"
    assert answer.control[-1] < answer.curve[-1]


def test_a_range_of_rates_finds_the_direction():
    lab, _ = laboratory(classifier(1e-4), wine())
    control = lab.budget.train(UNCHANGED, lab.longer, short=True)
    answer = lab.make(which.LEARNING_RATES, control)
    assert answer.outcome.name == "a higher one"


def test_the_untrained_model_and_simple_models_cost_no_training():
    far = keras.initializers.RandomNormal(stddev=60.0, seed=1)
    lab, _ = laboratory(classifier(0.01, kernel_initializer=far), wine())
    assert lab.make(which.START, None).outcome.name == "they are not"
    answer = lab.make(which.SIMPLE_MODELS, None)
    assert answer.outcome.name == "they can"
    assert lab.budget.cost == 0.0
    assert lab.budget.trials == []


@pytest.mark.slow
def test_if_no_fix_helps_other_interventions_say_where_to_look():
    x, y = wine()
    lab, preparation = laboratory(
        classifier(0.01), (x, np.random.default_rng(1).permutation(y)), limit=4.0
    )
    causes = guesses(LABELS_CORRUPTED=0.3, LEARNING_RATE_TOO_HIGH=0.3)
    plans = [plan for plan in plan_fixes(causes, preparation.setup) if not plan.is_late]
    found = investigate(lab, causes, plans[:2])
    names = {one.name for one in found.experiments}
    assert names & {"one batch", "shuffled labels"}
    assert found.causes[0].kind is C.LABELS_CORRUPTED


def test_diagnose_makes_experiments_only_where_something_is_wrong():
    x, y = wine()
    model = classifier(0.01)
    recorder = Recorder(probe_data=(x, y))
    model.fit(x, y, epochs=EPOCHS, validation_split=0.2, verbose=0, callbacks=[recorder])
    with pytest.raises(InvalidArgumentError, match="without data"):
        diagnose(recorder, model=model, experiments=True)
    healthy = diagnose({"loss": [1.0, 0.4, 0.2, 0.1], "val_loss": [1.0, 0.4, 0.2, 0.11]})
    assert healthy.next_experiments == ()


@pytest.mark.slow
def test_diagnose_with_experiments_names_the_cause_and_shows_what_happened():
    x, y = wine()
    model = classifier(1e-5)
    recorder = Recorder()
    model.fit(x, y, epochs=EPOCHS, validation_split=0.2, verbose=0, callbacks=[recorder])
    plain = diagnose(recorder)
    asked = diagnose(recorder, model=model, data=(x, y), experiments=True, budget=1.0)
    assert asked.causes[0].kind is C.LEARNING_RATE_TOO_LOW
    assert asked.causes[0].confidence > plain.causes[0].confidence
    assert asked.experiments
    assert asked.next_experiments == ()
    assert "probe of" in str(asked).lower()
