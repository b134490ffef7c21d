"""LOS112 to LOS114: the loss looks fine, the answers do not."""

from dataclasses import replace

import numpy as np
import pytest

from keras_debugger.checks.curves.constant_predictions import ConstantPredictions
from keras_debugger.checks.curves.ignored_class import IgnoredClass
from keras_debugger.checks.curves.loss_metric_disagreement import LossMetricDisagreement
from keras_debugger.recording.storage import read_source
from keras_debugger.types.record import PredictionLog, TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@pytest.mark.filterwarnings("ignore:You are using a softmax:UserWarning")
def test_a_softmax_of_one_unit_disagrees(judge, one_unit_softmax):
    (found,), _ = judge(LossMetricDisagreement(), one_unit_softmax)
    assert found.symptom is Symptom.LOSS_METRIC_DISAGREE
    assert found.place == "accuracy"
    assert found.value < 0.05


def test_a_loss_of_zero_with_wrong_answers(judge):
    (found,), _ = judge(
        LossMetricDisagreement(), read_source({"loss": [0.0] * 5, "accuracy": [0.4] * 5})
    )
    assert found.severity is Severity.ERROR


def test_a_loss_that_falls_to_chance_is_left_to_no_learning(judge):
    curves = {"loss": [9.0, 4.0, 2.5, 2.303, 2.303], "accuracy": [0.1, 0.1, 0.11, 0.1, 0.1]}
    assert judge(LossMetricDisagreement(), read_source(curves))[0] == ()


def test_zero_weights_answer_all_alike(judge, does_not_learn):
    (found,), _ = judge(ConstantPredictions(), does_not_learn)
    assert found.symptom is Symptom.CONSTANT_PREDICTIONS
    assert found.severity is Severity.ERROR
    assert found.value == 1.0
    assert judge(IgnoredClass(), does_not_learn)[0] == ()


def numbers(spread):
    return PredictionLog(
        step=np.array([0, 100]),
        rows=64,
        spread=np.array([0.0, spread]),
        mean=np.array([0.0, 3.0]),
        finite=np.array([True, True]),
        sd_of_labels=2.0,
    )


def test_numbers_that_do_not_spread(judge):
    (found,), _ = judge(ConstantPredictions(), TrainingRecord(prediction_log=numbers(0.01)))
    assert found.value == pytest.approx(0.005)
    assert judge(ConstantPredictions(), TrainingRecord(prediction_log=numbers(1.0)))[0] == ()


def test_a_rare_class_is_ignored(judge, ignores_a_class):
    (found,), _ = judge(IgnoredClass(), ignores_a_class)
    assert found.symptom is Symptom.MINORITY_CLASS_IGNORED
    assert found.place == "class 1"
    assert found.value == ignores_a_class.predictions.recall[-1][1]
    assert judge(ConstantPredictions(), ignores_a_class)[0] == ()


def test_silent_on_a_healthy_run(judge, healthy_run):
    for check in (LossMetricDisagreement(), ConstantPredictions(), IgnoredClass()):
        assert judge(check, healthy_run)[0] == ()


def test_skips_what_it_cannot_judge(judge, ignores_a_class, healthy_regression):
    for check in (ConstantPredictions(), IgnoredClass()):
        assert judge(check, TrainingRecord())[1][0].missing == (Need.PREDICTIONS,)
    assert "accuracy" in judge(LossMetricDisagreement(), healthy_regression)[1][0].hint
    few = replace(ignores_a_class.predictions, rows=16)
    assert "rows" in judge(IgnoredClass(), TrainingRecord(prediction_log=few))[1][0].hint
    early = replace(numbers(0.0), step=np.array([0, 1]))
    assert "steps" in judge(ConstantPredictions(), TrainingRecord(prediction_log=early))[1][0].hint
