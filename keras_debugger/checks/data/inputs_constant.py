"""DAT104: every row of the inputs is the same."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import InputProfile, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class InputsConstant(Check):
    """Every row of the inputs is the same, so nothing can be told from them.

    Sees: the range of each feature of each input.
    Formula: every feature's range is at most `resolution` times its size. Fires if that holds for
        all inputs.
    Source: arithmetic. `resolution` is the last digit of float32 with some room; usual reasons are
        an integer division of pixels, and scaling twice.
    Known problems: an image or a sequence is described by channels, so rows that differ only in
        the place of the same values count as varied.
    Fixes: repair the inputs; no change of the model can help.
    """

    code: ClassVar[str] = "DAT104"
    name: ClassVar[str] = "inputs-constant"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})
    symptom: ClassVar[Symptom | None] = Symptom.CONSTANT_PREDICTIONS

    resolution: float = 1e-6  # relative
    fewest_rows: int = 10

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        data = record.data
        profiles = [profile for profile in data.inputs if profile.mean.size]
        if not profiles:
            return ()
        if data.sampled < self.fewest_rows:
            raise TooShortError(f"needs {self.fewest_rows} rows")
        if not all(self._is_constant(profile) for profile in profiles):
            return ()
        return (
            self.finding(
                severity=Severity.ERROR,
                summary=f"All {data.sampled} rows of the inputs are the same.",
                value=0.0,
                limit=self.resolution,
                confidence=0.97,
                causes=(CauseKind.INPUTS_CONSTANT,),
            ),
        )

    def _is_constant(self, profile: InputProfile) -> bool:
        size = np.maximum(np.abs(profile.maximum), np.abs(profile.minimum))
        with np.errstate(invalid="ignore"):
            same = profile.maximum - profile.minimum <= self.resolution * size
        return bool((same | ~np.isfinite(profile.maximum)).all()) and profile.nonfinite_rows == 0
