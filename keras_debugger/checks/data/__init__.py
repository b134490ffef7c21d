"""Checks of inputs, labels and their split."""

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.class_imbalance import ClassImbalance
from keras_debugger.checks.data.constant_features import ConstantFeatures
from keras_debugger.checks.data.duplicate_features import DuplicateFeatures
from keras_debugger.checks.data.duplicates import DuplicatesAcrossParts
from keras_debugger.checks.data.input_outliers import InputOutliers
from keras_debugger.checks.data.inputs_constant import InputsConstant
from keras_debugger.checks.data.label_drift import LabelsDriftBetweenBatches
from keras_debugger.checks.data.labels_do_not_fit import LabelsDoNotFitLoss
from keras_debugger.checks.data.labels_without_signal import LabelsWithoutSignal
from keras_debugger.checks.data.leakage import LeakageSuspect
from keras_debugger.checks.data.memorised_labels import MemorisedLabels
from keras_debugger.checks.data.nan_in_inputs import NanInInputs
from keras_debugger.checks.data.nan_in_labels import NanInLabels
from keras_debugger.checks.data.not_normalised import InputsNotNormalised
from keras_debugger.checks.data.not_shuffled import OrderedRowsNotShuffled
from keras_debugger.checks.data.preprocessing_mismatch import PreprocessingMismatch
from keras_debugger.checks.data.same_rows_again import SameRowsAgain
from keras_debugger.checks.data.target_outliers import TargetOutliers
from keras_debugger.checks.data.target_scale import TargetsNotScaled
from keras_debugger.checks.data.unrepresentative_split import UnrepresentativeSplit

DATA_CHECKS: tuple[Check, ...] = (
    InputsNotNormalised(),
    NanInInputs(),
    NanInLabels(),
    InputsConstant(),
    ConstantFeatures(),
    InputOutliers(),
    TargetOutliers(),
    ClassImbalance(),
    LabelsDoNotFitLoss(),
    TargetsNotScaled(),
    LabelsWithoutSignal(),
    DuplicatesAcrossParts(),
    PreprocessingMismatch(),
    UnrepresentativeSplit(),
    OrderedRowsNotShuffled(),
    MemorisedLabels(),
    LabelsDriftBetweenBatches(),
    DuplicateFeatures(),
    LeakageSuspect(),
    SameRowsAgain(),
)
