"""LOS106 to LOS109: runs that do not learn, stall, stop too early or stay too high."""

from dataclasses import replace

import numpy as np
import pytest

from keras_debugger.checks.constant_predictor import constant_loss, majority_share
from keras_debugger.checks.curves.loss_plateau import LossPlateau
from keras_debugger.checks.curves.no_learning import NoLearning
from keras_debugger.checks.curves.underfitting import Underfitting
from keras_debugger.checks.curves.unfinished_training import UnfinishedTraining
from keras_debugger.recording.storage import read_source
from keras_debugger.types.record import SimpleModel, TrainingRecord
from keras_debugger.types.vocabulary import LabelForm, Need, Severity, Symptom

CHECKS = (NoLearning(), LossPlateau(), UnfinishedTraining(), Underfitting())


def curves_only(record):
    return TrainingRecord(epoch_logs=record.epochs)


def test_zero_weights_do_not_learn(judge, does_not_learn):
    (found,), _ = judge(NoLearning(), does_not_learn)
    assert found.symptom is Symptom.NO_LEARNING
    assert found.severity is Severity.ERROR
    assert found.value < 0.1


def test_the_same_without_labels(judge, does_not_learn):
    (found,), _ = judge(NoLearning(), curves_only(does_not_learn))
    assert "10 classes" in found.summary


def test_the_constant_predictor_is_what_the_labels_say(does_not_learn):
    counts = np.array(does_not_learn.data.labels[0].counts)
    shares = counts / counts.sum()
    assert constant_loss(does_not_learn) == pytest.approx(-(shares * np.log(shares)).sum())
    assert majority_share(does_not_learn) == pytest.approx(shares.max())
    weighted = replace(
        does_not_learn, fit_description=replace(does_not_learn.fit, class_weight={0: 2.0})
    )
    mass = counts * np.where(np.arange(10) == 0, 2.0, 1.0)
    expected = -(mass * np.log(mass / mass.sum())).sum() / counts.sum()
    assert constant_loss(weighted) == pytest.approx(expected)


@pytest.mark.parametrize(
    "history",
    [
        {"loss": [0.4874] * 5},
        {"loss": [0.6934, 0.6934], "accuracy": [0.499, 0.504]},
        {"loss": [3.68, 3.5, 3.49, 3.48, 3.479, 3.479], "acc": [5.2, 5.69, 5.69, 5.69, 5.69, 5.69]},
        {"loss": [5.8, 2.31, 2.31, 2.30], "accuracy": [0.12, 0.10, 0.11, 0.10]},
        {
            "loss": [2.30, 2.28, 2.26],
            "val_loss": [2.30, 2.31, 2.31],
            "acc": [0.1, 0.12, 0.16],
            "val_acc": [0.1, 0.09, 0.1],
        },
    ],
)
def test_chance_levels_in_curves(judge, history):
    (found,), _ = judge(NoLearning(), read_source(history))
    assert found.symptom is Symptom.NO_LEARNING


@pytest.mark.parametrize(
    "history",
    [
        {"loss": [0.30, 0.29, 0.295, 0.29, 0.291], "accuracy": [0.95] * 5},
        {"loss": [5.4, 4.5, 4.4, 4.3, 4.26], "accuracy": [0.16, 0.24, 0.24, 0.245, 0.248]},
        {"loss": [1.4, 0.5, 0.1, 0.06], "acc": [0.98667] * 4},
    ],
)
def test_what_is_not_chance(judge, history):
    assert judge(NoLearning(), read_source(history))[0] == ()


def test_a_rate_too_low_is_unfinished(judge, unfinished):
    (found,), _ = judge(UnfinishedTraining(), unfinished)
    assert found.symptom is Symptom.SLOW_CONVERGENCE
    assert found.severity is Severity.WARNING
    assert judge(NoLearning(), unfinished)[0] == ()


