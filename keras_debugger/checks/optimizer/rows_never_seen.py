"""OPT105: the run ends before it has seen all training rows once."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class RowsNeverSeen(Check):
    """The run ends before it has seen all training rows once.

    Sees: number of optimizer steps, rows of a batch, and rows of the training data.
    Formula: steps x rows of a usual batch / training rows. Fires below `min_passes`.
    Source: arithmetic: `steps_per_epoch` x `epochs` x rows of a batch is what fit reads. The limit
        leaves room for the rows that `validation_split` takes away.
    Known problems: very large data are often read less than once on purpose: where the run ends
        well, or its end is not known, this is a note. Without `probe_data` the rows that fit never
        read are not known.
    Fixes: train-longer, or leave `steps_per_epoch` out.
    """

    code: ClassVar[str] = "OPT105"
    name: ClassVar[str] = "rows-never-seen"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.STEPS, Need.DATA})

    min_passes: float = 0.5  # over the training rows

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        steps = record.steps
        if not steps.step.size or not record.data.complete:
            raise TooShortError("needs the number of all training rows, and a step")
        seen = (int(steps.step[-1]) + 1) * float(np.median(steps.batch_size))
        passes = seen / max(record.data.rows, 1)
        if passes >= self.min_passes:
            return ()
        severity = severity_by_outcome(record, unknown=Severity.NOTE)
        return (
            self.finding(
                severity=min(severity, Severity.WARNING),
                summary=f"The run read about {seen:.0f} rows; the training data have "
                f"{record.data.rows}.",
                value=passes,
                limit=self.min_passes,
                confidence=0.8,
                causes=(CauseKind.TOO_FEW_UPDATES,),
            ),
        )
