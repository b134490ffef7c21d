"""Shuffle the rows in each epoch."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.types.edit import Edit, Shuffle
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class ShuffleRows(Fix):
    """Shuffle the rows in each epoch.

    When: rows are sorted by label, or neighbours resemble each other, and fit does not shuffle.
    Refused when: Keras shuffles already.
    Risk: with stateful recurrent layers the order of batches carries meaning that is lost.
    Source: Bengio 2012, arXiv:1206.5533, section 3.1.1 (order of presentation).
    """

    name: ClassVar[str] = "shuffle"
    kind: ClassVar[FixKind] = FixKind.SHUFFLE
    reason: ClassVar[str] = "Each batch resembles the whole, so steps do not pull one class a time."
    risk: ClassVar[str] = "An order that carries meaning, as in stateful layers, is lost."

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if setup.fit.shuffle or setup.edits_of(Shuffle):
            raise self.refuse(
                given="a run that shuffles already",
                expected="a run with shuffle=False or a dataset without shuffle()",
                do="look at how training and validation data were split",
            )
        return (Shuffle(),)
