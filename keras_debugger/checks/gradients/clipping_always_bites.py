"""GRD111: clipping shortens nearly every gradient."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import POOR, quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity


@dataclass(frozen=True, kw_only=True)
class ClippingAlwaysBites(Check):
    """Clipping shortens nearly every gradient, so it sets the step and not the gradient.

    Sees: the norm over all variables before and after clipping, one value a recorded step.
    Formula: share of steps whose norm is cut below `cut` of itself. Fires at `min_share`; a warning
        only if the median norm is cut below `hard_cut`, the optimizer does not rescale gradients
        itself and the run reached next to nothing.
    Source: Pascanu et al. 2013, arXiv:1211.5063, set the limit near the usual norm so that only
        rare large gradients are cut. The shares are ours.
    Known problems: adaptive optimizers undo a constant factor, so there this costs nothing.
    Fixes: raise the limit of clipping, raise-learning-rate.
    """

    code: ClassVar[str] = "GRD111"
    name: ClassVar[str] = "clipping-always-bites"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    cut: float = 0.99  # ratio of norms
    hard_cut: float = 0.1  # ratio of norms
    min_share: float = 0.95  # of the recorded steps
    shortest: int = 20  # recorded steps

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        if log.clipped_norm is None or not self._clips(record):
            return ()
        if log.step.size < self.shortest:
            raise TooShortError(f"needs {self.shortest} recorded steps")
        before = log.global_norm
        after = np.sqrt(np.nansum(np.square(log.clipped_norm.astype(np.float64)), axis=1))
        known = np.isfinite(before) & (before > 0) & np.isfinite(log.clipped_norm).any(axis=1)
        if known.sum() < self.shortest:
            return ()
        kept = after[known] / before[known]
        share = float((kept < self.cut).mean())
        if share < self.min_share:
            return ()
        median = float(np.median(kept))
        costly = median < self.hard_cut and self._follows_norm(record) and quality(record) < POOR
        return (
            self.finding(
                severity=Severity.WARNING if costly else Severity.NOTE,
                summary=f"Clipping shortens the gradient in {share:.0%} of the steps, typically to "
                f"{median:.1%} of its norm.",
                step=int(log.step[0]),
                value=share,
                limit=self.min_share,
                confidence=0.8,
            ),
        )

    def _clips(self, record: TrainingRecord) -> bool:
        optimizer = record.model_description.optimizer if record.model_description else None
        if optimizer is None:
            return True
        limits = (optimizer.clipnorm, optimizer.clipvalue, optimizer.global_clipnorm)
        return any(limit is not None for limit in limits)

    def _follows_norm(self, record: TrainingRecord) -> bool:
        optimizer = record.model_description.optimizer if record.model_description else None
        return optimizer is not None and optimizer.name == "sgd"
