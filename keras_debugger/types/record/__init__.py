"""TrainingRecord: everything that was seen of one training run, as plain arrays and words.

All arrays are read-only. NaN stands for "not recorded at this row". Steps and epochs count from 0.
One file for each part of the record; `training_record.py` holds the record that they make up.
"""

from keras_debugger.types.record.activations import ActivationLog
from keras_debugger.types.record.data import LEAST_SPREAD, DataProfile, InputProfile, LabelProfile
from keras_debugger.types.record.epochs import EpochLogs
from keras_debugger.types.record.fit import FitDescription
from keras_debugger.types.record.gradients import GradientLog, VariableDescription
from keras_debugger.types.record.model import (
    MOST_SMOOTHING,
    InputDescription,
    LayerDescription,
    ModelDescription,
    OptimizerDescription,
    OutputDescription,
)
from keras_debugger.types.record.predictions import PredictionLog
from keras_debugger.types.record.shift import Shift
from keras_debugger.types.record.simple_models import SimpleModel, StrongFeature
from keras_debugger.types.record.steps import StepLogs
from keras_debugger.types.record.training_record import SCHEMA_VERSION, TrainingRecord

__all__ = [
    "LEAST_SPREAD",
    "MOST_SMOOTHING",
    "SCHEMA_VERSION",
    "ActivationLog",
    "DataProfile",
    "EpochLogs",
    "FitDescription",
    "GradientLog",
    "InputDescription",
    "InputProfile",
    "LabelProfile",
    "LayerDescription",
    "ModelDescription",
    "OptimizerDescription",
    "OutputDescription",
    "PredictionLog",
    "Shift",
    "SimpleModel",
    "StepLogs",
    "StrongFeature",
    "TrainingRecord",
    "VariableDescription",
]
