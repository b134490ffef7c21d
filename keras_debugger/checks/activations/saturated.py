"""ACT103: most outputs of a hidden tanh or sigmoid layer sit at their limits."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.activations.probes import hidden_columns
from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Symptom


@dataclass(frozen=True, kw_only=True)
class SaturatedActivations(Check):
    """Most outputs of a hidden tanh or sigmoid layer sit at their limits, where slopes are flat.

    Sees: the share of outputs of each hidden layer within 1 % of a limit, on the probe batch.
    Formula: fires when the share exceeds `max_saturated` at the last probe, or did at the first.
    Source: Glorot and Bengio 2010 (the phenomenon); half of the outputs is also the limit of
        DeepDiagnosis (Wardat et al. 2022); in our healthy runs at most a quarter are.
    Known problems: gates of recurrent layers saturate on purpose and are not looked at. Binary
        codes are saturated on purpose; where the run ends well this is a note.
    Fixes: change-initializer, normalize-inputs, lower-learning-rate, add-batch-norm.
    """

    code: ClassVar[str] = "ACT103"
    name: ClassVar[str] = "saturated-activations"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.ACTIVATIONS})
    symptom: ClassVar[Symptom | None] = Symptom.SATURATED_ACTIVATIONS

    max_saturated: float = 0.5  # share of outputs

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.activations
        if log.step.size == 0:
            raise TooShortError("needs a probe")
        columns = hidden_columns(record)
        share = np.nan_to_num(log.saturated_share[:, columns], nan=0.0)
        ends = share[[0, -1]].max(axis=0) if share.size else np.zeros(0)
        if not ends.size or ends.max() <= self.max_saturated:
            return ()
        worst = int(ends.argmax())
        place = log.layers[columns[worst]]
        row = int((share[:, worst] > self.max_saturated).argmax())
        at_start = log.step[row] == 0
        return (
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"{ends[worst]:.0%} of the outputs of {place} sit at the limits of its "
                f"activation, from step {log.step[row]} on.",
                place=place,
                step=int(log.step[row]),
                value=float(ends[worst]),
                limit=self.max_saturated,
                causes=(
                    (CauseKind.BAD_INITIALIZATION, CauseKind.INPUTS_NOT_NORMALIZED)
                    if at_start
                    else ()
                ),
            ),
        )
