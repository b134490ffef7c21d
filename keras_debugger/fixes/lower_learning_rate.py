"""Lower the learning rate."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.learning_rate import scale_rate
from keras_debugger.types.edit import Edit
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class LowerLearningRate(Fix):
    """Divide the learning rate, or a whole schedule of it, by ten.

    The rates of a LearningRateScheduler callback are divided too.

    When: loss diverges, oscillates or becomes NaN, and the first steps change the weights by a
        large share of their size.
    Refused when: the rate is not known; the plan has already raised it.
    Risk: training needs more epochs.
    Source: Smith 2017, arXiv:1506.01186. The factor is the usual first step down a decade.
    """

    name: ClassVar[str] = "lower-learning-rate"
    kind: ClassVar[FixKind] = FixKind.LOWER_LEARNING_RATE
    reason: ClassVar[str] = "Smaller steps no longer jump over the minimum."
    risk: ClassVar[str] = "Training may need more epochs."

    factor: float = 0.1  # no unit

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        return (scale_rate(self, setup, self.factor),)


@dataclass(frozen=True, kw_only=True)
class LowerLearningRateStrongly(LowerLearningRate):
    """Divide the learning rate, or a whole schedule of it, by a hundred.

    When: a tenth of the rate still diverges.
    Refused when: as for a tenth.
    Risk: training becomes slow if a tenth was enough.
    Source: Smith 2017, arXiv:1506.01186: the usable range of rates can be decades below.
    """

    name: ClassVar[str] = "lower-learning-rate-strongly"
    risk: ClassVar[str] = "Training becomes slow if a tenth of the rate was low enough."

    factor: float = 0.01
