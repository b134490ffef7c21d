"""GRD103: a gradient becomes NaN or infinite."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import GradientLog, TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class NonFiniteGradients(Check):
    """A gradient becomes NaN or infinite; the first step and variable are told.

    Sees: a flag for each variable at each recorded step, and its norm.
    Formula: the first (step, variable) whose gradient is not finite. A note if every weight is
        finite afterwards: loss scaling leaves such steps out, and clipping by value can mend them.
    Source: arithmetic; a weight that takes one non-finite step never becomes finite again.
    Known problems: where several variables are hit in the same step, the first in order of the
        model is named, which need not be where the NaN arose.
    Fixes: clean-data, change-loss, lower-learning-rate, clip-gradients.
    """

    code: ClassVar[str] = "GRD103"
    name: ClassVar[str] = "non-finite-gradients"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_NAN

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        first = first_non_finite(log)
        if first is None:
            return ()
        step, column = first
        place = log.variables[column].path
        survived = self._weights_stay_finite(log, step)
        return (
            self.finding(
                severity=Severity.NOTE if survived else Severity.ERROR,
                symptom=None if survived else self.symptom,
                summary=f"The gradient of {place} is NaN or infinite at step {step}"
                + (", and the step was left out." if survived else "."),
                place=place,
                step=step,
                value=float((~log.finite).any(axis=1).sum()),
                limit=0.0,
                confidence=0.99,
            ),
        )

    def _weights_stay_finite(self, log: GradientLog, step: int) -> bool:
        later = log.weight_norm[log.step > step]
        return bool(later.size and np.isfinite(later[-1]).all())


def first_non_finite(log: GradientLog) -> tuple[int, int] | None:
    """Step and column of the first gradient that is not finite, None if all are."""
    if log.first_nonfinite is not None:
        return log.first_nonfinite
    broken = ~log.finite
    if not broken.any():
        return None
    row = int(broken.any(axis=1).argmax())
    return int(log.step[row]), int(broken[row].argmax())
