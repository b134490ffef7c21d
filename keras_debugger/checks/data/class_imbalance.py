"""DAT108: the classes are very unequal."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.constant_predictor import class_entropy
from keras_debugger.checks.outcome import quality
from keras_debugger.checks.tasks import is_regression
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LabelProfile, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LabelForm, Need, Severity


@dataclass(frozen=True, kw_only=True)
class ClassImbalance(Check):
    """The classes are very unequal, and the rare ones are not learnt.

    Sees: rows of each class, and the recall of each class on the probe batch.
    Formula: balance = entropy of the class shares / log(classes). Fires below `min_balance`, or if
        a class has less than `min_share` of an equal share. A warning only if the recall of the
        rarest class is below `min_recall`, or accuracy is no better than the largest share.
    Source: King and Zeng 2001 (the reason). `min_balance` is ours (an entropy of .6).
    Known problems: imbalance itself does not harm where classes are far apart: then it is a note,
        as it is with class or sample weights. Accuracy alone cannot tell.
    Fixes: class-weights.
    """

    code: ClassVar[str] = "DAT108"
    name: ClassVar[str] = "class-imbalance"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    min_balance: float = 0.6  # 0 one class, 1 equal shares
    min_share: float = 0.1  # of an equal share
    min_recall: float = 0.5

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for position, labels in enumerate(record.data.labels):
            counts = np.asarray(labels.counts, dtype=np.float64)
            numbers = position == 0 and is_regression(record)
            if numbers or labels.form is LabelForm.MULTI_HOT or (counts > 0).sum() < 2:
                continue
            balance = class_entropy(labels) / np.log(counts.size)
            rarest = int(counts.argmin())
            share = counts[rarest] / counts.sum()
            if balance >= self.min_balance and share * counts.size >= self.min_share:
                continue
            harm = position == 0 and self._is_ignored(record, labels, rarest)
            findings.append(
                self.finding(
                    severity=Severity.WARNING if harm else Severity.NOTE,
                    summary=f"Class {labels.classes[rarest]:g} has {share:.1%} of the rows"
                    + (" and is hardly ever answered." if harm else "."),
                    place=labels.name,
                    value=float(balance),
                    limit=self.min_balance,
                    confidence=0.92 if harm else 0.4,
                    causes=(CauseKind.CLASS_IMBALANCE,),
                )
            )
        return tuple(findings)

    def _is_ignored(self, record: TrainingRecord, labels: LabelProfile, rarest: int) -> bool:
        fit = record.fit_description
        if record.data.weighted or (fit is not None and fit.class_weight):
            return False
        log = record.prediction_log
        if log is not None and log.recall is not None and log.step.size:
            recall = log.recall[-1]
            if recall.size == len(labels.counts) and np.isfinite(recall[rarest]):
                return bool(recall[rarest] < self.min_recall)
        return bool(quality(record) < 0.1)
