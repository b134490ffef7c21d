"""DAT117: labels change from batch to batch more than they would by chance."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.data.fed_in_order import cost_of_order
from keras_debugger.checks.tasks import is_regression
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class LabelsDriftBetweenBatches(Check):
    """Labels differ from batch to batch far more than in batches drawn at random.

    Sees: labels of the first rows of the run, in the order in which the step received them, also
        from a dataset or a generator, of which fit does not say whether it shuffles.
    Formula: drift = variance of the batches' label means x rows in a batch / variance of the
        labels (classes: chi-square of classes and batches / degrees of freedom). Fires above
        `max_drift`; 1 is shuffled, the batch size is sorted. A note if it costs nothing, as DAT115.
    Source: the F test; 6 has a chance of less than one in a thousand from four batches on. Bottou
        2012, Stochastic Gradient Descent Tricks (the reason).
    Known problems: only the first rows are seen, so a slow drift over the whole epoch is missed.
        Series are fed in order on purpose, so numbers give a note only.
    Fixes: shuffle, with a buffer as large as the data.
    """

    code: ClassVar[str] = "DAT117"
    name: ClassVar[str] = "labels-drift-between-batches"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    max_drift: float = 6.0  # 1 shuffled, batch size sorted

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        drift = record.data.label_drift
        if not np.isfinite(drift):
            raise TooShortError("record four batches of labels that vary, without probe_data")
        if drift <= self.max_drift:
            return ()
        certain = is_regression(record) is not True
        severity, symptom = cost_of_order(record) if certain else (Severity.NOTE, None)
        return (
            self.finding(
                severity=severity,
                symptom=symptom,
                summary=f"Labels vary {drift:.3g} times as much from batch to batch as in batches "
                "drawn at random.",
                value=drift,
                limit=self.max_drift,
                confidence=0.9 if certain else 0.4,
                causes=(CauseKind.NOT_SHUFFLED,),
            ),
        )
