"""Train for more epochs."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.types.edit import Edit, SetEpochs, StopEarly
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class TrainLonger(Fix):
    """Train for three times as many epochs, and for ten at least.

    When: loss still falls at a steady rate when training ends, at a sound learning rate.
    Refused when: a plan stops early or trains longer already; the run stopped early by a
        callback of the user.
    Risk: costs three times as much, in a run of one or two epochs up to ten times; the model may
        overfit.
    Source: Bengio 2012, arXiv:1206.5533, section 3.1.1. The factor is ours: one more decade of
        half the range of epochs is past what is worth a try unasked. A run of one epoch, which is
        what `fit` does unasked, is no measure of what a model needs.
    """

    name: ClassVar[str] = "train-longer"
    kind: ClassVar[FixKind] = FixKind.TRAIN_LONGER
    reason: ClassVar[str] = "The loss had not settled when training ended."
    risk: ClassVar[str] = "It costs three times as much or more, and the model may overfit."

    factor: int = 3  # no unit
    fewest: int = 10  # epochs

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        given = ""
        if setup.edits_of(SetEpochs):
            given = "a plan that trains longer already"
        elif setup.edits_of(StopEarly):
            given = "a plan that stops early"
        elif "EarlyStopping" in setup.fit.callbacks:
            given = "a run that an EarlyStopping callback ends"
        if given:
            raise self.refuse(
                given=given,
                expected="a run that ends because its epochs are over",
                do="raise the patience or the learning rate instead",
            )
        return (SetEpochs(epochs=max(self.factor * setup.epochs, self.fewest)),)
