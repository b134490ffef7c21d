"""DAT107: a few targets make up most of the variance."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LabelProfile, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LabelForm, LossKind, Need, Severity

_ROBUST = frozenset({LossKind.MEAN_ABSOLUTE_ERROR, LossKind.HUBER, LossKind.LOG_COSH})


@dataclass(frozen=True, kw_only=True)
class TargetOutliers(Check):
    """A few extreme targets make up most of the variance, and so most of a squared error.

    Sees: median, mean absolute deviation, sd and range of regression targets, and the share of
        values beyond ten robust deviations from the median.
    Formula: part = share * extreme**2 / sd**2; distance = extreme / mean absolute deviation, where
        extreme is the largest distance from the median. Fires when at most `max_share` of the
        values lie out, part > `min_part` and distance > `min_distance`.
    Source: Huber 1964 (the reason). The limits are ours; normal, uniform and diabetes targets have
        a share of 0.
    Known problems: targets with heavy tails (prices, counts) look the same: predict their
        logarithm. With a robust loss, or where the run ends well, this is a note.
    Fixes: robust-loss, clean-data.
    """

    code: ClassVar[str] = "DAT107"
    name: ClassVar[str] = "target-outliers"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.MODEL})

    max_share: float = 0.1  # of the values
    min_part: float = 0.5  # of the variance
    min_distance: float = 8.0  # mean absolute deviations

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for output, labels in record.labelled_outputs:
            if labels.form is not LabelForm.CONTINUOUS or not labels.sd > 0:
                continue
            extreme, part = self._influence(labels)
            distance = extreme / max(labels.mean_abs_deviation, 1e-30)
            if part <= self.min_part or distance <= self.min_distance:
                continue
            robust = output.loss in _ROBUST
            severity = Severity.NOTE if robust else severity_by_outcome(record)
            findings.append(
                self.finding(
                    severity=severity,
                    symptom=symptom_by_outcome(record, severity),
                    summary=f"{labels.outlier_share:.1%} of the targets lie up to {distance:.3g} "
                    f"mean deviations from the median and "
                    f"make up {min(part, 1.0):.0%} of the variance.",
                    place=labels.name,
                    value=distance,
                    limit=self.min_distance,
                    causes=(CauseKind.OUTLIERS,),
                )
            )
        return tuple(findings)

    def _influence(self, labels: LabelProfile) -> tuple[float, float]:
        extreme = max(labels.maximum - labels.median, labels.median - labels.minimum)
        if not 0.0 < labels.outlier_share <= self.max_share:
            return extreme, 0.0
        return extreme, labels.outlier_share * extreme**2 / labels.sd**2
