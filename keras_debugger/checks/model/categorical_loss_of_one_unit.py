"""MOD107: a categorical loss on a single unit is always zero."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import (
    CATEGORICAL_CROSSENTROPIES,
    CauseKind,
    Need,
    Severity,
    Symptom,
)


@dataclass(frozen=True, kw_only=True)
class CategoricalLossOfOneUnit(Check):
    """A categorical cross-entropy judges a single unit: it is zero whatever the answer.

    Sees: loss and units of each output.
    Formula: (sparse) categorical cross-entropy over a last axis of size 1.
    Source: definition of the loss: a distribution over one class is certain, its logarithm is 0.
    Known problems: none known.
    Fixes: change-loss (binary cross-entropy).
    """

    code: ClassVar[str] = "MOD107"
    name: ClassVar[str] = "categorical-loss-of-one-unit"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_METRIC_DISAGREE

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self.finding(
                severity=Severity.ERROR,
                summary=f"{output.loss_name} judges the single unit of {output.name}; it is zero "
                "whatever the answer.",
                place=output.layer or output.name,
                value=1.0,
                limit=2.0,
                confidence=0.98,
                causes=(CauseKind.WRONG_LOSS,),
            )
            for output in record.model.outputs
            if output.loss in CATEGORICAL_CROSSENTROPIES and output.units == 1
        )
