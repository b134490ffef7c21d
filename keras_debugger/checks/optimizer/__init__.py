"""Checks of the optimizer, its schedule and the length of the run."""

from keras_debugger.checks.base import Check
from keras_debugger.checks.optimizer.few_epochs import FewEpochs
from keras_debugger.checks.optimizer.metric_does_not_fit import MetricDoesNotFit
from keras_debugger.checks.optimizer.rate_reaches_zero import RateReachesZero
from keras_debugger.checks.optimizer.rows_never_seen import RowsNeverSeen
from keras_debugger.checks.optimizer.too_few_updates import TooFewUpdates
from keras_debugger.checks.optimizer.unusual_learning_rate import UnusualLearningRate
from keras_debugger.checks.optimizer.weight_decay_too_strong import WeightDecayTooStrong

OPTIMIZER_CHECKS: tuple[Check, ...] = (
    UnusualLearningRate(),
    RateReachesZero(),
    TooFewUpdates(),
    FewEpochs(),
    MetricDoesNotFit(),
    RowsNeverSeen(),
    WeightDecayTooStrong(),
)
