"""DAT115: ordered rows are fed without shuffling."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.fed_in_order import cost_of_order
from keras_debugger.checks.tasks import is_regression
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class OrderedRowsNotShuffled(Check):
    """Rows ordered by label are fed in that order: each batch holds only few classes.

    Sees: how alike neighbouring rows' labels are in the order given, and whether fit shuffles.
    Formula: order = share of neighbours with equal class beyond chance (numbers: lag-1
        correlation). Fires above `max_order` if fit does not shuffle; a note if that is not known,
        or if it costs nothing: the run ends well, and the loss of neighbouring steps does not rise
        and fall together by more than 5 % of the loss of a constant guess.
    Source: Bottou 2012, Stochastic Gradient Descent Tricks (the reason). `max_order` is ours.
    Known problems: series are fed in order on purpose, so numbers give a note only.
    Fixes: shuffle.
    """

    code: ClassVar[str] = "DAT115"
    name: ClassVar[str] = "ordered-rows-not-shuffled"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.FIT})

    max_order: float = 0.5  # 0 shuffled, 1 sorted

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        if record.fit.shuffle or not record.data.labels:
            return ()
        order = record.data.labels[0].order
        if order <= self.max_order:
            return ()
        certain = record.fit.shuffle is False and is_regression(record) is not True
        severity, symptom = cost_of_order(record) if certain else (Severity.NOTE, None)
        return (
            self.finding(
                severity=severity,
                symptom=symptom,
                summary=f"Neighbouring rows have like labels (order {order:.2f} of 1), and rows "
                "are fed in that order.",
                value=order,
                limit=self.max_order,
                confidence=0.9 if certain else 0.4,
                causes=(CauseKind.NOT_SHUFFLED,),
            ),
        )
