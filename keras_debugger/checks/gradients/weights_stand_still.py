"""GRD109: the optimizer changes nothing although there are gradients."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.columns import rows_with_updates
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class WeightsStandStill(Check):
    """The optimizer leaves variables exactly as they are although they get a gradient.

    Sees: the norm of the change of each variable at the recorded steps, and its gradient norm.
    Formula: variables with a gradient above zero and a change of exactly zero at every recorded
        step. Fires at one.
    Source: arithmetic: a learning rate of zero, a step below the resolution of float32 or float16,
        or a constraint that undoes each step.
    Known problems: none known; accumulated gradients change the weights at some steps.
    Fixes: raise-learning-rate.
    """

    code: ClassVar[str] = "GRD109"
    name: ClassVar[str] = "weights-stand-still"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})
    symptom: ClassVar[Symptom | None] = Symptom.NO_LEARNING

    shortest: int = 10  # steps with a recorded change

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        every_column = np.arange(len(log.variables))
        if rows_with_updates(log, every_column).size < self.shortest:
            raise TooShortError(f"needs {self.shortest} steps with recorded updates")
        moved = (log.update_norm > 0.0).any(axis=0)
        pulled = (log.norm > 0.0).any(axis=0)  # a NaN is no pull
        unmoved = np.flatnonzero(pulled & ~moved)
        still = unmoved[(log.update_norm[:, unmoved] == 0.0).any(axis=0)]
        if not still.size:
            return ()
        every = still.size == int(pulled.sum())
        place = log.variables[int(still[0])].path
        return (
            self.finding(
                severity=Severity.ERROR if every else severity_by_outcome(record),
                symptom=self.symptom if every else None,
                summary=f"{still.size} of {len(log.variables)} variables get a gradient but never "
                f"change, first {place}.",
                place=place,
                step=0,
                value=float(still.size / len(log.variables)),
                limit=0.0,
                causes=(CauseKind.LEARNING_RATE_TOO_LOW,),
                confidence=0.95,
            ),
        )
