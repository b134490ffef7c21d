"""Checks of the curves: losses, metrics and answers over time."""

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves.constant_predictions import ConstantPredictions
from keras_debugger.checks.curves.diverging_loss import DivergingLoss
from keras_debugger.checks.curves.ignored_class import IgnoredClass
from keras_debugger.checks.curves.loss_metric_disagreement import LossMetricDisagreement
from keras_debugger.checks.curves.loss_plateau import LossPlateau
from keras_debugger.checks.curves.loss_spikes import LossSpikes
from keras_debugger.checks.curves.no_learning import NoLearning
from keras_debugger.checks.curves.nonfinite_loss import NonfiniteLoss
from keras_debugger.checks.curves.nonfinite_metric import NonfiniteMetric
from keras_debugger.checks.curves.nonfinite_predictions import NonfinitePredictions
from keras_debugger.checks.curves.oscillating_loss import OscillatingLoss
from keras_debugger.checks.curves.overfitting import Overfitting
from keras_debugger.checks.curves.small_validation_set import SmallValidationSet
from keras_debugger.checks.curves.underfitting import Underfitting
from keras_debugger.checks.curves.unfinished_training import UnfinishedTraining
from keras_debugger.checks.curves.validation_mismatch import ValidationMismatch

CURVES_CHECKS: tuple[Check, ...] = (
    NonfiniteLoss(),
    NonfiniteMetric(),
    DivergingLoss(),
    LossSpikes(),
    OscillatingLoss(),
    NoLearning(),
    LossPlateau(),
    UnfinishedTraining(),
    Underfitting(),
    Overfitting(),
    ValidationMismatch(),
    LossMetricDisagreement(),
    ConstantPredictions(),
    IgnoredClass(),
    SmallValidationSet(),
    NonfinitePredictions(),
)
