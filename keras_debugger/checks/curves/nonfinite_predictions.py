"""LOS116: the model answers NaN or infinity."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class NonfinitePredictions(Check):
    """The model answers NaN or infinity, whatever the loss says.

    Sees: the answers to one fixed batch of rows, at each probe.
    Formula: fires at the first probe with an answer that is not finite.
    Source: the definition of a number. A ReLU or a maximum in compiled code turns NaN into 0, so
        the loss can stay finite while weights are lost.
    Known problems: inputs that hold NaN give such answers too; the data checks tell.
    Fixes: lower-learning-rate, clip-gradients, drop-broken-rows.
    """

    code: ClassVar[str] = "LOS116"
    name: ClassVar[str] = "nonfinite-predictions"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PREDICTIONS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_NAN

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        answers = record.predictions
        bad = np.flatnonzero(~answers.finite)
        if not len(bad):
            return ()
        step = int(answers.step[bad[0]])
        return (
            self.finding(
                severity=Severity.ERROR,
                summary=f"After {step} steps the model answers NaN or infinity.",
                step=step,
                value=float(len(bad)),
                limit=1.0,
                confidence=0.99,
            ),
        )
