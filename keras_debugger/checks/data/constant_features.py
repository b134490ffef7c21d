"""DAT105: some features never vary."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.features import feature_name
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity


@dataclass(frozen=True, kw_only=True)
class ConstantFeatures(Check):
    """Some input features never vary; dividing by their deviation would give NaN.

    Sees: the range of each feature of each input.
    Formula: number of features whose smallest and largest value are equal; fires at one, unless
        every feature is constant (DAT104).
    Source: arithmetic.
    Known problems: border pixels of small images are constant without harm: always a note.
    Fixes: leave them out, or normalise with a small constant in the denominator.
    """

    code: ClassVar[str] = "DAT105"
    name: ClassVar[str] = "constant-features"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for profile in record.data.inputs:
            constant = np.flatnonzero(profile.maximum == profile.minimum)
            if not 0 < constant.size < profile.mean.size:
                continue
            place = feature_name(profile, int(constant[0]))
            findings.append(
                self.finding(
                    severity=Severity.NOTE,
                    summary=f"{constant.size} of {profile.mean.size} features never vary, first "
                    f"{place}.",
                    place=place,
                    value=float(constant.size),
                    limit=0.0,
                )
            )
        return tuple(findings)
