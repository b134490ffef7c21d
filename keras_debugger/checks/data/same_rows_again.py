"""DAT120: the source of the data gives the same few rows again and again."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class SameRowsAgain(Check):
    """Nearly all training rows repeat a few others, and the validation rows are not among them.

    Sees: how many training rows repeat an earlier one, how many validation rows are training rows,
        and how the run ended.
    Formula: fires when at least `min_repeated` of the rows repeat an earlier row and at most
        `max_shared` of the validation rows are among them. A note where the run ends well.
    Source: definition of a pass over the data; a `PyDataset` that forgets its index gives the first
        batch for ever.
    Known problems: rows that are repeated on purpose, such as a rare class, are fewer.
    Fixes: let the dataset use the index that it is given.
    """

    code: ClassVar[str] = "DAT120"
    name: ClassVar[str] = "same-rows-again"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.VALIDATION_DATA})

    min_repeated: float = 0.8  # of the training rows
    max_shared: float = 0.1  # of the validation rows

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        data, shift = record.data, record.shift
        share = data.duplicate_rows / max(data.sampled, 1)
        if shift is None or share < self.min_repeated:
            return ()
        if shift.duplicates > self.max_shared * record.validation_data.sampled:
            return ()
        return (
            self.finding(
                severity=severity_by_outcome(record, held_out=True),
                summary=f"Only {data.sampled - data.duplicate_rows} of {data.sampled} training "
                "rows differ; the others repeat them.",
                value=share,
                limit=self.min_repeated,
                confidence=0.9,
                causes=(CauseKind.UNREPRESENTATIVE_SPLIT,),
            ),
        )
