import random

import keras
import numpy as np
import pytest
from programs_for_workers import EPOCHS, plan_of, trainer_of
from sklearn.datasets import load_wine

from keras_debugger.types.edit import (
    BalanceClasses,
    DropBrokenRows,
    InsertDropout,
    NormalizeInput,
    ScaleLearningRate,
    Schedule,
    SetBatchSize,
    SetEpochs,
    SetLoss,
    SetSchedule,
    StopEarly,
)
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.vocabulary import Ending, LossKind


def wine_model(**compiled):
    model = keras.Sequential(
        [
            keras.layers.Input((13,)),
            keras.layers.Dense(8, activation="relu", name="hidden"),
            keras.layers.Dense(3, activation="softmax", name="head"),
        ],
        name="wine",
    )
    arguments = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}
    model.compile(**{**arguments, **compiled})
    return model


def wine(*, standard=True):
    x, y = load_wine(return_X_y=True)
    x = (x - x.mean(0)) / x.std(0) if standard else x
    return x.astype("float32"), y


@pytest.fixture(scope="module")
def trainer():
    return trainer_of(wine_model(), wine())


class Told:
    """Progress that keeps what it is told."""

    def __init__(self):
        self.events = []

    def trial(self, **event):
        self.events.append(("trial", event))

    def epoch(self, **event):
        self.events.append(("epoch", event))

    def end_trial(self, trial):
        self.events.append(("end", trial))


def losses(trained):
    return trained.trial.record.epochs.values["loss"].tolist()


def test_the_same_plan_and_seed_give_the_same_trial_bit_by_bit(trainer):
    first = trainer.train(UNCHANGED, seed=1, held_out=True)
    keras.utils.set_random_seed(99)
    second = trainer.train(UNCHANGED, seed=1, held_out=True)
    for one, two in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert first.trial.held_out == second.trial.held_out
    assert losses(first) == losses(second)
    assert losses(trainer.train(UNCHANGED, seed=2)) != losses(first)


def test_dropout_is_the_same_for_the_same_seed(trainer):
    plan = plan_of(InsertDropout(layer="hidden", rate=0.5))
    assert losses(trainer.train(plan, seed=1)) == losses(trainer.train(plan, seed=1))


def test_plans_start_from_the_same_weights_and_batches(trainer):
    unchanged = trainer.train(UNCHANGED, seed=1)
    slower = trainer.train(plan_of(ScaleLearningRate(factor=1e-6)), seed=1)
    first = [t.trial.record.steps.loss[0] for t in (unchanged, slower)]
    assert first[0] == first[1]
    assert losses(unchanged) != losses(slower)


def test_the_global_random_state_and_the_users_model_are_left_alone():
    model = wine_model()
    trainer = trainer_of(model, wine())
    before = [weight.copy() for weight in model.get_weights()]
    state, numpy_state = random.getstate(), np.random.get_state()
    trainer.train(UNCHANGED, seed=1)
    assert random.getstate() == state
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state[1])
    for one, two in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert int(model.optimizer.iterations) == 0


def test_a_trial_holds_record_scores_and_cost(trainer):
    whole = trainer.train(UNCHANGED, seed=1).trial
    assert whole.epochs == EPOCHS
    assert whole.cost == pytest.approx(1.0)
    assert whole.record.ending is Ending.FINISHED
    assert whole.record.gradients.norm.shape[1] == 4
    assert whole.selection.metric == "accuracy"
    assert whole.held_out is None
    short = trainer.train(UNCHANGED, seed=1, epochs=1).trial
    assert short.cost == pytest.approx(1 / EPOCHS)
    assert short.record.epochs.values["loss"][0] == whole.record.epochs.values["loss"][0]
    final = trainer.train(UNCHANGED, seed=1, held_out=True).trial
    assert len(final.held_out.row_errors) == trainer.parts.held_out.rows


