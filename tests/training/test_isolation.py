"""Trials in processes of their own: the same bits, and trouble that ends no other trial."""

import random
import time

import keras
import numpy as np
import pytest
from programs_for_workers import model_of, plan_of, trainer_of, troubled_loss

from keras_debugger.training.isolation import ProcessExecutor
from keras_debugger.training.limits import Limits
from keras_debugger.training.time_limit import TimeIsUp
from keras_debugger.types.edit import InsertDropout, NormalizeInput, SetEpochs, SetLoss
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.vocabulary import Ending, LossKind

PLAN = plan_of(NormalizeInput(), InsertDropout(layer="hidden", rate=0.5))


def losses(trained):
    return trained.trial.record.epochs.values["loss"].tolist()


class Told:
    def __init__(self):
        self.epochs = []

    def trial(self, **event):
        self.epochs.clear()

    def epoch(self, **event):
        self.epochs.append(event["epoch"])

    def end_trial(self, trial):
        pass


@pytest.fixture(scope="module")
def isolated():
    """A trainer with a worker, and what it is told."""
    told = Told()
    trainer = trainer_of(model_of(), progress=told)
    trainer.executor = ProcessExecutor(trainer.program, threads=1)
    yield trainer, told
    trainer.close()


@pytest.mark.slow
def test_a_trial_has_the_same_bits_in_a_worker_and_here(isolated):
    here = trainer_of(model_of()).train(PLAN, seed=3, held_out=True)
    trainer, told = isolated
    there = trainer.train(PLAN, seed=3, held_out=True)
    assert trainer.notes == ()
    assert told.epochs == [0, 1, 2]
    assert losses(there) == losses(here)
    assert there.trial.held_out == here.trial.held_out
    assert there.trial.selection == here.trial.selection
    np.testing.assert_array_equal(
        there.trial.record.gradients.norm, here.trial.record.gradients.norm
    )
    for one, two in zip(here.model.variables, there.model.variables, strict=True):
        np.testing.assert_array_equal(one, two)
    x = trainer.parts.held_out.x
    np.testing.assert_array_equal(
        here.model.predict(x, verbose=0), there.model.predict(x, verbose=0)
    )


@pytest.mark.slow
def test_what_fails_in_a_worker_is_a_failure_with_the_same_words(isolated):
    plan = plan_of(SetLoss(output=0, loss=LossKind.CATEGORICAL_CROSSENTROPY))
    here = trainer_of(model_of()).train(plan, seed=1, held_out=True).trial
    there = isolated[0].train(plan, seed=1, held_out=True).trial
    assert there.failure == here.failure != ""
    assert there.record.ending is Ending.FAILED


@pytest.mark.slow
def test_time_that_is_up_ends_a_worker(isolated):
    trainer, _ = isolated
    trainer.until = time.monotonic() + 1.0
    started = time.monotonic()
    with pytest.raises(TimeIsUp):
        trainer.train(plan_of(SetEpochs(epochs=100_000)), seed=9)
    assert time.monotonic() - started < 10.0
    trainer.until = None


TROUBLE = {
    "crash": (Limits(), "SIGSEGV"),
    "hang": (Limits(silence=3.0), "hung: no epoch ended in 3 s"),
    "memory": (Limits(memory=1100 * 2**20), "ran out of memory"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("limits", "said"), TROUBLE.values(), ids=TROUBLE)
def test_trouble_is_marked_and_the_next_trial_goes_on(limits, said, request, tmp_path, monkeypatch):
    trouble = tmp_path / "trouble"
    trouble.write_text(request.node.callspec.id, encoding="utf-8")
    monkeypatch.setenv("KERAS_DEBUGGER_TEST_TROUBLE", str(trouble))
    trainer = trainer_of(model_of(troubled_loss))
    trainer.executor = ProcessExecutor(trainer.program, threads=1, limits=limits)
    try:
        lost = trainer.train(UNCHANGED, seed=1, held_out=True)
        assert said in lost.trial.failure
        assert lost.model is None
        assert lost.trial.record.ending is Ending.FAILED
        assert lost.trial.held_out.error == lost.trial.held_out.constant_error
        trouble.unlink()
        assert not trainer.train(UNCHANGED, seed=2).trial.failure
        assert trainer.notes == ()
    finally:
        trainer.close()


@pytest.mark.slow
def test_two_workers_begin_what_is_expected():
    trainer = trainer_of(model_of())
    trainer.executor = ProcessExecutor(trainer.program, workers=2, threads=1)
    try:
        trainer.expect([UNCHANGED, PLAN], seeds=[1, 2], held_out=True)
        trials = [
            trainer.train(plan, seed=seed, held_out=True).trial
            for seed in (1, 2)
            for plan in (UNCHANGED, PLAN)
        ]
    finally:
        trainer.close()
    alone = trainer_of(model_of())
    for trial in trials:
        again = alone.train(trial.plan, seed=trial.seed, held_out=True).trial
        assert again.held_out == trial.held_out


def test_what_cannot_be_sent_is_trained_here_and_said():
    def own_loss(y_true, y_pred):
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)

    trainer = trainer_of(model_of(own_loss))
    trainer.executor = ProcessExecutor(trainer.program)
    state = random.getstate()
    assert not trainer.train(UNCHANGED, seed=1).trial.failure
    assert random.getstate() == state
    (note,) = trainer.notes
    assert "in this process" in note
    assert "own_loss" in note
    trainer.close()
