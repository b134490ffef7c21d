"""A recorded run stands for the original in the search where its model can be judged fairly."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_wine

from keras_debugger import Recorder
from keras_debugger.report.terminal import make_progress
from keras_debugger.stages.recorded import recorded_trial
from keras_debugger.training.fit_arguments import describe_fit
from keras_debugger.training.preparation import prepare

EPOCHS = 3


def wine():
    x, y = load_wine(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")[order]
    return (x[:140], y[order][:140]), (x[140:], y[order][140:])


def recorded_run(*, epochs=EPOCHS):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((13,)), keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    recorder = Recorder()
    train, validation = wine()
    model.fit(*train, epochs=epochs, validation_data=validation, callbacks=[recorder], verbose=0)
    return model, recorder


def trainer_for(model, **arguments):
    fit = describe_fit(epochs=EPOCHS, batch_size=32, shuffle=True, class_weight=None, recorded=None)
    return prepare(model, wine()[0], fit=fit, progress=make_progress(0), **arguments).trainer


@pytest.fixture(scope="module")
def run():
    model, recorder = recorded_run()
    return model, recorder, trainer_for(model, validation_data=wine()[1])


def test_the_recorded_model_is_scored_on_the_users_validation_data(run):
    model, recorder, trainer = run
    before = [weight.copy() for weight in model.get_weights()]
    trial = recorded_trial(trainer, recorder, model, recorder.record, seed=0)
    accuracy = recorder.record.epochs.values["val_accuracy"][-1]
    assert trial.selection.value == pytest.approx(accuracy)
    assert (trial.cost, trial.epochs) == (0.0, EPOCHS)
    for ours, theirs in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    again = recorded_trial(trainer, None, None, recorder.record, seed=0)
    assert again == trial


def test_a_model_that_trained_on_is_not_the_recorded_one():
    model, recorder = recorded_run()
    model.fit(*wine()[0], verbose=0)
    trainer = trainer_for(model, validation_data=wine()[1])
    assert recorded_trial(trainer, recorder, model, recorder.record, seed=0) is None


def test_a_run_of_other_length_or_without_validation_data_is_trained_again(run):
    model, recorder, _ = run
    trainer = trainer_for(model)
    assert recorded_trial(trainer, recorder, model, recorder.record, seed=0) is None
    short, one = recorded_run(epochs=2)
    trainer = trainer_for(short, validation_data=wine()[1])
    assert recorded_trial(trainer, one, short, one.record, seed=0) is None
