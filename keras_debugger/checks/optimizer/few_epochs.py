"""OPT107: one or two epochs, too few to get anywhere."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.statistics import trend
from keras_debugger.checks.outcome import attainable, quality, training_quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class FewEpochs(Check):
    """The run ends after one or two epochs, before the model has learnt what it could.

    Sees: the losses of the steps, how many there are, and what simple models reach.
    Formula: fires in a run of at most `longest` epochs that reached less than `max_quality` of the
        way from a constant guess to no error, and `min_lead` less than the best simple model, if
        fewer than `hardly_any` updates were made, or if the loss still falls: of the means of ten
        parts of the run Kendall's tau is below `max_trend`, and the last third falls at `min_pace`
        of the middle one.
    Source: an epoch is no unit of work, an update is (Hoffer et al. 2017, arXiv:1705.08741). The
        limits are ours.
    Known problems: `fit` trains for one epoch if `epochs` is not given, which may be meant as a
        first look.
    Fixes: train-longer, smaller batches, raise-learning-rate.
    """

    code: ClassVar[str] = "OPT107"
    name: ClassVar[str] = "few-epochs"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.STEPS, Need.DATA})
    symptom: ClassVar[Symptom | None] = Symptom.SLOW_CONVERGENCE

    longest: int = 2  # epochs
    hardly_any: int = 50  # updates
    parts: int = 10  # of the run
    max_trend: float = -0.4  # Kendall's tau
    min_pace: float = 0.25  # fall of the last third against that of the middle one
    max_quality: float = 0.8  # share of the way from a constant guess to no error
    min_lead: float = 0.1  # of that way

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        epochs, updates = self._length(record)
        if epochs > self.longest:
            return ()
        reached = float(np.fmax(quality(record), training_quality(record)))
        if np.isnan(reached):
            raise TooShortError("record how well the run ended: labels of classes or numbers")
        if reached >= min(self.max_quality, attainable(record) - self.min_lead):
            return ()
        falls = self._falls(record)
        if not falls and updates >= self.hardly_any:
            return ()
        return (
            self.finding(
                severity=Severity.WARNING,
                summary=f"The run made {updates} updates in {'one' if epochs == 1 else epochs} "
                f"epoch{'' if epochs == 1 else 's'}"
                f"{', and the loss was still falling' if falls else ''}.",
                value=float(epochs),
                limit=float(self.longest),
                confidence=0.75,
                causes=(CauseKind.TOO_FEW_UPDATES, CauseKind.LEARNING_RATE_TOO_LOW),
            ),
        )

    def _length(self, record: TrainingRecord) -> tuple[int, int]:
        """Epochs and optimizer steps of the run."""
        steps = record.steps
        if steps.step.size == 0:
            raise TooShortError("record one step")
        return int(steps.epoch[-1]) + 1, int(steps.step[-1]) + 1

    def _falls(self, record: TrainingRecord) -> bool:
        """Whether the loss falls to the end, as far as it can be told."""
        losses = record.steps.loss[np.isfinite(record.steps.loss)]
        if losses.size < self.parts:
            return False
        means = np.array([part.mean() for part in np.array_split(losses, self.parts)])
        first, middle, last = (part.mean() for part in np.array_split(losses, 3))
        goes_on = middle - last >= self.min_pace * max(first - middle, 0.0) and last < middle
        return bool(goes_on) and trend(means)[0] < self.max_trend
