"""Checks of the model and of how its output, loss and labels fit each other."""

from keras_debugger.checks.base import Check
from keras_debugger.checks.model.activation_not_probability import ActivationIsNoProbability
from keras_debugger.checks.model.batch_norm_lag import BatchNormLag
from keras_debugger.checks.model.batch_norm_of_few_rows import BatchNormOfFewRows
from keras_debugger.checks.model.bias_only_layers import BiasOnlyLayers
from keras_debugger.checks.model.capacity import ManyWeightsForFewRows
from keras_debugger.checks.model.categorical_loss_of_one_unit import CategoricalLossOfOneUnit
from keras_debugger.checks.model.constant_weights import ConstantWeights
from keras_debugger.checks.model.constraint_too_tight import ConstraintTooTight
from keras_debugger.checks.model.depth import DeepWithoutNormalisation
from keras_debugger.checks.model.dropout_before_batch_norm import DropoutBeforeBatchNorm
from keras_debugger.checks.model.dropout_on_output import DropoutOnOutput
from keras_debugger.checks.model.dropout_too_strong import DropoutTooStrong
from keras_debugger.checks.model.fixed_training_argument import FixedTrainingArgument
from keras_debugger.checks.model.frozen_layers import FrozenLayers
from keras_debugger.checks.model.label_smoothing_too_strong import LabelSmoothingTooStrong
from keras_debugger.checks.model.labels_broadcast import LabelsBroadcast
from keras_debugger.checks.model.logits_as_probabilities import LogitsAsProbabilities
from keras_debugger.checks.model.missing_nonlinearity import MissingNonlinearity
from keras_debugger.checks.model.negative_answers import NegativeAnswers
from keras_debugger.checks.model.output_cannot_reach_targets import OutputCannotReachTargets
from keras_debugger.checks.model.own_loss_breaks import OwnLossBreaks
from keras_debugger.checks.model.penalty_too_strong import PenaltyTooStrong
from keras_debugger.checks.model.probabilities_as_logits import ProbabilitiesAsLogits
from keras_debugger.checks.model.regression_loss_for_classes import RegressionLossForClasses
from keras_debugger.checks.model.same_initial_weights import SameInitialWeights
from keras_debugger.checks.model.saturating_stack import SaturatingStack
from keras_debugger.checks.model.sigmoid_for_exclusive_classes import SigmoidForExclusiveClasses
from keras_debugger.checks.model.silenced_output import SilencedOutput
from keras_debugger.checks.model.softmax_for_several_labels import SoftmaxForSeveralLabels
from keras_debugger.checks.model.softmax_of_one_unit import SoftmaxOfOneUnit
from keras_debugger.checks.model.softmax_over_rows import SoftmaxOverRows
from keras_debugger.checks.model.unbounded_recurrence import UnboundedRecurrence
from keras_debugger.checks.model.weights_of_wrong_scale import WeightsOfWrongScale

MODEL_CHECKS: tuple[Check, ...] = (
    SoftmaxOfOneUnit(),
    ActivationIsNoProbability(),
    LogitsAsProbabilities(),
    ProbabilitiesAsLogits(),
    SigmoidForExclusiveClasses(),
    SoftmaxForSeveralLabels(),
    CategoricalLossOfOneUnit(),
    RegressionLossForClasses(),
    OutputCannotReachTargets(),
    ConstantWeights(),
    MissingNonlinearity(),
    WeightsOfWrongScale(),
    FrozenLayers(),
    PenaltyTooStrong(),
    ConstraintTooTight(),
    DropoutTooStrong(),
    DropoutOnOutput(),
    DropoutBeforeBatchNorm(),
    ManyWeightsForFewRows(),
    DeepWithoutNormalisation(),
    UnboundedRecurrence(),
    BatchNormLag(),
    SaturatingStack(),
    OwnLossBreaks(),
    SameInitialWeights(),
    FixedTrainingArgument(),
    BiasOnlyLayers(),
    NegativeAnswers(),
    BatchNormOfFewRows(),
    LabelSmoothingTooStrong(),
    SilencedOutput(),
    LabelsBroadcast(),
    SoftmaxOverRows(),
)
