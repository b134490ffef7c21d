"""DAT108: the classes are very unequal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.constant_predictor import class_entropy
from keras_debugger.checks.outcome import quality
from keras_debugger.checks.tasks import is_regression
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LabelProfile, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LabelForm, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class ClassImbalance(Check):
    """The classes are very unequal, and the rare ones are not learnt.

    Sees: rows of each class, and the recall of each class on the probe batch.
    Formula: balance = entropy of the class shares / log(classes). Fires below `min_balance`, or if
        a class has less than `min_share` of an equal share, or if class weights leave the rarest
        class less than half of its share. A warning only if the recall of the rarest class is below
        `min_recall` (with such weights below `min_recall_against`), or accuracy is no better than
        the largest share, or a class below `min_share` has fewer than `min_rows` rows in all.
    Source: King and Zeng 2001 (the reason). `min_balance` is ours (an entropy of .6). With 15 rows
        a recall is known to +- .25 at best, so what the model makes of new ones is open.
    Known problems: imbalance itself does not harm where classes are far apart: then it is a note,
        as it is with class or sample weights that make up for it. Accuracy alone cannot tell.
    Fixes: class-weights.
    """

    code: ClassVar[str] = "DAT108"
    name: ClassVar[str] = "class-imbalance"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    min_balance: float = 0.6  # 0 one class, 1 equal shares
    min_share: float = 0.1  # of an equal share
    min_recall: float = 0.5
    min_recall_against: float = 0.7
    min_rows: int = 15

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for position, labels in enumerate(record.data.labels):
            counts = np.asarray(labels.counts, dtype=np.float64)
            numbers = position == 0 and is_regression(record)
            if numbers or labels.form is LabelForm.MULTI_HOT or (counts > 0).sum() < 2:
                continue
            balance = class_entropy(labels) / np.log(counts.size)
            share = labels.share_of_rarest()
            weighted = labels.share_of_rarest(_class_weights(record))
            against = labels.is_rarest_halved(_class_weights(record))
            if (
                balance >= self.min_balance
                and share * counts.size >= self.min_share
                and not against
            ):
                continue
            harm = position == 0 and self._is_ignored(record, labels, against=against)
            few = position == 0 and not harm and self._has_too_few(record, labels)
            rarest = labels.classes[int(counts.argmin())]
            summary = f"Class {rarest:g} has {share:.1%} of the rows"
            if against:
                summary += f", and class weights make it {weighted:.1%}"
            elif harm:
                summary += " and is hardly ever answered"
            elif few:
                summary += f", {counts.min():.0f} in all: too few to learn it, or to judge it by"
            findings.append(
                self.finding(
                    severity=Severity.WARNING if harm or few else Severity.NOTE,
                    symptom=Symptom.MINORITY_CLASS_IGNORED if harm and against else None,
                    summary=f"{summary}.",
                    place=labels.name,
                    value=float(weighted * counts.size if against else balance),
                    limit=0.5 * share * counts.size if against else self.min_balance,
                    confidence=0.92 if harm else 0.77 if few else 0.4,
                    causes=(CauseKind.CLASS_IMBALANCE,),
                )
            )
        return tuple(findings)

    def _is_ignored(self, record: TrainingRecord, labels: LabelProfile, *, against: bool) -> bool:
        if not against and (record.data.weighted or _class_weights(record)):
            return False
        log = record.prediction_log
        if log is not None and log.recall is not None and log.step.size:
            recall, rarest = log.recall[-1], int(np.argmin(labels.counts))
            if recall.size == len(labels.counts) and np.isfinite(recall[rarest]):
                least = self.min_recall_against if against else self.min_recall
                return bool(recall[rarest] < least)
        return bool(quality(record) < 0.1)

    def _has_too_few(self, record: TrainingRecord, labels: LabelProfile) -> bool:
        """Whether so few rows of a class are there at all that nothing is known about it."""
        counts, data = np.asarray(labels.counts), record.data
        is_weighted = data.weighted or bool(_class_weights(record))
        is_rare = labels.share_of_rarest() * counts.size < self.min_share
        all_rows = data.complete and data.sampled >= data.rows
        return is_rare and all_rows and not is_weighted and int(counts.min()) < self.min_rows


def _class_weights(record: TrainingRecord) -> Mapping[int, float] | None:
    """What fit was given, None if nothing was or it is not known."""
    return None if record.fit_description is None else record.fit_description.class_weight
