"""MOD133: a loss of one's own takes labels and answers of two shapes."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LossKind, Need


@dataclass(frozen=True, kw_only=True)
class LabelsBroadcast(Check):
    """Labels of shape (rows,) meet answers of shape (rows, 1) in a loss of the user's own.

    Sees: the shapes of labels and answers, whose loss it is, and how the run ended.
    Formula: fires for a `keras.losses.Loss` of the user's own on an output of one unit whose labels
        have no axis but that of the rows. A note where the run ends well.
    Source: broadcasting as in NumPy: the difference of (rows,) and (rows, 1) is (rows, rows), each
        answer against each label, so that the mean label is the best answer to all. Keras brings
        both to one rank for functions and for its own losses only.
    Known problems: a loss that reshapes the labels itself is right.
    Fixes: standard-loss, or labels of shape (rows, 1).
    """

    code: ClassVar[str] = "MOD133"
    name: ClassVar[str] = "labels-broadcast"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.DATA})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        severity = severity_by_outcome(record)
        return tuple(
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"{output.loss_name} takes labels of shape (rows,) and answers of shape "
                "(rows, 1): their difference is (rows, rows).",
                place=output.layer or output.name,
                confidence=0.9,
                causes=(CauseKind.WRONG_LOSS,),
            )
            for output, labels in record.labelled_outputs
            if output.loss is LossKind.OTHER
            and not output.aligned
            and output.units == 1
            and output.rank == 2
            and labels.shape == ()
        )
