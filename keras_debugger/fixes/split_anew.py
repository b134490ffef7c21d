"""Shuffle the rows before the validation part is cut off."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.types.edit import Edit
from keras_debugger.types.edit import SplitAnew as SplitAnewEdit
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class SplitAnew(Fix):
    """Choose the validation rows at random within each class, not by their place at the end.

    `validation_split` cuts off the last rows before anything is shuffled. Of sorted data these are
    the last classes, which training then never sees. As many rows as before are set apart.

    When: training and validation hold different classes or ranges.
    Refused when: validation rows are data of their own (they may be another population on
        purpose); the rows are in order of time (`shuffle=False`) or come in groups.
    Risk: rows that resemble each other, such as neighbours in time, may stand on both sides.
    Source: Keras documentation of `fit`: validation_split takes the last samples, before shuffling.
    """

    name: ClassVar[str] = "split-anew"
    kind: ClassVar[FixKind] = FixKind.STRATIFY_SPLIT
    reason: ClassVar[str] = "Training then sees every class and range that it is validated on."
    risk: ClassVar[str] = "Rows that resemble each other may stand on both sides of the split."

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if not setup.can_split_anew or setup.edits_of(SplitAnewEdit):
            raise self.refuse(
                given="validation rows that were not cut off the end of the training data",
                expected="a validation_split of rows without order of time and without groups",
                do="shuffle or stratify before you split",
            )
        return (SplitAnewEdit(),)
