"""OPT106: weight decay takes the weights away faster than the gradient builds them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.gradients.columns import weight_columns
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class WeightDecayTooStrong(Check):
    """Weight decay takes the weights away faster than the gradient builds them.

    Sees: the optimizer's weight decay, learning rates, the L2 norm of each kernel at the first and
        the last recorded step, and how the run ended.
    Formula: taken = 1 - exp(-weight decay x sum of the learning rates), the share that decay alone
        takes of a weight; left = median over kernels of last norm / first norm. Fires when taken
        is above `min_taken` and left is below `max_left`.
    Source: Loshchilov and Hutter 2019, arXiv:1711.05101 (decay apart from the gradient). Limits are
        ours: weights that the loss needs keep their size or grow.
    Known problems: a network that begins with large weights may shrink them to its good; where the
        run ends well this is a note.
    Fixes: reduce-regularization.
    """

    code: ClassVar[str] = "OPT106"
    name: ClassVar[str] = "weight-decay-too-strong"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.STEPS, Need.GRADIENTS})

    min_taken: float = 0.5  # share of a weight
    max_left: float = 0.5  # ratio of norms, no unit

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        optimizer, log = record.model.optimizer, record.gradients
        columns = weight_columns(log)
        if optimizer is None or not optimizer.weight_decay or not columns.size:
            return ()
        rates = float(np.nanmean(record.steps.learning_rate)) * float(record.steps.step[-1] + 1)
        taken = 1.0 - float(np.exp(-optimizer.weight_decay * rates))
        first, last = log.weight_norm[[0, -1]][:, columns]
        known = np.isfinite(first) & np.isfinite(last) & (first > 0)
        if not taken > self.min_taken or not known.any():
            return ()
        left = float(np.median(last[known] / first[known]))
        if not left < self.max_left:
            return ()
        severity = severity_by_outcome(record)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"Weight decay of {optimizer.weight_decay:g} left the typical kernel "
                f"{left:.0%} of its first norm.",
                value=taken,
                limit=self.min_taken,
                confidence=0.9,
                causes=(CauseKind.TOO_MUCH_REGULARIZATION,),
            ),
        )
