"""LOS103: the training loss grows."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.constant_predictor import constant_loss
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import end_level, smooth
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class DivergingLoss(Check):
    """The training loss grows, or jumps up and stays there.

    Sees: the training loss of each epoch; step losses where they were recorded.
    Formula: rise = end level - best smoothed loss, progress = first loss - best loss. Fires when
        rise >= `min_share` x progress and end level >= `min_growth` x best loss, and the last
        epochs are all above that. Fires too when the median of `step_window` step losses
        reaches `max_growth_lost` x the first one (or the loss of the best constant answer, if that
        is larger) and the run ends no lower than it began, or `max_growth` x if it comes back; not
        for losses that go below zero, which have no such ratio.
    Source: after the finding that "end above start" has no false alarm on 30 healthy runs but sees
        what has not learned as well (keras_debugger's method study); the share of progress lost
        tells the two apart. Measured by benchmarks/score_logs.py.
    Known problems: a warm restart of the learning rate, or layers that are unfrozen late, raise the
        loss for some epochs. A run that is judged while it rises may yet recover.
    Fixes: lower-learning-rate, clip-gradients, normalize-inputs, scale-targets.
    """

    code: ClassVar[str] = "LOS103"
    name: ClassVar[str] = "diverging-loss"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_DIVERGES

    min_epochs: int = 4
    min_share: float = 0.25  # of the progress that was made
    min_growth: float = 1.4  # ratio
    step_window: int = 5  # steps
    max_growth: float = 100.0  # ratio of step losses
    max_growth_lost: float = 10.0  # ratio of step losses

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        found = self._in_steps(record)
        return found or judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        loss = run.long_curve("loss", at_least=self.min_epochs)
        best = int(smooth(loss).argmin()) if loss.argmin() else 0
        low = float(loss[: best + 2].min())
        rise = end_level(loss) - low
        limit = low + max(self.min_share * (loss[0] - low), (self.min_growth - 1) * abs(low))
        last = loss[-max(2, len(loss) // 10) :]
        if low == 0 or rise <= 0 or not (last >= limit).all():
            return None
        lost_all = end_level(loss) >= loss[0]
        epoch = int(run.epochs_of("loss")[loss[: best + 2].argmin()])
        return self.finding(
            severity=Severity.ERROR if lost_all else Severity.WARNING,
            summary=(
                f"The training loss rises from {low:.4g} in epoch {epoch + 1} "
                f"to {end_level(loss):.4g} at the end (it began at {loss[0]:.4g})."
            ),
            place="loss",
            epoch=epoch,
            value=end_level(loss),
            limit=float(limit),
            confidence=0.9 if len(loss) >= 8 else 0.7,
        )

    def _in_steps(self, record: TrainingRecord) -> tuple[Finding, ...]:
        if not record.has(Need.STEPS) or len(record.steps.loss) < 2 * self.step_window:
            return ()
        logged = record.steps.loss.astype(np.float64)
        if (logged < 0).any():  # zero is no floor of this loss, so ratios say nothing
            return ()
        loss = np.where(np.isfinite(logged), logged, 0.0)
        start = float(np.fmax(loss[0], constant_loss(record)))
        windows = np.lib.stride_tricks.sliding_window_view(loss, self.step_window)
        level = np.median(windows, axis=1)
        worst = int(level.argmax())
        last = logged[-max(self.step_window, len(loss) // 20) :]
        back = bool(np.isfinite(last).all()) and float(np.median(last)) < 0.9 * start
        limit = self.max_growth if back else self.max_growth_lost
        if start == 0 or level[worst] < limit * start:
            return ()
        at = worst + int(windows[worst].argmax())
        step = int(record.steps.step[at])
        return (
            self.finding(
                severity=Severity.WARNING if back else Severity.ERROR,
                summary=(
                    f"The loss of a step grows from {start:.4g} to {loss[at]:.4g} at step {step}"
                    + (" and comes back later." if back else ".")
                ),
                place="loss",
                step=step,
                epoch=int(record.steps.epoch[at]),
                value=float(level[worst] / start),
                limit=limit,
            ),
        )