def test_unfinished_matters_where_a_simple_model_is_ahead(judge, unfinished, underfits):
    def nearly_there(*scores):
        simple = [
            SimpleModel(name="random forest", score=score, chance=0.1, chance_high=0.15)
            for score in scores
        ]
        data = replace(underfits.data, simple_models=tuple(simple))  # the same digits
        accuracy = np.linspace(0.3, 0.85, unfinished.epochs.count)
        values = {**unfinished.epochs.values, "accuracy": accuracy, "val_accuracy": accuracy}
        logs = replace(unfinished.epochs, values=values)
        return replace(unfinished, data_profile=data, epoch_logs=logs, prediction_log=None)

    for scores, severity in (
        ((), Severity.NOTE),
        ((0.88,), Severity.NOTE),
        ((0.7, 0.95), Severity.WARNING),
    ):
        (found,), _ = judge(UnfinishedTraining(), nearly_there(*scores))
        assert found.severity is severity


def test_one_unit_underfits(judge, underfits):
    (found,), _ = judge(Underfitting(), underfits)
    assert found.symptom is Symptom.UNDERFITTING
    assert 0.1 < found.value < 0.3


def test_a_simple_model_shows_what_the_data_allow(judge, underfits, healthy_run):
    def with_simple(record, score):
        simple = SimpleModel(name="logistic regression", score=score, chance=0.1, chance_high=0.15)
        return replace(record, data_profile=replace(record.data, simple_models=(simple,)))

    (found,), _ = judge(Underfitting(), with_simple(underfits, 0.95))
    assert "logistic regression" in found.summary
    assert judge(Underfitting(), with_simple(underfits, 0.2))[0] == ()
    assert judge(Underfitting(), with_simple(healthy_run, 0.95))[0] == ()
    logs = underfits.epochs
    better = {**logs.values, "val_accuracy": np.full(logs.count, 0.93)}  # noise in training only
    noisy = replace(underfits, epoch_logs=replace(logs, values=better))
    assert judge(Underfitting(), with_simple(noisy, 0.95))[0] == ()


def test_an_accuracy_of_several_labels_is_not_held_against_simple_models(judge, underfits):
    simple = SimpleModel(name="ridge classifier", score=0.95, chance=0.5, chance_high=0.55)
    labels = replace(underfits.data.labels[0], form=LabelForm.MULTI_HOT)
    data = replace(underfits.data, labels=(labels,), simple_models=(simple,))
    found, _ = judge(Underfitting(), replace(underfits, data_profile=data))
    assert not any("ridge classifier" in one.summary for one in found)


def test_a_plateau_is_a_note(judge, does_not_learn):
    long = read_source({"loss": [2.0, 1.0, *[0.5] * 20]})
    (found,), _ = judge(LossPlateau(), long)
    assert (found.severity, found.epoch) == (Severity.NOTE, 2)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_silent_on_healthy_runs(judge, check, healthy_run):
    assert judge(check, healthy_run)[0] == ()


@pytest.mark.parametrize(("epochs", "confidence"), [(4, 0.7), (5, 0.9)])
def test_a_guess_in_few_epochs_is_said_with_less_confidence(judge, epochs, confidence):
    guess = {"loss": [0.694, 0.692, 0.693, 0.694, 0.693][:epochs], "accuracy": [0.5] * epochs}
    (found,), _ = judge(NoLearning(), read_source(guess))
    assert found.confidence == confidence


@pytest.mark.parametrize("check", [NoLearning(), LossPlateau(), UnfinishedTraining()])
def test_silent_on_healthy_curves(judge, check, healthy_run, healthy_regression):
    assert judge(check, curves_only(healthy_run))[0] == ()
    assert judge(check, healthy_regression)[0] == ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_skips_what_it_cannot_judge(judge, check, healthy_run):
    assert Need.EPOCHS in judge(check, TrainingRecord())[1][0].missing
    short = replace(healthy_run, epoch_logs=read_source({"loss": [1.0]}).epochs)
    assert "epochs" in judge(check, short)[1][0].hint
