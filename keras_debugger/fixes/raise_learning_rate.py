"""Raise the learning rate, and lower it again on a plateau."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.learning_rate import is_scheduled, scale_rate
from keras_debugger.types.edit import Edit, Schedule, SetSchedule
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class RaiseLearningRate(Fix):
    """Multiply the learning rate by ten, and halve it when the selection loss stands still.

    When: loss still falls at a steady rate when training ends and the steps are tiny compared
        with the weights.
    Refused when: the rate is not known; the plan has already lowered it. A schedule that exists,
        and one of a LearningRateScheduler callback, is multiplied and kept.
    Risk: training may diverge.
    Source: Smith 2017, arXiv:1506.01186; halving with patience 5 as Keras's ReduceLROnPlateau
        documents it.
    """

    name: ClassVar[str] = "raise-learning-rate"
    kind: ClassVar[FixKind] = FixKind.RAISE_LEARNING_RATE
    reason: ClassVar[str] = "Larger steps reach the minimum within the epochs at hand."
    risk: ClassVar[str] = "Training may diverge."

    factor: float = 10.0  # no unit

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        scaled = scale_rate(self, setup, self.factor)
        if is_scheduled(setup):
            return (scaled,)
        return (scaled, SetSchedule(schedule=Schedule.ON_PLATEAU))


@dataclass(frozen=True, kw_only=True)
class RaiseLearningRateGently(RaiseLearningRate):
    """Multiply the learning rate by five, and halve it when the selection loss stands still.

    When: loss falls steadily, but not hopelessly slowly.
    Refused when: as for ten times.
    Risk: training may diverge; less so than with ten times.
    Source: Smith 2017, arXiv:1506.01186.
    """

    name: ClassVar[str] = "raise-learning-rate-gently"

    factor: float = 5.0


@dataclass(frozen=True, kw_only=True)
class RaiseLearningRateStrongly(RaiseLearningRate):
    """Multiply the learning rate by a hundred, and halve it on a plateau of the selection loss.

    When: the weights have hardly moved by the end of training.
    Refused when: as for ten times.
    Risk: training may diverge.
    Source: Smith 2017, arXiv:1506.01186: the usable range of rates can be decades above.
    """

    name: ClassVar[str] = "raise-learning-rate-strongly"

    factor: float = 100.0
