"""DAT114: training and validation hold different classes or ranges."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.checks.tasks import is_regression
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LabelProfile, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom

_CAUSES = (CauseKind.UNREPRESENTATIVE_SPLIT, CauseKind.NOT_SHUFFLED)


@dataclass(frozen=True, kw_only=True)
class UnrepresentativeSplit(Check):
    """Training and validation hold different classes, targets or ranges of inputs.

    Sees: classes, mean and sd of the labels of both parts, and the distance of the input features.
    Formula: fires for validation classes that training never sees (a note if they make up less
        than `few_rows` of the validation rows; counts are numbers); for training classes that
        validation lacks although `min_expected` rows were to be expected; for targets whose means
        are `min_offset` standard deviations and `min_z` standard errors apart; and for single
        features further apart than `min_distance`, together with one of these or as a note.
    Source: definition of a held-out part. Usual reason: `validation_split` cuts the last rows off
        data that are sorted. The limits are ours.
    Known problems: a split by time or by group is meant to differ; where the run ends well this is
        a note.
    Fixes: shuffle or stratify before splitting.
    """

    code: ClassVar[str] = "DAT114"
    name: ClassVar[str] = "unrepresentative-split"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.VALIDATION_DATA})
    symptom: ClassVar[Symptom | None] = Symptom.VALIDATION_MISMATCH

    min_expected: float = 10.0  # rows
    few_rows: float = 0.02  # share of the validation rows
    min_offset: float = 0.5  # standard deviations of the training targets
    min_z: float = 5.0  # standard errors
    min_distance: float = 0.5  # Kolmogorov-Smirnov distance
    max_p: float = 1e-3

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        missing = missing_classes(record)
        if missing:
            named = ", ".join(f"{value:g}" for value in missing[:5])
            few = _share(record, missing) < self.few_rows
            return (
                self.finding(
                    severity=Severity.NOTE if few else Severity.ERROR,
                    symptom=None if few else self.symptom,
                    summary=f"Validation holds classes that training never sees: {named}.",
                    value=float(len(missing)),
                    limit=0.0,
                    confidence=0.5 if few else 0.97,
                    causes=_CAUSES,
                ),
            )
        if labels_differ(record, self):
            return (
                self.finding(
                    severity=severity_by_outcome(record, held_out=True),
                    summary="Training and validation labels are distributed differently.",
                    value=1.0,
                    limit=0.0,
                    causes=_CAUSES,
                ),
            )
        return self._judge_features(record)

    def _judge_features(self, record: TrainingRecord) -> tuple[Finding, ...]:
        shift = record.shift
        if shift is None or not np.isfinite(shift.feature_distance).any():
            return ()
        distance = float(np.nanmax(shift.feature_distance))
        if distance < self.min_distance or not shift.p_value < self.max_p:
            return ()
        place = f"feature {int(np.nanargmax(shift.feature_distance))}"
        return (
            self.finding(
                severity=Severity.NOTE,
                symptom=None,
                summary=f"{place} is distributed differently in validation (distance "
                f"{distance:.2f} of 1).",
                place=place,
                value=distance,
                limit=self.min_distance,
                confidence=0.4,
                causes=_CAUSES,
            ),
        )


def labels_differ(record: TrainingRecord, limits: UnrepresentativeSplit | None = None) -> bool:
    """Whether training and validation labels come from different populations."""
    limits = limits or UnrepresentativeSplit()
    if record.validation_profile is None:
        return False
    missing = missing_classes(record)
    if missing and _share(record, missing) >= limits.few_rows:
        return True
    rows = record.data.sampled, record.validation_data.sampled
    pairs = zip(record.data.labels, record.validation_data.labels, strict=False)
    as_numbers = is_regression(record) is True
    return any(_differ(*pair, rows, limits, as_numbers=as_numbers) for pair in pairs)


def missing_classes(record: TrainingRecord) -> tuple[float, ...]:
    """Validation classes that training never sees; none if the labels are numbers."""
    if record.shift is None or is_regression(record):
        return ()
    return record.shift.missing_classes


def _share(record: TrainingRecord, classes: tuple[float, ...]) -> float:
    """Share of the validation rows that these classes make up; 1 if it is not known."""
    for labels in record.validation_data.labels:
        if labels.counts:
            counted = dict(zip(labels.classes, labels.counts, strict=True))
            return sum(counted.get(value, 0) for value in classes) / max(sum(labels.counts), 1)
    return 1.0


def _differ(
    train: LabelProfile,
    other: LabelProfile,
    rows: tuple[int, int],
    limits: UnrepresentativeSplit,
    *,
    as_numbers: bool,
) -> bool:
    if train.classes and train.counts and not as_numbers:
        present = set(other.classes)
        total = sum(train.counts)
        lacking = (
            count / total * rows[1]
            for value, count in zip(train.classes, train.counts, strict=True)
            if value not in present
        )
        return max(lacking, default=0.0) >= limits.min_expected
    if not train.sd > 0:
        return False
    offset = abs(other.mean - train.mean) / train.sd
    z = offset / np.sqrt(1.0 / max(rows[0], 1) + 1.0 / max(rows[1], 1))
    return bool(offset >= limits.min_offset and z >= limits.min_z)
