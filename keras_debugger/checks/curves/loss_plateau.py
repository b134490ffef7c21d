"""LOS107: the last part of the training changes nothing."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import smooth
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class LossPlateau(Check):
    """The last part of the training changes nothing.

    Sees: the training loss of each epoch.
    Formula: fires when the smoothed loss stays within `max_change` of its whole range over at least
        `min_share` of the epochs, up to the end.
    Source: a fact told for its cost in time. Most healthy runs end on a plateau, so it is a note.
    Known problems: a loss that falls by ever smaller steps on a log scale is a plateau on this one.
    Fixes: early-stopping, reduce-rate-on-plateau.
    """

    code: ClassVar[str] = "LOS107"
    name: ClassVar[str] = "loss-plateau"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = None

    min_epochs: int = 12
    max_change: float = 0.01  # of the range of the loss
    min_share: float = 0.4  # of the epochs

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        loss = run.long_curve("loss", at_least=self.min_epochs)
        level = smooth(loss)
        near = np.abs(level - level[-1]) <= self.max_change * float(np.ptp(loss))
        flat = int(near[::-1].argmin()) if not near.all() else len(near)
        if flat < self.min_share * len(loss):
            return None
        epoch = int(run.epochs_of("loss")[len(loss) - flat])
        return self.finding(
            severity=Severity.NOTE,
            summary=f"The training loss hardly changes after epoch {epoch + 1}: {flat} epochs.",
            place="loss",
            epoch=epoch,
            value=flat / len(loss),
            limit=self.min_share,
        )