def test_epochs_and_batch_size_can_be_edited(trainer):
    trial = trainer.train(plan_of(SetEpochs(epochs=5), SetBatchSize(rows=16)), seed=1).trial
    assert trial.epochs == 5
    assert trial.cost == pytest.approx(5 / EPOCHS)
    assert len(trial.record.steps.loss) == 5 * -(-trainer.parts.train.rows // 16)


def test_early_stopping_ends_on_the_selection_loss_with_the_best_weights(trainer):
    plan = plan_of(SetEpochs(epochs=30), StopEarly(patience=1), ScaleLearningRate(factor=300.0))
    trained = trainer.train(plan, seed=1)
    values = trained.trial.record.epochs.values["val_loss"]
    assert trained.trial.epochs < 30
    selection = trainer.parts.selection
    loss = trained.model.evaluate(selection.x, selection.y, verbose=0)
    assert loss == pytest.approx(values.min(), rel=1e-4)


def test_the_rate_falls_on_a_plateau(trainer):
    plan = plan_of(
        SetEpochs(epochs=12),
        SetSchedule(schedule=Schedule.ON_PLATEAU),
        ScaleLearningRate(factor=1000.0),
    )
    trained = trainer.train(plan, seed=1)
    assert float(trained.model.optimizer.learning_rate) < 1.0


def test_a_cosine_schedule_lasts_the_whole_training_also_in_a_short_trial(trainer):
    plan = plan_of(SetSchedule(schedule=Schedule.COSINE))
    trained = trainer.train(plan, seed=1, epochs=1)
    steps = -(-trainer.parts.train.rows // 32)
    rate = trained.model.optimizer.learning_rate
    expected = 0.001 * 0.5 * (1 + np.cos(np.pi / EPOCHS))
    assert int(trained.model.optimizer.iterations) == steps
    assert float(rate) == pytest.approx(expected, rel=0.05)


def test_balanced_classes_are_the_class_weights_of_keras():
    x, y = wine()
    rows = np.r_[np.flatnonzero(y < 2), np.flatnonzero(y == 2)[:12]]
    trainer = trainer_of(wine_model(), (x[rows], y[rows]))
    labels = trainer.parts.train.y
    weights = {k: len(labels) / (3 * np.sum(labels == k)) for k in range(3)}
    balanced = trainer.train(plan_of(BalanceClasses()), seed=1)
    given = trainer_of(wine_model(), (x[rows], y[rows]), class_weight=weights)
    np.testing.assert_allclose(losses(balanced), losses(given.train(UNCHANGED, seed=1)), rtol=1e-6)
    assert losses(balanced) != losses(trainer.train(UNCHANGED, seed=1))


def test_class_weights_do_what_fit_does_with_them():
    x, y = wine()
    weights = {0: 5.0, 1: 1.0, 2: 0.2}
    trainer = trainer_of(wine_model(), (x, y), class_weight=weights, shuffle=False, epochs=1)
    trained = trainer.train(UNCHANGED, seed=1)
    again = trainer.program.blueprint.build((), seed=1)
    part = trainer.parts.train
    history = again.fit(
        part.x, part.y, batch_size=32, shuffle=False, class_weight=weights, verbose=0
    )
    assert losses(trained) == pytest.approx(history.history["loss"], rel=1e-5)


def test_inputs_are_normalised_inside_the_model_on_training_rows():
    model = wine_model(optimizer=keras.optimizers.Adam(0.01))
    trainer = trainer_of(model, wine(standard=False), epochs=20)
    raw = trainer.train(UNCHANGED, seed=1).trial
    normal = trainer.train(plan_of(NormalizeInput()), seed=1).trial
    assert normal.selection.error < 0.5 * raw.selection.error


def test_broken_rows_are_left_out_of_training_only():
    x, y = wine()
    x[::10, 3] = np.nan
    trainer = trainer_of(wine_model(), (x, y))
    broken = trainer.train(UNCHANGED, seed=1).trial
    assert broken.selection.error >= broken.selection.constant_error
    trial = trainer.train(plan_of(DropBrokenRows()), seed=1, held_out=True).trial
    assert trial.selection.finite
    assert trial.cost < 1.0
    assert len(trial.held_out.row_errors) == trainer.parts.held_out.rows


def test_what_fails_becomes_a_failure_and_counts_as_a_constant_guess(trainer):
    plan = plan_of(SetLoss(output=0, loss=LossKind.CATEGORICAL_CROSSENTROPY))
    trained = trainer.train(plan, seed=1, held_out=True)
    assert trained.model is None
    assert trained.trial.failure
    assert trained.trial.record.ending is Ending.FAILED
    assert trained.trial.held_out.error == trained.trial.held_out.constant_error
    assert trained.trial.selection is None


def test_ctrl_c_passes_through():
    class Interrupting(Told):
        def epoch(self, **event):
            raise KeyboardInterrupt

    trainer = trainer_of(wine_model(), wine(), progress=Interrupting())
    state = random.getstate()
    with pytest.raises(KeyboardInterrupt):
        trainer.train(UNCHANGED, seed=1)
    assert random.getstate() == state


def test_progress_hears_of_the_trial_and_its_epochs():
    told = Told()
    trainer = trainer_of(wine_model(), wine(), progress=told)
    trial = trainer.train(UNCHANGED, seed=4).trial
    assert told.events[0] == ("trial", {"plan": "unchanged", "seed": 4, "epochs": EPOCHS})
    assert [event["epoch"] for name, event in told.events if name == "epoch"] == [0, 1, 2]
    assert told.events[-1] == ("end", trial)


def test_callbacks_of_the_user_are_copied_where_that_is_safe(tmp_path):
    stop = keras.callbacks.EarlyStopping(monitor="loss", mode="max", patience=0)
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "x.keras")
    trainer = trainer_of(wine_model(), wine(), callbacks=[stop, checkpoint], epochs=4)
    trial = trainer.train(UNCHANGED, seed=1).trial
    assert trial.epochs == 2
    assert trial.record.ending is Ending.STOPPED_EARLY
    assert not list(tmp_path.iterdir())
    assert len(trainer.notes) == 1
    assert "ModelCheckpoint is left out" in trainer.notes[0]
    assert stop.model is None


def test_k20521_a_callback_that_has_stopped_a_run_begins_anew_in_each_trial():
    model, data = wine_model(), wine()
    stop = keras.callbacks.EarlyStopping(monitor="loss", mode="max", patience=1)
    model.fit(*data, epochs=4, verbose=0, callbacks=[stop])
    before = stop.stopped_epoch, stop.wait, stop.best, stop.best_epoch
    assert stop.stopped_epoch > 0
    trainer = trainer_of(wine_model(), data, callbacks=[stop], epochs=4)
    first = trainer.train(UNCHANGED, seed=1).trial
    other = trainer.train(UNCHANGED, seed=2).trial
    for trial in (first, other):
        loss = trial.record.epoch_logs.values["loss"]
        assert trial.epochs == len(loss) == 2 + int(np.argmax(loss))  # one epoch after the best
    assert (stop.stopped_epoch, stop.wait, stop.best, stop.best_epoch) == before
