"""Optimizer checks fire on runs with the fault and stay silent on the healthy twin."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from keras_debugger.checks.base import TooShortError
from keras_debugger.checks.optimizer import OPTIMIZER_CHECKS
from keras_debugger.checks.optimizer.few_epochs import FewEpochs
from keras_debugger.checks.optimizer.metric_does_not_fit import MetricDoesNotFit
from keras_debugger.checks.optimizer.rate_reaches_zero import RateReachesZero
from keras_debugger.checks.optimizer.rows_never_seen import RowsNeverSeen
from keras_debugger.checks.optimizer.too_few_updates import TooFewUpdates
from keras_debugger.checks.optimizer.unusual_learning_rate import UnusualLearningRate
from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Severity


@pytest.mark.parametrize("check", OPTIMIZER_CHECKS, ids=lambda check: check.code)
def test_the_healthy_twin_has_no_problem(check, healthy):
    assert [f for f in check.run(healthy) if f.severity > Severity.NOTE] == []


def test_schedule_that_counts_epochs_ends_early(recorded):
    record = recorded(steps_to_zero=6)  # six epochs, but Keras counts steps
    (finding,) = RateReachesZero().run(record)
    assert finding.step in (5, 6)
    assert finding.epoch == 0
    assert finding.value == pytest.approx(84 / 90, abs=0.02)
    assert finding.severity > Severity.NOTE


def test_rate_zero_from_the_start_is_an_error(recorded):
    (finding,) = RateReachesZero().run(recorded(rate=0.0))
    assert finding.severity is Severity.ERROR
    assert finding.value == 1.0
    assert finding.causes == (CauseKind.LEARNING_RATE_TOO_LOW,)


def test_cosine_down_to_the_last_step_is_silent(healthy):
    steps = healthy.steps
    rate = 1e-3 * 0.5 * (1 + np.cos(np.linspace(0.0, np.pi, len(steps.step))))
    record = replace(healthy, step_logs=replace(steps, learning_rate=rate))
    assert RateReachesZero().run(record) == ()


def test_few_updates_of_a_slow_rate(recorded):
    record = recorded(rate=2e-4)
    (finding,) = TooFewUpdates().run(record)
    assert finding.value == 90.0  # 15 steps in each of 6 epochs
    assert finding.severity is Severity.WARNING
    assert finding.causes[0] is CauseKind.TOO_FEW_UPDATES


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_run_of_one_or_two_epochs_ends_too_early(recorded, epochs):
    (finding,) = FewEpochs().run(recorded(epochs=epochs, rate=1e-3))
    assert finding.value == epochs
    assert finding.severity is Severity.WARNING
    assert finding.causes[0] is CauseKind.TOO_FEW_UPDATES
    assert "was still falling" in finding.summary


def test_two_epochs_that_reach_what_there_is_are_silent(recorded):
    record = recorded(epochs=2, rate=1e-3)
    good = replace(record.predictions, recall=np.full_like(record.predictions.recall, 0.95))
    assert FewEpochs().run(replace(record, prediction_log=good)) == ()


def test_a_run_that_reads_a_part_of_the_rows(recorded):
    record = recorded()
    steps = record.steps
    first = {
        name: getattr(steps, name)[:3]
        for name in ("step", "epoch", "loss", "learning_rate", "batch_size", "seconds")
    }
    (finding,) = RowsNeverSeen().run(replace(record, step_logs=replace(steps, **first)))
    assert finding.value == pytest.approx(3 * 24 / 360)
    assert finding.causes == (CauseKind.TOO_FEW_UPDATES,)


def test_rows_that_fit_never_read_must_be_known(healthy):
    lacking = replace(healthy, data_profile=replace(healthy.data, complete=False))
    with pytest.raises(TooShortError):
        RowsNeverSeen().run(lacking)


def test_an_accuracy_of_one_logit_is_cut_at_one_half():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    data = profile_data(np.zeros((40, 2)), np.arange(40) % 2)
    for from_logits, count in ((True, 1), (False, 0)):
        loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)
        model.compile("adam", loss, metrics=["accuracy"])
        record = TrainingRecord(model_description=describe_model(model), data_profile=data)
        assert len(MetricDoesNotFit().run(record)) == count


def test_unusual_rates_are_only_ever_a_note(recorded):
    (finding,) = UnusualLearningRate().run(recorded(rate=0.5))
    assert finding.severity is Severity.NOTE
    assert finding.value == pytest.approx(0.5)
    assert UnusualLearningRate().run(recorded(rate=0.5, optimizer="sgd")) == ()


@pytest.mark.parametrize(
    ("metrics", "targets", "odd"),
    [
        (["accuracy"], np.linspace(-1.0, 3.0, 40), ["accuracy"]),
        (["mae"], np.linspace(-1.0, 3.0, 40), []),
        (["mae"], np.arange(40) % 2, ["mae"]),
    ],
)
def test_metric_that_says_little(metrics, targets, odd):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=metrics)
    record = TrainingRecord(
        model_description=describe_model(model),
        data_profile=profile_data(np.zeros((40, 2)), targets),
    )
    found = MetricDoesNotFit().run(record)
    assert len(found) == len(odd)
    assert all(finding.severity is Severity.NOTE for finding in found)
