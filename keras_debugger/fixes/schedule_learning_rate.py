"""Let the learning rate follow a schedule."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.learning_rate import compiled_optimizer, is_scheduled
from keras_debugger.types.edit import Edit, Schedule, SetSchedule
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class DecayLearningRate(Fix):
    """Let the learning rate fall along half a cosine over the whole training.

    When: loss oscillates late: the rate is right to begin with and too high to end with.
    Refused when: a schedule or a callback already changes the rate; the model is not compiled.
    Risk: the rate is near zero at the end, so a longer training needs a new schedule.
    Source: Loshchilov and Hutter 2017, arXiv:1608.03983 (one cycle without restarts).
    """

    name: ClassVar[str] = "decay-learning-rate"
    kind: ClassVar[FixKind] = FixKind.LOWER_LEARNING_RATE
    reason: ClassVar[str] = "Large steps first and small steps last settle in the minimum."
    risk: ClassVar[str] = "A longer training needs a new schedule."

    schedule: Schedule = Schedule.COSINE

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        compiled_optimizer(self, setup)
        if is_scheduled(setup):
            raise self.refuse(
                given="a run whose learning rate already follows a schedule or a callback",
                expected="a constant learning rate",
                do="change the schedule that you have",
            )
        return (SetSchedule(schedule=self.schedule),)


@dataclass(frozen=True, kw_only=True)
class ConstantLearningRate(Fix):
    """Keep the learning rate that training begins with, in place of a schedule or a callback.

    When: a schedule that counts steps where epochs were meant, or a callback without patience,
        takes the rate to nothing long before training ends.
    Refused when: nothing changes the rate, or it begins below `least`; the plan sets another
        schedule; the model is not compiled.
    Risk: a rate that was meant to fall is too high for the end of training.
    Source: Keras documentation of LearningRateSchedule: a schedule is asked at each step.
    """

    name: ClassVar[str] = "constant-learning-rate"
    kind: ClassVar[FixKind] = FixKind.RAISE_LEARNING_RATE
    reason: ClassVar[str] = "The rate does not fall to nothing before training ends."
    risk: ClassVar[str] = "The rate may be too high for the end of training."

    least: float = 1e-5  # no optimizer of Keras learns much below

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        rate = compiled_optimizer(self, setup).learning_rate
        given = ""
        if not is_scheduled(setup):
            given = "a constant learning rate"
        elif setup.edits_of(SetSchedule):
            given = "a plan that changes the schedule already"
        elif not rate >= self.least:
            given = f"a learning rate that begins at {rate:g}"
        if given:
            raise self.refuse(
                given=given,
                expected=f"a schedule or a callback that changes a rate of {self.least:g} or more",
                do="raise the learning rate itself",
            )
        return (SetSchedule(schedule=Schedule.CONSTANT),)


@dataclass(frozen=True, kw_only=True)
class ReduceRateOnPlateau(DecayLearningRate):
    """Halve the learning rate whenever the selection loss has stood still for five epochs.

    When: loss settles, then jitters above what the data allow.
    Refused when: as for the cosine.
    Risk: a noisy selection loss lowers the rate too early.
    Source: Bengio 2012, arXiv:1206.5533, section 3.1.1.
    """

    name: ClassVar[str] = "reduce-rate-on-plateau"
    risk: ClassVar[str] = "A noisy selection loss lowers the rate too early."

    schedule: Schedule = Schedule.ON_PLATEAU


@dataclass(frozen=True, kw_only=True)
class WarmUpLearningRate(DecayLearningRate):
    """Begin with a learning rate near zero and raise it in a straight line to the one given.

    When: the first steps are too large, later ones would not be.
    Refused when: as for the cosine.
    Risk: the first epochs learn little.
    Source: Goyal et al. 2017, arXiv:1706.02677.
    """

    name: ClassVar[str] = "warm-up-learning-rate"
    reason: ClassVar[str] = "Small first steps let the weights and the optimizer settle."
    risk: ClassVar[str] = "The first epochs learn little."

    schedule: Schedule = Schedule.WARM_UP
