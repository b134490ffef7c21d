"""ACT102: most ReLU units of a layer die while training."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.activations.probes import hidden_columns
from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Symptom


@dataclass(frozen=True, kw_only=True)
class DyingRelu(Check):
    """ReLU units that were alive at the start end as zero for every row.

    Sees: the share of units of each hidden layer that are zero on the whole probe batch.
    Formula: fires when the share exceeds `max_dead` at the last probe and was at most `max_start`
        at the first.
    Source: Lu et al. 2019, arXiv:1903.06733 (the phenomenon). `max_dead` is ours: in 35
        healthy runs of small networks at most 0.41 of a layer ended silent.
    Known problems: later death is usually an effect of too large steps or inputs, seldom a cause.
        A wide layer can spare most of its units; where the run ends well this is a note.
    Fixes: lower-learning-rate, normalize-inputs, change-hidden-activation.
    """

    code: ClassVar[str] = "ACT102"
    name: ClassVar[str] = "dying-relu"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.ACTIVATIONS})
    symptom: ClassVar[Symptom | None] = Symptom.DEAD_RELU

    max_dead: float = 0.8  # share of units at the end
    max_start: float = 0.6  # share of units at the start

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.activations
        if log.step.size < 2:
            raise TooShortError("needs a probe before and one after training")
        columns = hidden_columns(record)
        dead = np.nan_to_num(log.dead_share[:, columns], nan=0.0)
        hit = (dead[-1] > self.max_dead) & (dead[0] <= self.max_start)
        if not hit.any():
            return ()
        worst = int(np.where(hit, dead[-1], 0.0).argmax())
        place = log.layers[columns[worst]]
        row = int((dead[:, worst] > self.max_dead).argmax())
        return (
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"{dead[-1, worst]:.0%} of the units of {place} are zero for every row at "
                f"the end, {dead[0, worst]:.0%} were at the start.",
                place=place,
                step=int(log.step[row]),
                value=float(dead[-1, worst]),
                limit=self.max_dead,
                confidence=0.85,
            ),
        )
