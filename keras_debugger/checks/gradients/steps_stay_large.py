"""GRD112: steps stay large relative to the weights, and the run does not settle."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.statistics import trend
from keras_debugger.checks.gradients.columns import (
    rows_with_updates,
    update_ratios,
    weight_columns,
)
from keras_debugger.checks.outcome import GOOD, quality, severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity

MAX_TREND = -0.7  # Kendall's tau
FEWEST_EPOCHS = 4


@dataclass(frozen=True, kw_only=True)
class StepsStayLarge(Check):
    """Steps stay large relative to the weights in the second half of the run.

    Sees: |update| / |weight| of each kernel, and how the run ended.
    Formula: the median over the second half of the run of the median kernel's ratio. Fires above
        `max_ratio` if the run did not end well and its loss no longer falls steadily (Kendall's
        tau of the epochs of the second half over `max_trend`).
    Source: Smith and Le 2018, arXiv:1711.00489: the size of the steps sets the noise at which a run
        stops getting better. `max_ratio` is ours: healthy small runs are .0006 to .0034; momentum
        builds such steps up only after the first ones, where GRD107 looks.
    Known problems: tiny models take such steps without harm.
    Fixes: lower-learning-rate, a schedule.
    """

    code: ClassVar[str] = "GRD112"
    name: ClassVar[str] = "steps-stay-large"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    max_ratio: float = 0.006  # |update| / |weight|, no unit
    clear: float = 3.0  # times max_ratio; below, a note if the run ended fairly well
    fair: float = 0.7  # share of the way from a constant guess to no error
    shortest: int = 100  # optimizer steps
    max_trend: float = MAX_TREND  # Kendall's tau of the losses of the second half

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        columns = weight_columns(log)
        if not columns.size:
            return ()
        if log.step.size == 0 or log.step[-1] < self.shortest:
            raise TooShortError(f"needs {self.shortest} steps")
        late = int(np.searchsorted(log.step, log.step[-1] // 2))
        ratio = update_ratios(log, rows_with_updates(log, columns, first=late), columns)
        ratio = ratio[np.isfinite(ratio).all(axis=1)]
        if not ratio.size:
            return ()
        typical = float(np.median(np.median(ratio, axis=1)))
        if (
            typical <= self.max_ratio
            or not quality(record) < GOOD
            or still_falls(record, max_trend=self.max_trend)
        ):
            return ()
        near = typical < self.clear * self.max_ratio and quality(record) >= self.fair
        return (
            self.finding(
                severity=Severity.NOTE if near else severity_by_outcome(record),
                summary=f"In the second half of the run each step still changes the typical kernel "
                f"by {typical:.1%} of its norm.",
                step=int(log.step[-1] // 2),
                value=typical,
                limit=self.max_ratio,
                confidence=0.8,
                causes=(CauseKind.LEARNING_RATE_TOO_HIGH,),
            ),
        )


def still_falls(
    record: TrainingRecord, *, max_trend: float = MAX_TREND, fewest: int = FEWEST_EPOCHS
) -> bool:
    """Whether the loss falls steadily in the second half: then steps are no limit to it."""
    if record.epoch_logs is None:
        return False
    losses = record.epochs.finite("loss")
    losses = losses[len(losses) // 2 :]
    return losses.size >= fewest and trend(losses)[0] < max_trend
