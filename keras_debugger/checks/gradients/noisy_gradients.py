"""GRD113: gradients are mostly the noise of small batches."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.steps_stay_large import still_falls
from keras_debugger.checks.outcome import GOOD, quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity


@dataclass(frozen=True, kw_only=True)
class NoisyGradients(Check):
    """Gradients are mostly the noise of small batches, and the run does not settle.

    Sees: the gradient norm and the size of each batch, in the second half of the run.
    Formula: E|g|^2 = |G|^2 + S / rows. The last batch of an epoch is often smaller (b rows) than
        the others (B rows), so r = |g|^2 of the small one / mean of the others is 1 without noise
        and B / b without a signal: noise = (mean r - 1) / (B / b - 1). Fires at `min_noise` if the
        run did not end well and its loss no longer falls steadily.
    Source: McCandlish et al. 2018, arXiv:1812.06162, appendix A.1 (two batch sizes). The limit is
        ours: there a batch four times as large still cuts the noise of a step by half.
    Known problems: gradients at the end of a run that has converged are noise by nature, so a run
        that ends well has no finding. Without small last batches it cannot judge.
    Fixes: larger-batches, decay-learning-rate.
    """

    code: ClassVar[str] = "GRD113"
    name: ClassVar[str] = "noisy-gradients"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS, Need.STEPS, Need.EPOCHS})

    min_noise: float = 0.8  # share of the squared gradient of a usual batch
    min_ratio: float = 2.0  # rows of a usual batch / rows of the small one
    fewest: int = 10  # epochs with a small batch
    most_steps: int = 20_000  # of the end that are looked at
    max_rows: int = 64  # rows of a usual batch; above, noise is seldom what limits a run

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        usual, noise = self._noise(record)
        reached = quality(record)
        harmless = not reached < GOOD or still_falls(record)
        if not noise >= self.min_noise or usual > self.max_rows or harmless:
            return ()
        return (
            self.finding(
                severity=Severity.NOTE,
                summary=f"About {min(noise, 1.0):.0%} of a squared gradient is noise of batches of "
                f"{usual} rows in the second half of the run.",
                step=int(record.gradients.step[-1] // 2),
                value=noise,
                limit=self.min_noise,
                confidence=0.6,
            ),
        )

    def _noise(self, record: TrainingRecord) -> tuple[int, float]:
        """Rows of a usual batch, and the share of its squared gradient that is noise."""
        log, steps = record.gradients, record.steps
        half = int(log.step[-1]) // 2 if log.step.size else 0
        late = np.arange(np.searchsorted(log.step, half), log.step.size)[-self.most_steps :]
        rows = late[np.isin(log.step[late], steps.step)]
        at = np.searchsorted(steps.step, log.step[rows])
        size, epoch = steps.batch_size[at], steps.epoch[at]
        with np.errstate(over="ignore", invalid="ignore"):
            squared = np.nansum(np.square(log.norm[rows].astype(np.float64)), axis=1)
        usual = int(np.median(size)) if size.size else 0
        known = np.isfinite(squared)
        _, number = np.unique(epoch, return_inverse=True)
        full, small = known & (size == usual), known & (size * self.min_ratio <= usual)
        level, rest = (_means(number, mask, squared) for mask in (full, small))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = rest / level
            shares = usual / _means(number, small, size)
        paired = np.isfinite(ratios) & np.isfinite(shares)
        ratios, shares = ratios[paired], shares[paired]
        if len(ratios) < self.fewest:
            raise TooShortError(
                f"needs {self.fewest} late epochs whose last batch is at most half as large"
            )
        return usual, float((ratios.mean() - 1.0) / (shares.mean() - 1.0))


def _means(group: np.ndarray, mask: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean of the masked values in each group, NaN where a group has none."""
    groups = int(group.max(initial=-1)) + 1
    counts = np.bincount(group[mask], minlength=groups)
    sums = np.bincount(group[mask], weights=values[mask], minlength=groups)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
