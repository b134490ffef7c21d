"""The record of one training run, made of the parts in the files beside this one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from keras_debugger.errors import MissingEvidenceError
from keras_debugger.types.pickling import WithMappings
from keras_debugger.types.record.activations import ActivationLog
from keras_debugger.types.record.data import DataProfile, LabelProfile
from keras_debugger.types.record.epochs import EpochLogs
from keras_debugger.types.record.fit import FitDescription
from keras_debugger.types.record.gradients import GradientLog
from keras_debugger.types.record.model import ModelDescription, OutputDescription
from keras_debugger.types.record.predictions import PredictionLog
from keras_debugger.types.record.shift import Shift
from keras_debugger.types.record.steps import StepLogs
from keras_debugger.types.vocabulary import Ending, Need

SCHEMA_VERSION = 1
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord(WithMappings):
    """One training run. Ask `has` before you read a part, or let the property raise.

    Args:
        epoch_logs: what Keras logged at epoch ends.
        step_logs: what was seen at each step.
        gradient_log: statistics of the gradients.
        activation_log: statistics of the layers' outputs on one fixed batch.
        step_activation_log: the same on the batches of steps, in inference mode and right after
            the step; None unless asked for.
        prediction_log: the model's answers.
        model_description: the model.
        data_profile: training data.
        validation_profile: validation data.
        shift: how training and validation data differ.
        fit_description: arguments of fit.
        ending: how the run ended.
        ending_detail: who stopped it, or the exception in one line.
        seconds: duration of the run in seconds, NaN if not known.
        seed: the global seed of TensorFlow when the run began; None if none was set.
        versions: package name to version, of the run.
        source: where the record comes from, for people to read.
        notes: what was thinned, sampled or not captured, one sentence each.

    Example:
        >>> from keras_debugger import diagnose
        >>> from keras_debugger.types.vocabulary import Need
        >>> record = diagnose({"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]}).record
        >>> record.epochs.values["val_loss"].tolist()
        [1.0, 0.7]
        >>> record.has(Need.GRADIENTS)
        False
    """

    epoch_logs: EpochLogs | None = None
    step_logs: StepLogs | None = None
    gradient_log: GradientLog | None = None
    activation_log: ActivationLog | None = None
    step_activation_log: ActivationLog | None = None
    prediction_log: PredictionLog | None = None
    model_description: ModelDescription | None = None
    data_profile: DataProfile | None = None
    validation_profile: DataProfile | None = None
    shift: Shift | None = None
    fit_description: FitDescription | None = None
    ending: Ending = Ending.UNKNOWN
    ending_detail: str = ""
    seconds: float = float("nan")
    seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    notes: tuple[str, ...] = ()

    def has(self, need: Need) -> bool:
        """Whether the record holds this evidence."""
        if need is Need.VALIDATION:
            return self.epoch_logs is not None and any(
                name.startswith("val_") and np.isfinite(values).any()
                for name, values in self.epoch_logs.values.items()
            )
        return getattr(self, _FIELDS[need]) is not None

    @property
    def labelled_outputs(self) -> tuple[tuple[OutputDescription, LabelProfile], ...]:
        """Outputs of the model with the training labels that they are judged by, in order.

        Empty if the model or the data are not known, or if their numbers differ.
        """
        if self.model_description is None or self.data_profile is None:
            return ()
        outputs, labels = self.model_description.outputs, self.data_profile.labels
        return tuple(zip(outputs, labels, strict=True)) if len(outputs) == len(labels) else ()

    @property
    def epochs(self) -> EpochLogs:
        """Epoch logs; raises MissingEvidenceError if absent."""
        return _present(self.epoch_logs, Need.EPOCHS)

    @property
    def steps(self) -> StepLogs:
        """Step losses; raises MissingEvidenceError if absent."""
        return _present(self.step_logs, Need.STEPS)

    @property
    def gradients(self) -> GradientLog:
        """Gradient statistics; raises MissingEvidenceError if absent."""
        return _present(self.gradient_log, Need.GRADIENTS)

    @property
    def activations(self) -> ActivationLog:
        """Activation statistics; raises MissingEvidenceError if absent."""
        return _present(self.activation_log, Need.ACTIVATIONS)

    @property
    def predictions(self) -> PredictionLog:
        """The model's answers; raises MissingEvidenceError if absent."""
        return _present(self.prediction_log, Need.PREDICTIONS)

    @property
    def model(self) -> ModelDescription:
        """The model; raises MissingEvidenceError if absent."""
        return _present(self.model_description, Need.MODEL)

    @property
    def data(self) -> DataProfile:
        """The training data; raises MissingEvidenceError if absent."""
        return _present(self.data_profile, Need.DATA)

    @property
    def validation_data(self) -> DataProfile:
        """The validation data; raises MissingEvidenceError if absent."""
        return _present(self.validation_profile, Need.VALIDATION_DATA)

    @property
    def fit(self) -> FitDescription:
        """Arguments of fit; raises MissingEvidenceError if absent."""
        return _present(self.fit_description, Need.FIT)


_FIELDS = {
    Need.EPOCHS: "epoch_logs",
    Need.STEPS: "step_logs",
    Need.GRADIENTS: "gradient_log",
    Need.ACTIVATIONS: "activation_log",
    Need.PREDICTIONS: "prediction_log",
    Need.MODEL: "model_description",
    Need.DATA: "data_profile",
    Need.VALIDATION_DATA: "validation_profile",
    Need.FIT: "fit_description",
}


def _present(part: _Part | None, need: Need) -> _Part:
    if part is None:
        raise MissingEvidenceError(
            given=f"a record without {need.value}",
            expected=f"a record with {need.value}",
            do="record the run with keras_debugger.Recorder, or ask record.has(...) first",
        )
    return part
