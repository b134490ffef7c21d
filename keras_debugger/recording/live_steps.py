"""Steps that are too small, foretold from the begin of a run."""

from dataclasses import dataclass

import numpy as np

from keras_debugger.checks.base import TooShortError
from keras_debugger.checks.gradients.columns import update_path, weight_columns
from keras_debugger.checks.gradients.steps_too_small import StepsTooSmall
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Severity


@dataclass(frozen=True, kw_only=True)
class StepsTooSmallSoFar(StepsTooSmall):
    """At the pace so far, the weights will hardly move in the whole run.

    Sees: |update| / |weight| of each kernel over the steps so far, and the epochs asked for.
    Formula: path of the whole run = the median over kernels of the summed ratios x epochs asked
        for / epochs done. Fires when it is below `min_path` / `margin`.
    Source: the limit of StepsTooSmall for whole runs; the margin is ours, for no trend of the loss
        can be judged after one epoch.
    Known problems: a warm-up begins with small steps, so a run with a schedule is not judged.
    Fixes: raise-learning-rate.
    """

    margin: float = 10.0  # ratio, no unit

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        asked = record.fit.epochs or 0
        optimizer = record.model.optimizer
        if asked <= 0 or optimizer is None or optimizer.schedule:
            raise TooShortError("needs a constant learning rate and the epochs asked for")
        log = record.gradients
        columns = weight_columns(log)
        paths = update_path(log, columns) if columns.size else np.empty(0)
        if not np.isfinite(paths).any():
            return ()
        path = float(np.nanmedian(paths)) * max(1.0, asked / record.epochs.count)
        limit = self.min_path / self.margin
        uneven = float(np.nanmax(paths)) > self.max_uneven * float(np.nanmedian(paths))
        if not 0.0 < path < limit or uneven:
            return ()
        return (
            self.finding(
                severity=Severity.WARNING,
                summary=f"At this pace the typical kernel moves by {path:.2%} of its norm in all "
                f"{asked} epochs: the learning rate looks too low.",
                epoch=int(record.epochs.epoch[-1]),
                value=path,
                limit=limit,
                causes=(CauseKind.LEARNING_RATE_TOO_LOW,),
            ),
        )
