"""GRD115: one layer learns far more slowly, or takes far larger steps, than the others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.columns import update_path, weight_columns
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need


@dataclass(frozen=True, kw_only=True)
class UnevenSteps(Check):
    """One layer's kernel hardly moves while the others learn, or moves far more than they do.

    Sees: |update| / |weight| of each kernel, summed over all steps.
    Formula: share = path of a kernel / median path of all. Fires below `min_share` or above
        `max_share`, with at least three kernels of which the median moves by `min_path`.
    Source: You et al. 2017, arXiv:1708.03888 (LARS): steps should have one size relative to the
        weights in all layers. The limits are ours: in 53 healthy runs of small networks shares were
        .43 to 5.
    Known problems: kernels that begin near zero on purpose move far relative to themselves.
        Embeddings of rare words move little. Where the run ends well this is a note.
    Fixes: change-initializer, add-batch-norm, unfreeze.
    """

    code: ClassVar[str] = "GRD115"
    name: ClassVar[str] = "uneven-steps"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    min_share: float = 0.02  # of the median path
    max_share: float = 50.0  # of the median path
    min_path: float = 0.05  # summed relative movement of the median kernel
    shortest: int = 50  # optimizer steps

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        columns = weight_columns(log)
        if columns.size < 3:
            return ()
        if not log.step.size or log.step[-1] < self.shortest:
            raise TooShortError(f"needs {self.shortest} steps")
        paths = update_path(log, columns)
        columns, paths = columns[np.isfinite(paths)], paths[np.isfinite(paths)]
        if columns.size < 3 or np.median(paths) < self.min_path:
            return ()
        shares = paths / np.median(paths)
        low, high = int(shares.argmin()), int(shares.argmax())
        slow = shares[low] < self.min_share
        if not slow and shares[high] <= self.max_share:
            return ()
        worst = low if slow else high
        place = log.variables[columns[worst]].path
        words = f"only {shares[low]:.1e} times" if slow else f"{shares[high]:.3g} times"
        return (
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"{place} moves {words} as far, for its size, as the median kernel.",
                place=place,
                step=int(log.step[-1]),
                value=float(shares[worst]),
                limit=self.min_share if slow else self.max_share,
                confidence=0.75,
            ),
        )
