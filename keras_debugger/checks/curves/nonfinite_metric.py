"""LOS102: a metric is NaN while the loss is not."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves.nonfinite_values import first_nonfinite
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class NonfiniteMetric(Check):
    """A metric is NaN or infinite while the loss stays finite.

    Sees: all logs of each epoch but `loss` and `val_loss`.
    Formula: fires at the first metric value that was logged and is not finite, in a run whose
        losses are all finite.
    Source: the definition of a number. Training goes on unharmed, so it is a note.
    Known problems: a metric without a value by its definition (a share of no cases) is one of them.
    Fixes: none; the metric is to be corrected, not the training.
    """

    code: ClassVar[str] = "LOS102"
    name: ClassVar[str] = "nonfinite-metric"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = None

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        losses = ("loss", "val_loss")
        if any(first_nonfinite(run, name) is not None for name in losses):
            return None
        for name in run.values:
            row = first_nonfinite(run, name)
            if row is None or name in losses:
                continue
            epoch = int(run.epoch[row])
            return self.finding(
                severity=Severity.NOTE,
                summary=f"{name} is not finite in epoch {epoch + 1}; the loss is.",
                place=name,
                epoch=epoch,
                value=float(run.values[name][row]),
                confidence=0.9,
            )
        return None
