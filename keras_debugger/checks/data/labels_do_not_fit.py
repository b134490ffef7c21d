"""DAT109: labels have values that the loss cannot use."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import quality, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LabelProfile, OutputDescription, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LossKind, Need, Severity, Symptom

_UNIT_INTERVAL = frozenset({LossKind.BINARY_CROSSENTROPY, LossKind.CATEGORICAL_CROSSENTROPY})
_LOSS_OF_ZERO = 100.0  # percentage error of answering 0 always, at most


@dataclass(frozen=True, kw_only=True)
class LabelsDoNotFitLoss(Check):
    """Labels have values or a form that the loss cannot use, and Keras does not complain.

    Sees: range, whole-number values and classes of the training labels; loss and units of the
        output.
    Formula: binary and categorical cross-entropy need labels from 0 to 1; sparse categorical
        cross-entropy needs whole numbers from 0 to units - 1; a squared logarithmic error needs
        labels above -1; a Poisson loss needs labels of at least 0; a percentage error needs
        labels of one sign, with at most `most_zeros` at zero; hinge needs -1 and 1, or 0 and 1;
        no loss can use labels that are all equal.
    Source: definition of the losses. Keras casts class numbers to integers without a word, so
        labels that were divided like pixels all become class 0.
    Known problems: none known.
    Fixes: repair the labels, change-loss.
    """

    code: ClassVar[str] = "DAT109"
    name: ClassVar[str] = "labels-do-not-fit-loss"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.MODEL})

    tolerance: float = 1e-3  # rounding that labels may have
    most_zeros: float = 0.01  # share of labels that a percentage error may divide by
    fewest_rows: int = 10  # below, equal labels prove nothing

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for output, labels in record.labelled_outputs:
            complaint = self._complaint(output, labels)
            if not complaint and labels.sd == 0.0 and record.data.sampled >= self.fewest_rows:
                complaint = f"are all equal to {labels.minimum:g}"
            if complaint:
                findings.append(
                    self.finding(
                        severity=Severity.ERROR,
                        symptom=_symptom(record, output),
                        summary=f"The labels {complaint}.",
                        place=labels.name or output.name,
                        value=labels.minimum if labels.minimum < 0 else labels.maximum,
                        limit=1.0,
                        confidence=0.97,
                        causes=self._causes(output, labels),
                    )
                )
        return tuple(findings)

    def _complaint(self, output: OutputDescription, labels: LabelProfile) -> str:
        low, high = labels.minimum, labels.maximum
        span = f"go from {low:.4g} to {high:.4g}"
        slack = self.tolerance
        if output.loss in _UNIT_INTERVAL and (low < -slack or high > 1.0 + slack):
            return f"{span}, but {output.loss_name} takes labels from 0 to 1"
        if output.loss is LossKind.SPARSE_CATEGORICAL_CROSSENTROPY:
            return self._complaint_about_classes(output, labels)
        if output.loss is LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR and low <= -1.0:
            return f"{span}, but {output.loss_name} takes the logarithm of 1 + label"
        if output.loss is LossKind.POISSON and low < 0.0:
            return f"{span}, but {output.loss_name} takes counts of at least 0"
        if output.loss is LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR:
            return self._complaint_about_division(output, labels, span)
        if output.loss is LossKind.HINGE and (low < -1.0 - slack or high > 1.0 + slack):
            return f"{span}, but {output.loss_name} takes -1 and 1, or 0 and 1"
        return ""

    def _complaint_about_division(
        self, output: OutputDescription, labels: LabelProfile, span: str
    ) -> str:
        if labels.minimum < 0.0 < labels.maximum:
            return f"{span}, but {output.loss_name} divides by the label"
        if labels.zero_share > self.most_zeros:
            zeros = f"are zero or nearly so in {labels.zero_share:.0%} of all cases"
            return f"{zeros}, but {output.loss_name} divides by the label"
        return ""

    def _complaint_about_classes(self, output: OutputDescription, labels: LabelProfile) -> str:
        if not labels.integer_valued:
            return (
                f"are no class numbers (they go from {labels.minimum:.4g} to {labels.maximum:.4g} "
                f"with fractions), but {output.loss_name} cuts the fractions off"
            )
        if labels.minimum < 0 or (output.units and labels.maximum >= output.units):
            return (
                f"go from {labels.minimum:g} to {labels.maximum:g}, but an output of "
                f"{output.units} units knows the classes 0 to {(output.units or 1) - 1}"
            )
        return ""

    def _causes(self, output: OutputDescription, labels: LabelProfile) -> tuple[CauseKind, ...]:
        if output.loss is LossKind.SPARSE_CATEGORICAL_CROSSENTROPY or labels.sd == 0.0:
            return (CauseKind.LABELS_CORRUPTED, CauseKind.WRONG_LOSS)
        if output.loss in _UNIT_INTERVAL and len(labels.classes) > 2:
            return (CauseKind.WRONG_LOSS, CauseKind.LABELS_CORRUPTED)
        if output.loss in _UNIT_INTERVAL and labels.classes:
            return (CauseKind.LABELS_CORRUPTED, CauseKind.WRONG_LOSS)
        return (CauseKind.WRONG_LOSS, CauseKind.LABELS_CORRUPTED)


def _symptom(record: TrainingRecord, output: OutputDescription) -> Symptom | None:
    """What the run shows of it: no more than a constant guess was reached, or too little."""
    losses = np.empty(0) if record.epoch_logs is None else record.epoch_logs.finite("loss")
    in_percent = output.loss is LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR
    zero_was_better = in_percent and losses.size > 0 and losses.min() > _LOSS_OF_ZERO
    if zero_was_better or quality(record) <= 0.0:
        return Symptom.NO_LEARNING
    return symptom_by_outcome(record, Severity.ERROR)
