"""DAT110: regression targets are on a scale that the run did not reach."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import POOR, quality, severity_by_outcome, training_quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LabelProfile, TrainingRecord
from keras_debugger.types.vocabulary import (
    CLASS_FORMS,
    REGRESSION_LOSSES,
    CauseKind,
    LabelForm,
    Need,
    Severity,
)

_SD_OF_MAD = 1.2533  # standard / mean absolute deviation of a normal distribution


@dataclass(frozen=True, kw_only=True)
class TargetsNotScaled(Check):
    """Regression targets are far from unit scale, and the run did not reach them.

    Sees: median and mean absolute deviation of the targets; the training loss against that of a
        constant guess; mean and spread of the answers.
    Formula: scale = max(|median|, 1.25 * mean absolute deviation), which a few outliers do not
        move. A note above `max_scale` or below `min_scale`; a problem if the run also removed less
        than 0.3 of the loss of a constant guess, or its answers spread less than `min_spread` of
        the targets.
    Source: outputs begin near 0 with unit spread, so the way to such targets is long and squared
        errors are large: LeCun et al. 1998. The limits are ours.
    Known problems: with a suitable rate a network does reach large targets: then this is a note.
        Without any outcome in the record only targets above 100 are called a problem.
    Fixes: scale-targets, raise-learning-rate.
    """

    code: ClassVar[str] = "DAT110"
    name: ClassVar[str] = "targets-not-scaled"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.MODEL})

    max_scale: float = 10.0  # unit of the targets
    certain_scale: float = 100.0  # unit of the targets
    min_scale: float = 1e-2  # unit of the targets
    min_spread: float = 0.3  # of the targets' standard deviation

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for output, labels in record.labelled_outputs:
            if output.loss not in REGRESSION_LOSSES or not labels.sd > 0:
                continue
            if labels.form in CLASS_FORMS - {LabelForm.INTEGER_CLASSES}:
                continue
            scale = max(abs(labels.median), _SD_OF_MAD * labels.mean_abs_deviation)
            if self.min_scale <= scale <= self.max_scale:
                continue
            missed = self._is_missed(record, labels, scale)
            findings.append(
                self.finding(
                    severity=severity_by_outcome(record) if missed else Severity.NOTE,
                    summary=f"The targets have mean {labels.mean:.4g} and standard deviation "
                    f"{labels.sd:.3g}"
                    + (", and the answers do not reach them." if missed else "."),
                    place=labels.name,
                    value=scale,
                    limit=self.max_scale if scale > 1 else self.min_scale,
                    confidence=_confidence(scale) if missed else 0.3,
                    causes=(CauseKind.TARGETS_NOT_SCALED,),
                )
            )
        return tuple(findings)

    def _is_missed(self, record: TrainingRecord, labels: LabelProfile, scale: float) -> bool:
        reached = np.nanmax([training_quality(record), quality(record), -np.inf])
        log = record.prediction_log
        if log is not None and log.step.size:
            if not log.finite[-1]:
                return True
            if log.spread[-1] < self.min_spread * labels.sd and not reached >= POOR:
                return True
        if np.isinf(reached):
            return scale > self.certain_scale
        return bool(reached < POOR)


def _confidence(scale: float) -> float:
    """The further away the targets, the surer: .8 at 10, .95 from 1e4 on."""
    return float(min(0.95, 0.75 + 0.05 * abs(np.log10(scale))))
