"""GRD104: a weight becomes NaN or infinite."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.gradients.non_finite_gradients import first_non_finite
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class NonFiniteWeights(Check):
    """A weight becomes NaN or infinite, also where the loss hides it.

    Sees: the norm of each trainable variable before each recorded step.
    Formula: the first (step, variable) whose norm is not finite.
    Source: arithmetic. A ReLU may turn NaN into 0 in compiled code, so that the loss stays finite
        while nothing is left of the model; seen with a hand-written distance loss on Keras 3.
    Known problems: weights that break in the very last step are seen only by GRD103.
    Fixes: clean-data, change-loss, lower-learning-rate, clip-gradients.
    """

    code: ClassVar[str] = "GRD104"
    name: ClassVar[str] = "non-finite-weights"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_NAN

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        broken = ~np.isfinite(log.weight_norm)
        if not broken.any():
            return ()
        row = int(broken.any(axis=1).argmax())
        column = int(broken[row].argmax())
        step, place = int(log.step[row]), log.variables[column].path
        gradient = first_non_finite(log)
        return (
            self.finding(
                severity=Severity.ERROR,
                summary=f"{int(broken[-1].sum())} of {len(log.variables)} variables are NaN or "
                f"infinite, first {place} at step {step}.",
                place=place,
                step=step,
                value=float(broken[-1].mean()),
                limit=0.0,
                confidence=0.99,
                consequence_of="GRD103" if gradient and gradient[0] <= step else None,
            ),
        )
