"""GRD116: gradients fade away in the course of the run, and little was learnt."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.columns import weight_columns
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity


@dataclass(frozen=True, kw_only=True)
class FadingGradients(Check):
    """Gradients of the hidden kernels fade away in the course of the run, and little was learnt.

    Sees: the gradient norm of each kernel but the last, and how the run ended.
    Formula: rest = median norm in the last tenth of the steps / in the first fifth, of the kernel
        where it is smallest. Fires below `max_rest` where the run did not end well.
    Source: a loss far from its minimum with no gradient left is a dead end: units died, saturated
        or a constant answer was reached. `max_rest` is ours: 84 healthy runs of small networks
        ended at .0035 and more.
    Known problems: in a run that converges gradients fade for a good reason, so one that ends well
        has no finding. A schedule that ends at zero leaves gradients as they are.
    Fixes: those of the check that tells why: dead or saturated units, steps too large, penalty.
    """

    code: ClassVar[str] = "GRD116"
    name: ClassVar[str] = "fading-gradients"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    max_rest: float = 1e-3  # ratio of norms, no unit
    shortest: int = 50  # recorded steps

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        columns = weight_columns(log)[:-1]
        if not columns.size:
            return ()
        if log.step.size < self.shortest:
            raise TooShortError(f"needs {self.shortest} recorded steps")
        first, last = (
            np.median(log.norm[rows][:, columns].astype(np.float64), axis=0)
            for rows in (slice(0, log.step.size // 5), slice(-(log.step.size // 10), None))
        )
        known = np.isfinite(last) & np.isfinite(first) & (first > 0.0)
        rest = np.where(known, last / np.where(known, first, 1.0), np.inf)
        worst = int(rest.argmin())
        severity = severity_by_outcome(record, unknown=Severity.NOTE)
        if not rest[worst] < self.max_rest or severity is Severity.NOTE:
            return ()
        place = log.variables[columns[worst]].path
        return (
            self.finding(
                severity=severity,
                summary=f"The gradient of {place} ends at {rest[worst]:.1e} of its size at the "
                "start, though little was learnt.",
                place=place,
                step=int(log.step[-1]),
                value=float(rest[worst]),
                limit=self.max_rest,
                confidence=0.85,
            ),
        )
