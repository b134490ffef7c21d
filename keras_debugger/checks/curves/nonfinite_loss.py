"""LOS101: the loss is NaN or infinite."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves.nonfinite_values import first_nonfinite
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class NonfiniteLoss(Check):
    """The training or validation loss becomes NaN or infinite.

    Sees: `loss` and `val_loss` of each epoch, and the step losses of the first bad epoch.
    Formula: fires at the first value that was logged and is not finite. A loss that stays so to the
        end is an error, one that comes back is a warning.
    Source: the definition of a number; Keras itself stops on it only with TerminateOnNaN.
    Known problems: a loss that a ReLU keeps finite while weights are NaN is left to LOS116 and to
        the gradient checks. Gaps of a validation that runs at each k-th epoch are no NaN.
    Fixes: lower-learning-rate, clip-gradients, drop-broken-rows, fit-output.
    """

    code: ClassVar[str] = "LOS101"
    name: ClassVar[str] = "nonfinite-loss"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_NAN

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, lambda run: self._judge(run, record))

    def _judge(self, run: Run, record: TrainingRecord) -> Finding | None:
        for name in ("loss", "val_loss"):
            row = first_nonfinite(run, name)
            if row is not None:
                return self._found(run, name, row, record)
        return None

    def _found(self, run: Run, name: str, row: int, record: TrainingRecord) -> Finding:
        values = run.values[name]
        lost = ~np.isfinite(values) & ~np.isin(
            np.arange(len(values)), list(run.missing.get(name, ()))
        )
        forever = bool(lost[row:].all() or lost[-1])
        epoch = int(run.epoch[row])
        what = "infinite" if np.isinf(values[row]) else "NaN"
        rest = "and stays so" if forever else f"in {int(lost.sum())} of {len(values)} epochs"
        return self.finding(
            severity=Severity.ERROR if forever else Severity.WARNING,
            summary=f"{name} becomes {what} in epoch {epoch + 1} {rest}.",
            place=name,
            epoch=epoch,
            step=_first_bad_step(record, epoch) if name == "loss" else None,
            value=float(lost.sum()),
            limit=1.0,
            confidence=0.99,
        )


def _first_bad_step(record: TrainingRecord, epoch: int) -> int | None:
    """The first step of an epoch whose own loss is not finite, None if steps were not recorded."""
    if not record.has(Need.STEPS):
        return None
    steps = record.steps
    bad = np.flatnonzero((steps.epoch == epoch) & ~np.isfinite(steps.loss))
    return int(steps.step[bad[0]]) if len(bad) else None
