"""LOS114: the recall of a rare class is near zero."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class IgnoredClass(Check):
    """A rare class is hardly ever answered right, while the others are.

    Sees: the recall of each class on one fixed batch of rows with known labels, at the last probe.
    Formula: a class is rare when its share of the labels is below `max_share` / classes. Fires when
        a rare class with at least `min_rows` rows in the batch has a recall of at most
        `max_recall` and the other classes together at least `min_other_recall`.
    Source: the definition of the symptom. With 10 rows and a true recall of .7, three or fewer
        right answers come with a chance of 1 %; with 5 rows, one or none with a chance of 3 %.
    Known problems: a class without rows in the batch cannot be judged.
    Fixes: balance-classes, train-longer.
    """

    code: ClassVar[str] = "LOS114"
    name: ClassVar[str] = "ignored-class"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PREDICTIONS})
    symptom: ClassVar[Symptom | None] = Symptom.MINORITY_CLASS_IGNORED

    min_rows: int = 5
    max_share: float = 0.5  # of an equal share
    max_recall: float = 0.3
    min_other_recall: float = 0.7

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        answers = record.predictions
        if answers.recall is None or answers.label_shares is None or not len(answers.step):
            return ()
        recall, shares = answers.recall[-1], answers.label_shares
        rows = np.round(shares * answers.rows)
        rare = (shares < self.max_share / max(len(shares), 1)) & (rows > 0)
        judged = rare & (rows >= self.min_rows)
        if rare.any() and not judged.any():
            raise TooShortError(
                f"record a probe batch with {self.min_rows} rows of each class (probe_data=...)"
            )
        others = ~rare & (rows > 0)
        if not judged.any() or not others.any():
            return ()
        level = float(np.average(recall[others], weights=rows[others]))
        worst = int(np.where(judged, recall, np.inf).argmin())
        if recall[worst] > self.max_recall or level < self.min_other_recall:
            return ()
        return (
            self.finding(
                severity=Severity.WARNING,
                summary=(
                    f"Class {worst} has {shares[worst]:.1%} of the labels and a recall of "
                    f"{recall[worst]:.0%}; the common classes have {level:.0%}."
                ),
                place=f"class {worst}",
                step=int(answers.step[-1]),
                value=float(recall[worst]),
                limit=self.max_recall,
                confidence=0.9 if rows[worst] >= 2 * self.min_rows else 0.75,
            ),
        )
