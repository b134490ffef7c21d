"""DAT106: a few input values are far away from all others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.features import feature_name, judge_numbers
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import InputProfile, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class InputOutliers(Check):
    """A few input values are far away from all others.

    Sees: median, robust deviation and range of each feature, and the share of rows beyond ten
        robust deviations from the median.
    Formula: distance = |extreme - median| / robust deviation, for features of which at most
        `max_share` of the rows lie that far out. A note above `far`, a warning above `very_far`.
    Source: limits are ours: natural measurements reach 26 (breast cancer; wine and diabetes 5).
    Known problems: features with heavy tails reach far on purpose; take their logarithm. Features
        that are mostly one value have no robust deviation and are not judged.
    Fixes: clean-data, clip the inputs, normalize-inputs.
    """

    code: ClassVar[str] = "DAT106"
    name: ClassVar[str] = "input-outliers"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    far: float = 30.0  # robust standard deviations
    very_far: float = 100.0  # robust standard deviations
    max_share: float = 0.05  # of the rows

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_numbers(record, lambda profile: self._judge(record, profile))

    def _judge(self, record: TrainingRecord, profile: InputProfile) -> tuple[Finding, ...]:
        reach = np.maximum(profile.maximum - profile.median, profile.median - profile.minimum)
        rare = (profile.outlier_share > 0) & (profile.outlier_share <= self.max_share)
        spread = np.where(rare & (profile.robust_sd > 0), profile.robust_sd, np.inf)
        distance = np.nan_to_num(reach / spread, nan=0.0)
        worst = int(distance.argmax())
        if distance[worst] <= self.far:
            return ()
        serious = distance[worst] > self.very_far
        place = feature_name(profile, worst)
        return (
            self.finding(
                severity=severity_by_outcome(record) if serious else Severity.NOTE,
                summary=f"{place} has values {distance[worst]:.3g} robust deviations away from its "
                f"median, in {profile.outlier_share[worst]:.1%} of the rows.",
                place=place,
                value=float(distance[worst]),
                limit=self.very_far if serious else self.far,
                confidence=0.85 if serious else 0.5,
                causes=(CauseKind.OUTLIERS,),
            ),
        )
