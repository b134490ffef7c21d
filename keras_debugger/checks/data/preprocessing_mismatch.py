"""DAT113: training and validation inputs are on different scales."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.unrepresentative_split import labels_differ
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom

MIN_DISTANCE = 0.3  # 0 alike, 1 apart
MAX_P = 1e-3


@dataclass(frozen=True, kw_only=True)
class PreprocessingMismatch(Check):
    """Nearly every feature of the validation inputs is distributed differently than in training.

    Sees: the Kolmogorov-Smirnov distance of each feature between training and validation, and
        whether the labels differ too.
    Formula: fires if the typical (median) feature is further apart than `min_distance`, the tests
        pass `max_p` after Holm's correction, and the labels are distributed alike. A note where
        held-out rows are answered well, unless it is further apart than `gross_distance`.
    Source: two-sample Kolmogorov-Smirnov test. Different rows of one population shift a few
        features a little; another scaling shifts all of them. `min_distance` is ours.
    Known problems: validation data from another source (site, camera) look the same, and need the
        same care.
    Fixes: use one preprocessing for both, best as a layer of the model.
    """

    code: ClassVar[str] = "DAT113"
    name: ClassVar[str] = "preprocessing-mismatch"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.VALIDATION_DATA})
    symptom: ClassVar[Symptom | None] = Symptom.VALIDATION_MISMATCH

    min_distance: float = MIN_DISTANCE
    max_p: float = MAX_P
    gross_distance: float = 0.6  # 0 alike, 1 apart; a shift by 1.7 standard deviations

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        shift = record.shift
        if shift is None or labels_differ(record):
            return ()
        if not inputs_differ(record, min_distance=self.min_distance, max_p=self.max_p):
            return ()
        typical = typical_distance(record)
        severity = severity_by_outcome(record, held_out=True)
        if typical > self.gross_distance:
            severity = max(severity, Severity.WARNING)
        return (
            self.finding(
                severity=severity,
                summary=f"The typical validation feature is distributed differently than in "
                f"training (distance {typical:.2f} of 1; deviations differ by up to a factor of "
                f"{shift.scale_ratio:.3g}, means by {shift.offset:.3g} standard deviations).",
                value=typical,
                limit=self.min_distance,
                causes=(CauseKind.PREPROCESSING_MISMATCH, CauseKind.UNREPRESENTATIVE_SPLIT),
            ),
        )


def inputs_differ(
    record: TrainingRecord, *, min_distance: float = MIN_DISTANCE, max_p: float = MAX_P
) -> bool:
    """Whether training and validation inputs are preprocessed differently."""
    shift = record.shift
    if shift is None or not shift.p_value < max_p:
        return False
    return typical_distance(record) >= min_distance


def typical_distance(record: TrainingRecord) -> float:
    """Median distance of the features that vary in training, 0 to 1."""
    distance = np.zeros(0) if record.shift is None else record.shift.feature_distance
    if not np.isfinite(distance).any() or not record.data.inputs:
        return 0.0
    profile = record.data.inputs[0]
    varies = profile.maximum > profile.minimum
    if varies.shape == distance.shape and np.isfinite(distance[varies]).any():
        distance = distance[varies]
    return float(np.nanmedian(distance))
