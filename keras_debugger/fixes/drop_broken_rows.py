"""Leave rows with NaN or infinity out of training."""

from dataclasses import dataclass, replace
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.types.edit import DropBrokenRows as DropBrokenRowsEdit
from keras_debugger.types.edit import Edit, FillInput
from keras_debugger.types.plan import AppliedFix
from keras_debugger.types.record import DataProfile
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class DropBrokenRows(Fix):
    """Leave rows whose inputs or labels hold NaN or infinity out of training.

    When: the data hold such values.
    Refused when: they hold none; the plan fills them; more than half of the rows are broken:
        then columns are, and no choice of rows mends them.
    Risk: rows that miss a value may differ from the others, so the rest may be biased; the model
        still answers NaN for such rows.
    Source: Little and Rubin 2019, Statistical Analysis with Missing Data, chapter 3.
    """

    name: ClassVar[str] = "drop-broken-rows"
    kind: ClassVar[FixKind] = FixKind.CLEAN_DATA
    reason: ClassVar[str] = "One NaN in a batch turns all weights into NaN."
    risk: ClassVar[str] = "The rows that are left may be biased."

    largest_share: float = 0.5  # of the rows

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        data = setup.data
        broken = broken_rows(data)
        if setup.edits_of(FillInput):
            raise self.refuse(
                given="a plan that fills broken values in the model",
                expected="a plan that leaves them",
                do="try the two in different plans",
            )
        if setup.edits_of(DropBrokenRowsEdit) or broken == 0:
            raise self.refuse(
                given="data without broken rows",
                expected="rows with NaN or infinity",
                do="look for another reason of a NaN loss",
            )
        if broken > self.largest_share * data.rows:
            raise self.refuse(
                given=f"data of which {broken} of {data.rows} rows are broken",
                expected=f"at most {self.largest_share:.0%} broken rows",
                do="repair the columns: a division by a deviation of 0 is the usual reason",
            )
        return (DropBrokenRowsEdit(),)

    def apply(self, setup: TrainingSetup) -> tuple[TrainingSetup, AppliedFix]:
        """The changed set-up, and what was done: its reason tells how many rows are left out."""
        changed, applied = super().apply(setup)
        data = setup.data
        told = f"{broken_rows(data)} of {data.rows} rows hold NaN or infinity and are left out."
        return changed, replace(applied, reason=f"{told} {self.reason}")


def broken_rows(data: DataProfile) -> int:
    """Number of rows with NaN or infinity in the input or label that has most of them."""
    inputs = max((one.nonfinite_rows for one in data.inputs), default=0)
    return max(inputs, max((one.nonfinite for one in data.labels), default=0))
