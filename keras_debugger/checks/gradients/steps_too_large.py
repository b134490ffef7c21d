"""GRD107: the first steps change the weights by too large a part of themselves."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.columns import update_ratios, weight_columns
from keras_debugger.checks.outcome import quality, severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class StepsTooLarge(Check):
    """The first optimizer steps change the weights by too large a part of themselves.

    Sees: |update| / |weight| of each kernel in the first steps, and the scale of the
        pre-activations before training.
    Formula: the largest value over the first `first_steps` steps of the median kernel's ratio.
        Fires above `max_ratio`, if no layer's pre-activations start with a standard deviation above
        `max_scale` (then inputs or weights are too large, not the learning rate).
    Source: ours: measured on 656 runs of eight set-ups it finds every run whose learning rate was
        too high by 30 to 300 times and fires on none of 30 healthy ones and on 0.01 of others.
        Healthy peaks are .003 to .024. Later steps tell nothing: units die and updates vanish.
    Known problems: very small kernels can take large steps without harm; where the run ends well
        this is a note, and near the limit where it ends fairly well. A warm-up schedule hides a
        rate that becomes too high later.
    Fixes: lower-learning-rate, change-optimizer.
    """

    code: ClassVar[str] = "GRD107"
    name: ClassVar[str] = "steps-too-large"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    first_steps: int = 10  # optimizer steps
    max_ratio: float = 0.08  # |update| / |weight|, no unit
    clear: float = 3.0  # times max_ratio; below, a note if the run ended fairly well
    fair: float = 0.7  # share of the way from a constant guess to no error
    max_scale: float = 3.2  # standard deviation of pre-activations

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        columns = weight_columns(log)
        rows = np.arange(np.searchsorted(log.step, self.first_steps))
        ratio = update_ratios(log, rows, columns)
        known = np.isfinite(ratio).any(axis=1)
        if not columns.size or self._starts_too_large(record):
            return ()
        if not known.any():
            raise TooShortError(f"needs the updates of the first {self.first_steps} steps")
        typical = np.nanmedian(ratio[known], axis=1)
        worst = int(typical.argmax())
        if typical[worst] <= self.max_ratio:
            return ()
        severity = severity_by_outcome(record, unknown=Severity.WARNING)
        near = typical[worst] < self.clear * self.max_ratio
        if near and quality(record) >= self.fair:
            severity = Severity.NOTE
        return (
            self.finding(
                severity=severity,
                summary=f"A single step changes the typical kernel by {typical[worst]:.1%} of its "
                "norm at the start of the run.",
                step=int(log.step[rows[known][worst]]),
                value=float(typical[worst]),
                limit=self.max_ratio,
                causes=(CauseKind.LEARNING_RATE_TOO_HIGH,),
            ),
        )

    def _starts_too_large(self, record: TrainingRecord) -> bool:
        log = record.activation_log
        if log is None or log.step.size == 0:
            return False
        return bool((log.pre_activation_sd[0] > self.max_scale).any())
