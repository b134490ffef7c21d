"""GRD105: weights whose gradient is exactly zero at nearly every step."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.columns import weight_columns
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class ZeroGradients(Check):
    """Weights whose gradient is exactly zero at nearly every step: they cannot learn.

    Sees: the gradient norm of each kernel, one value a recorded step.
    Formula: share of recorded steps with norm 0. Fires where it is at least `min_share`.
    Source: arithmetic: all-zero weights, dead units and constant inputs give exact zeros, small
        gradients do not. `min_share` leaves room for a layer that dies in the first tenth.
    Known problems: zero weights, dead ReLUs and inputs that carry nothing look alike here; the
        checks of activations, initial weights and inputs tell them apart.
    Fixes: change-initializer, change-hidden-activation, lower-learning-rate.
    """

    code: ClassVar[str] = "GRD105"
    name: ClassVar[str] = "zero-gradients"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})
    symptom: ClassVar[Symptom | None] = Symptom.VANISHING_GRADIENTS

    min_share: float = 0.9  # of the recorded steps
    shortest: int = 10  # recorded steps

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        columns = weight_columns(log)
        if not columns.size:
            return ()
        if log.step.size < self.shortest:
            raise TooShortError(f"needs {self.shortest} recorded steps")
        zero = log.norm[:, columns] == 0.0  # (rows, kernels); False for NaN
        share = zero.mean(axis=0)
        hit = np.flatnonzero(share >= self.min_share)
        if not hit.size:
            return ()
        first = int(hit[0])
        place = log.variables[columns[first]].path
        whole = hit.size == columns.size
        return (
            self.finding(
                severity=Severity.ERROR if whole else severity_by_outcome(record),
                summary=f"The gradient of {hit.size} of {columns.size} kernels is exactly zero in "
                f"{share[first]:.0%} of the steps, first {place}.",
                place=place,
                step=int(log.step[int(zero[:, first].argmax())]),
                value=float(share[first]),
                limit=self.min_share,
                confidence=0.95,
            ),
        )
