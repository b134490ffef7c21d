"""Train with smaller or larger batches."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.batch_norm import batch_rows
from keras_debugger.types.edit import Edit, SetBatchSize
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class SmallerBatches(Fix):
    """Train with a quarter of the rows in a batch, at least eight: four times as many steps.

    When: an epoch has so few steps that the weights have hardly moved by the end.
    Refused when: batches are small already, or the plan has changed them.
    Risk: noisier steps; an epoch takes longer.
    Source: Masters and Luschi 2018, arXiv:1804.07612.
    """

    name: ClassVar[str] = "smaller-batches"
    kind: ClassVar[FixKind] = FixKind.TRAIN_LONGER
    reason: ClassVar[str] = "More steps in each epoch move the weights further."
    risk: ClassVar[str] = "Steps are noisier, and an epoch takes longer."

    factor: float = 0.25  # no unit
    least_rows: int = 8

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        rows = batch_rows(setup)
        wanted = max(self.least_rows, round(self.factor * rows))
        if setup.edits_of(SetBatchSize) or wanted >= rows:
            raise self.refuse(
                given=f"batches of {rows} rows",
                expected=f"batches of more than {self.least_rows} rows that the plan keeps so far",
                do="train for more epochs instead",
            )
        return (SetBatchSize(rows=wanted),)


@dataclass(frozen=True, kw_only=True)
class LargerBatches(Fix):
    """Train with four times as many rows in a batch.

    When: the loss jumps from step to step because batches are tiny, or batch normalisation sees
        fewer than eight rows.
    Refused when: an epoch would have fewer than ten steps, or the plan has changed the batches.
    Risk: fewer steps in each epoch.
    Source: McCandlish et al. 2018, arXiv:1812.06162 (noise of the gradient falls with the batch).
    """

    name: ClassVar[str] = "larger-batches"
    kind: ClassVar[FixKind] = FixKind.LOWER_LEARNING_RATE
    reason: ClassVar[str] = "Means over more rows make steadier steps."
    risk: ClassVar[str] = "Each epoch has fewer steps."

    factor: int = 4  # no unit
    least_steps: int = 10  # in an epoch

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        wanted = self.factor * batch_rows(setup)
        if setup.edits_of(SetBatchSize) or wanted * self.least_steps > setup.data.rows:
            raise self.refuse(
                given=f"batches of {batch_rows(setup)} of {setup.data.rows} rows",
                expected=f"at least {self.least_steps} steps in an epoch of batches {self.factor} "
                "times as large",
                do="lower the learning rate instead",
            )
        return (SetBatchSize(rows=wanted),)
