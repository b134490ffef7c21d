"""LOS104: the loss jumps up for single epochs or steps and comes back."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class LossSpikes(Check):
    """The loss jumps up for an epoch and comes back.

    Sees: the training and validation loss of each epoch.
    Formula: jump(t) = loss(t) - the larger of the medians of the `reach` epochs before and after t.
        Fires when a jump is over `min_jump` x the typical jump (median absolute deviation), over
        half of that level, and over `min_share` of the range of the curve.
    Source: the usual outlier rule on the residual of a running median; spikes that do not come back
        are told by LOS103.
    Known problems: a restart in one file that does not show in its epoch numbers is one spike.
    Fixes: clip-gradients, lower-learning-rate.
    """

    code: ClassVar[str] = "LOS104"
    name: ClassVar[str] = "loss-spikes"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_OSCILLATES

    min_epochs: int = 8
    reach: int = 3  # epochs
    min_jump: float = 8.0  # median absolute deviations
    min_share: float = 0.05  # of the range of the curve

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        run.long_curve("loss", at_least=self.min_epochs)
        for name in ("loss", "val_loss"):
            values = run.curve(name)
            if len(values) < self.min_epochs:
                continue
            level, jumps = self._jumps(values)
            typical = float(np.median(np.abs(jumps - np.median(jumps))))
            limit = np.maximum(
                np.maximum(self.min_jump * typical, 0.5 * np.abs(level)),
                self.min_share * float(np.ptp(values)),
            )
            spikes = np.flatnonzero(jumps > limit)
            if not len(spikes):
                continue
            worst = int(spikes[jumps[spikes].argmax()])
            epoch = int(run.epochs_of(name)[worst])
            return self.finding(
                severity=Severity.NOTE,
                summary=(
                    f"{name} jumps up in {len(spikes)} epoch(s) and comes back, most in epoch "
                    f"{epoch + 1}, from {level[worst]:.4g} to {values[worst]:.4g}."
                ),
                place=name,
                epoch=epoch,
                value=float(jumps[worst]),
                limit=float(limit[worst]),
            )
        return None

    def _jumps(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Level around each inner epoch and the jump above it; no jump at the ends."""
        level = values.astype(np.float64)
        outside = np.full(self.reach, np.nan)
        padded = np.concatenate([outside, level, outside])
        medians = np.nanmedian(
            np.lib.stride_tricks.sliding_window_view(padded, self.reach)[1:-1], axis=1
        )
        inner = np.arange(len(level) - 2)
        level[1:-1] = np.maximum(medians[inner], medians[inner + self.reach + 1])
        return level, values - level
