"""DAT118: some features are copies of others."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.features import feature_name
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity


@dataclass(frozen=True, kw_only=True)
class DuplicateFeatures(Check):
    """Some input features are copies of other features, up to a factor and an offset.

    Sees: pairs of features that are equal in every row once each has mean 0 and deviation 1.
    Formula: number of such pairs; fires at one. Features with fewer than ten rows away from their
        median are left out, as they agree by chance.
    Source: arithmetic: a copy adds weights and no information, and doubles the step along it.
    Known problems: grey images stored with three channels are copies on purpose: always a note.
    Fixes: leave the copies out.
    """

    code: ClassVar[str] = "DAT118"
    name: ClassVar[str] = "duplicate-features"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for profile in record.data.inputs:
            if not profile.copies:
                continue
            copy, original = (feature_name(profile, index) for index in profile.copies[0])
            findings.append(
                self.finding(
                    severity=Severity.NOTE,
                    summary=f"{len(profile.copies)} of {profile.mean.size} features are copies of "
                    f"others: {copy} of {original}"
                    + (", ..." if len(profile.copies) > 1 else "")
                    + ".",
                    place=copy,
                    value=float(len(profile.copies)),
                    limit=0.0,
                    confidence=0.95,
                )
            )
        return tuple(findings)
