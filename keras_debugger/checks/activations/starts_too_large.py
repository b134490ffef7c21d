"""ACT105: pre-activations are too large before training begins."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.layer_order import normalises_early
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class StartsTooLarge(Check):
    """Pre-activations are far from unit scale before the first step.

    Sees: the standard deviation of each layer's pre-activations on the probe batch at step 0.
    Formula: fires when the largest exceeds `max_scale`. If the first layer is already too large
        the inputs are named first, else the initial weights.
    Source: ours: measured on 656 runs of eight set-ups it finds 0.93 of runs with too large weights
        or raw inputs and fires on none of 30 healthy ones and on 0.04 of those with another fault.
    Known problems: where the model normalises its inputs or right after its first weights, or the
        run ends well, this is a note.
    Fixes: normalize-inputs, change-initializer, add-batch-norm.
    """

    code: ClassVar[str] = "ACT105"
    name: ClassVar[str] = "starts-too-large"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.ACTIVATIONS})

    max_scale: float = 3.2  # standard deviation of pre-activations

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.activations
        if log.step.size == 0 or log.step[0] != 0:
            raise TooShortError("needs a probe before the first step")
        scale = np.nan_to_num(log.pre_activation_sd[0], nan=0.0)
        if not scale.size or scale.max() <= self.max_scale:
            return ()
        worst, first = int(scale.argmax()), int((scale > self.max_scale).argmax())
        place = log.layers[first]
        causes = (CauseKind.INPUTS_NOT_NORMALIZED, CauseKind.BAD_INITIALIZATION)
        if not self._inputs_are_large(record):
            causes = causes[::-1]
        return (
            self.finding(
                severity=Severity.NOTE
                if self._is_normalised(record)
                else severity_by_outcome(record),
                summary=f"Before training the pre-activations of {place} have a standard deviation "
                f"of {scale[first]:.3g}"
                + (
                    f", those of {log.layers[worst]} {scale[worst]:.3g}." if worst != first else "."
                ),
                place=place,
                step=0,
                value=float(scale[worst]),
                limit=self.max_scale,
                causes=causes,
            ),
        )

    def _is_normalised(self, record: TrainingRecord) -> bool:
        return record.model_description is not None and normalises_early(record.model)

    def _inputs_are_large(self, record: TrainingRecord) -> bool:
        data = record.data_profile
        return data is None or any(profile.largest > 20.0 for profile in data.inputs)
