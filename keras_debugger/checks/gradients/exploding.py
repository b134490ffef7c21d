"""GRD101: gradient norms jump far above the level at which training began."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class ExplodingGradients(Check):
    """Gradient norms jump far above the level at which training began.

    Sees: the global L2 norm of the gradient before clipping, one value a recorded step.
    Formula: growth(t) = g(t) / lowest running median of 5 over the first `warmup` steps, zeros
        left out. Fires when the largest growth is at least `max_growth`, or infinite.
    Source: Pascanu et al. 2013, arXiv:1211.5063 (the phenomenon). `max_growth` is ours: in 35
        healthy runs of small networks the growth was at most 86, mostly below 10.
    Known problems: a learning-rate warm-up raises norms without harm. NaN is left to GRD103. A run
        that explodes before the first recorded step shows a high start, not a growth.
    Fixes: clip-gradients, lower-learning-rate.
    """

    code: ClassVar[str] = "GRD101"
    name: ClassVar[str] = "exploding-gradients"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})
    symptom: ClassVar[Symptom | None] = Symptom.EXPLODING_GRADIENTS

    warmup: int = 20  # recorded steps
    max_growth: float = 100.0  # ratio, no unit
    window: int = 5  # recorded steps of the running median

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        norms = log.global_norm  # (rows,)
        if norms.size < 2 * self.window:
            raise TooShortError(f"needs {2 * self.window} recorded steps")
        norms = np.where(np.isnan(norms), 0.0, norms)
        baseline = self._baseline(norms)
        worst = int(norms.argmax())
        if not np.isfinite(baseline) or baseline <= 0.0:
            return ()
        growth = float(norms[worst] / baseline)
        if growth < self.max_growth:
            return ()
        first = int(np.argmax(norms >= self.max_growth * baseline))
        columns = np.nan_to_num(log.norm[worst], nan=0.0)
        severity = Severity.ERROR if np.isinf(growth) else severity_by_outcome(record)
        place = log.variables[int(columns.argmax())].path
        return (
            self.finding(
                severity=severity,
                summary=f"The gradient norm grew to {growth:.3g} times its level at the start, "
                f"most of it in {place}.",
                place=place,
                step=int(log.step[first]),
                value=growth,
                limit=self.max_growth,
            ),
        )

    def _baseline(self, norms: np.ndarray) -> float:
        early = norms[: max(self.warmup, self.window)]
        early = early[early > 0.0]
        if early.size < self.window:
            return 0.0
        windows = np.lib.stride_tricks.sliding_window_view(early, self.window)
        return float(np.median(windows, axis=1).min())
