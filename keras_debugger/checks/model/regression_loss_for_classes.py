"""MOD108: a regression loss, or one for two classes, judges class answers."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import (
    CLASS_FORMS,
    REGRESSION_LOSSES,
    CauseKind,
    LabelForm,
    LossKind,
    Need,
)

_TWO_CLASS_HINGES = frozenset({"hinge", "squared_hinge"})


@dataclass(frozen=True, kw_only=True)
class RegressionLossForClasses(Check):
    """A regression loss, or a hinge for two classes, judges answers that are classes.

    Sees: loss, activation and units of each output, the form of its labels, and the metrics.
    Formula: a squared, absolute or like error with labels of two classes or one-hot labels; with
        class numbers, and for a loss of counts, only if an accuracy is among the metrics, which
        says that they are classes. Also `hinge` and `squared_hinge` with one-hot labels: each
        column is then a problem of its own, in which a constant answer is nearly always right.
    Source: Bishop 2006, section 4.3: with a sigmoid or softmax the gradient of such a loss vanishes
        where the answer is confidently wrong; an absolute error answers the median, one class.
    Known problems: a squared error often works nearly as well: a note where the run ends well.
        Whole numbers without an accuracy metric may be counts or grades and are not judged.
    Fixes: change-loss (cross-entropy).
    """

    code: ClassVar[str] = "MOD108"
    name: ClassVar[str] = "regression-loss-for-classes"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.DATA})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        judged, losses = CLASS_FORMS - {LabelForm.INTEGER_CLASSES}, REGRESSION_LOSSES
        if any("acc" in metric for metric in record.model.metrics):
            judged, losses = CLASS_FORMS, losses | {LossKind.POISSON}
        return tuple(
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"{output.loss_name} judges {labels.form.value}; cross-entropy is the loss "
                "for that.",
                place=output.layer or output.name,
                confidence=0.85,
                causes=(CauseKind.WRONG_LOSS,),
            )
            for output, labels in record.labelled_outputs
            if (output.loss in losses and labels.form in judged)
            or (output.loss_name in _TWO_CLASS_HINGES and labels.form is LabelForm.ONE_HOT)
        )
