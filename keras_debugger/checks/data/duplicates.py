"""DAT112: validation rows that are also training rows."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class DuplicatesAcrossParts(Check):
    """Validation rows that are also training rows: the validation score is too good to be true.

    Sees: the number of validation rows with an equal training row, and of repeated training rows;
        in autofix, of held-out rows that also train or choose.
    Formula: share of the validation rows. A note at one row; a warning above `max_share`, unless
        the training rows repeat each other as often. Nothing if the profiled training rows are
        those before `validation_split` took the validation rows away. Held-out rows are always
        a note, as it is autofix that held them out.
    Source: definition of held-out data. `max_share` is ours.
    Known problems: data of few distinct values (games, logic tables) repeat by nature: then this is
        a note.
    Fixes: split again after removing duplicates, by groups if rows belong together.
    """

    code: ClassVar[str] = "DAT112"
    name: ClassVar[str] = "duplicates-across-parts"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.VALIDATION_DATA})

    max_share: float = 0.1  # of the validation rows

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return (*self._judge_validation(record), *self._judge_held_out(record))

    def _judge_validation(self, record: TrainingRecord) -> tuple[Finding, ...]:
        shift = record.shift
        if shift is None or not shift.duplicates or self._profile_holds_both(record):
            return ()
        share = shift.duplicates / max(record.validation_data.sampled, 1)
        natural = record.data.duplicate_rows / max(record.data.sampled, 1)
        leaks = share > self.max_share and natural < share / 2
        return (
            self.finding(
                severity=Severity.WARNING if leaks else Severity.NOTE,
                summary=f"{shift.duplicates} validation rows ({share:.1%}) are also training rows.",
                value=share,
                limit=self.max_share,
                confidence=0.9 if leaks else 0.5,
                causes=(CauseKind.UNREPRESENTATIVE_SPLIT,) if leaks else (),
            ),
        )

    def _judge_held_out(self, record: TrainingRecord) -> tuple[Finding, ...]:
        shift = record.shift
        if shift is None or not shift.held_out_duplicates:
            return ()
        share = shift.held_out_duplicates / shift.held_out_rows
        return (
            self.finding(
                severity=Severity.NOTE,
                summary=f"{shift.held_out_duplicates} held-out rows ({share:.1%}) have the same "
                "inputs as a row that trains or chooses: scores look better than on new data.",
                place="held-out rows",
                value=share,
                limit=0.0,
                confidence=0.9,
            ),
        )

    def _profile_holds_both(self, record: TrainingRecord) -> bool:
        """Whether the profiled rows are those before `validation_split` took some away."""
        steps = record.step_logs
        if steps is None or not steps.step.size:
            return False
        trained = int(steps.batch_size[steps.epoch == steps.epoch[0]].sum())
        return 0 < trained <= record.data.rows - record.validation_data.rows
