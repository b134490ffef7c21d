"""OPT102: the learning rate reaches zero long before the run ends."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class RateReachesZero(Check):
    """The learning rate (nearly) reaches zero long before the run ends, or is zero all the time.

    Sees: the learning rate at each step.
    Formula: share of steps at the end with a rate below `small` times the largest one. Fires above
        `max_share`, and for a rate that is zero throughout.
    Source: arithmetic: such steps change nothing. The usual reason is a schedule that counts
        `decay_steps` in epochs where Keras counts optimizer steps.
    Known problems: a plateau schedule ends low on purpose; where the run ends well it is a note.
    Fixes: train-longer with a schedule over all steps, raise-learning-rate.
    """

    code: ClassVar[str] = "OPT102"
    name: ClassVar[str] = "rate-reaches-zero"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.STEPS})

    small: float = 1e-3  # of the largest rate
    max_share: float = 0.4  # of the steps
    shortest: int = 20  # steps

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        steps = record.steps
        known = np.isfinite(steps.learning_rate)
        rates = np.abs(steps.learning_rate[known])
        if rates.size < self.shortest:
            raise TooShortError(f"needs the learning rate of {self.shortest} steps")
        alive = np.flatnonzero(rates > self.small * rates.max())
        last = int(alive[-1]) if alive.size else -1
        share = 1.0 - (last + 1) / rates.size
        if share <= self.max_share:
            return ()
        never = last < 0
        step = int(steps.step[known][max(last, 0)])
        return (
            self.finding(
                severity=Severity.ERROR if never else severity_by_outcome(record),
                summary="The learning rate is zero in the whole run."
                if never
                else f"After step {step} the learning rate is below {self.small:g} of its largest "
                f"value, for {share:.0%} of the run.",
                step=step,
                epoch=int(steps.epoch[known][max(last, 0)]),
                value=share,
                limit=self.max_share,
                confidence=0.95 if never else 0.8,
                causes=(CauseKind.LEARNING_RATE_TOO_LOW,),
            ),
        )
