"""OPT103: the run makes too few updates to get anywhere."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.statistics import fall_rate_at_end, trend
from keras_debugger.checks.outcome import quality, training_quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class TooFewUpdates(Check):
    """The run makes few updates and stops while the loss is still falling.

    Sees: number of optimizer steps, batch size, rows, and the epoch losses.
    Formula: fires below `min_updates` steps, or for batches of more than a third of the rows, if
        the loss falls in nearly every epoch (Kendall's tau below `max_trend`), at a pace of at
        least `min_pace` of its mean, that of validation falls too (tau below `max_held_out`), and
        the run reached less than `max_quality` of what there is to reach. A note if that is not
        known.
    Source: an epoch is no unit of work, an update is (Hoffer et al. 2017, arXiv:1705.08741). The
        limits are ours.
    Known problems: fine-tuning needs few updates; where it ends well this says nothing.
    Fixes: train-longer, smaller batches, raise-learning-rate.
    """

    code: ClassVar[str] = "OPT103"
    name: ClassVar[str] = "too-few-updates"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.STEPS, Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.SLOW_CONVERGENCE

    min_updates: int = 200
    max_batch: float = 1 / 3  # of the rows
    max_trend: float = -0.7  # Kendall's tau
    max_quality: float = 0.8  # share of the way from a constant guess to no error
    shortest: int = 3  # epochs
    fewest_epochs: int = 5  # epochs that a pace can be told from
    min_pace: float = 0.25  # fall an epoch at the end against that of the whole run
    max_held_out: float = -0.3  # Kendall's tau of the validation loss

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        losses = record.epochs.finite("loss")[-10:]
        if losses.size < self.shortest:
            raise TooShortError(f"needs {self.shortest} epochs with a loss")
        updates = int(record.steps.step[-1]) + 1 if record.steps.step.size else 0
        big_batches = self._has_big_batches(record) and updates < 10 * self.min_updates
        if updates >= self.min_updates and not big_batches:
            return ()
        if not trend(losses)[0] < self.max_trend or self._has_settled(record):
            return ()
        reached = np.nanmax([quality(record), training_quality(record), -np.inf])
        if reached >= self.max_quality:
            return ()
        harm = reached > -np.inf
        return (
            self.finding(
                severity=Severity.WARNING if harm else Severity.NOTE,
                symptom=self.symptom if harm else None,
                summary=f"The run made {updates} updates in {record.epochs.count} epochs, and the "
                "loss was still falling.",
                epoch=int(record.epochs.epoch[-1]),
                value=float(updates),
                limit=float(self.min_updates),
                confidence=0.75 if harm else 0.4,
                causes=(CauseKind.TOO_FEW_UPDATES, CauseKind.LEARNING_RATE_TOO_LOW),
            ),
        )

    def _has_settled(self, record: TrainingRecord) -> bool:
        """Whether the training loss slows down, or that of validation no longer falls."""
        losses, held_out = (record.epochs.finite(name) for name in ("loss", "val_loss"))
        if losses.size >= self.fewest_epochs and fall_rate_at_end(losses) < self.min_pace:
            return True
        held_out = held_out[-10:]
        if held_out.size < self.fewest_epochs or np.ptp(held_out) == 0.0:
            return False
        return trend(held_out)[0] > self.max_held_out

    def _has_big_batches(self, record: TrainingRecord) -> bool:
        sizes = record.steps.batch_size
        if record.data_profile is None or not record.data.complete or not sizes.size:
            return False
        return bool(np.median(sizes) > self.max_batch * record.data.rows)
