"""MOD123: gradients of a loss of the user's own become NaN on sound data."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LossKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class OwnLossBreaks(Check):
    """A loss of the user's own has a gradient that is NaN or infinite, without an explosion before.

    Sees: the loss of each output, the first gradient that is not finite, gradient norms before it,
        and whether the data hold NaN.
    Formula: fires if a loss is none of the well-known ones, the data are finite, and the last
        finite gradient norm was below `max_growth` times the median of those before.
    Source: calculus: sqrt, log, division and norms have no finite gradient at 0.
    Known problems: a custom layer with such a gradient looks the same.
    Fixes: change-loss, or add a small constant inside sqrt, log and denominators.
    """

    code: ClassVar[str] = "MOD123"
    name: ClassVar[str] = "own-loss-breaks"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.GRADIENTS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_NAN

    max_growth: float = 100.0  # ratio of gradient norms

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        own = [output for output in record.model.outputs if output.loss is LossKind.OTHER]
        first = record.gradients.first_nonfinite
        if not own or first is None or self._data_are_broken(record):
            return ()
        log = record.gradients
        norms = log.global_norm[log.step < first[0]]
        norms = norms[np.isfinite(norms) & (norms > 0)]
        if norms.size and norms[-1] > self.max_growth * np.median(norms):
            return ()
        survived = bool(np.isfinite(log.weight_norm[-1]).all()) and log.step[-1] > first[0]
        return (
            self.finding(
                severity=Severity.NOTE if survived else Severity.ERROR,
                summary=f"The gradient of {own[0].loss_name} is NaN or infinite at step "
                f"{first[0]}, though data are finite and gradients were small before.",
                place=own[0].loss_name,
                step=int(first[0]),
                value=float(norms[-1]) if norms.size else float("nan"),
                limit=self.max_growth,
                confidence=0.9,
                causes=(CauseKind.UNSTABLE_CUSTOM_LOSS,),
            ),
        )

    def _data_are_broken(self, record: TrainingRecord) -> bool:
        data = record.data_profile
        if data is None:
            return False
        return any(profile.nonfinite_rows for profile in data.inputs) or any(
            labels.nonfinite for labels in data.labels
        )
