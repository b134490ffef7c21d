"""Use an adaptive optimizer."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.learning_rate import compiled_optimizer
from keras_debugger.types.edit import Edit, ScaleLearningRate, SetOptimizer, SetSchedule
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind

ADAPTIVE = ("adam", "adamw", "nadam", "adamax", "lamb")


@dataclass(frozen=True, kw_only=True)
class ChangeOptimizer(Fix):
    """Use Adam with its default learning rate.

    When: plain SGD, Adagrad or the like neither settles nor moves at any rate tried.
    Refused when: the optimizer is of Adam's kind and its rate within tenfold of the default; the
        plan has already scaled or scheduled the rate, since the new optimizer would undo it; a
        LearningRateScheduler callback sets the rate; the model is not compiled.
    Risk: on some tasks well-tuned SGD generalises better (Wilson et al. 2017, arXiv:1705.08292).
    Source: Kingma and Ba 2015, arXiv:1412.6980, for the optimizer and its rate.
    """

    name: ClassVar[str] = "change-optimizer"
    kind: ClassVar[FixKind] = FixKind.CHANGE_OPTIMIZER
    reason: ClassVar[str] = "Adam sizes the step of each weight by its own gradients."
    risk: ClassVar[str] = "Well-tuned SGD generalises better on some tasks."

    optimizer: str = "adam"
    learning_rate: float = 1e-3
    near: float = 10.0  # ratio of rates that counts as the same

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        present = compiled_optimizer(self, setup)
        if setup.edits_of(ScaleLearningRate) or setup.edits_of(SetSchedule):
            raise self.refuse(
                given="a plan that has already scaled or scheduled the learning rate",
                expected="a plan that changes the optimizer first",
                do="change the optimizer before its rate",
            )
        if "LearningRateScheduler" in setup.fit.callbacks:
            raise self.refuse(
                given="a run whose LearningRateScheduler callback sets the rate",
                expected="a rate that the optimizer holds",
                do="leave the callback out",
            )
        ratio = present.learning_rate / self.learning_rate
        if present.name.lower() in ADAPTIVE and 1 / self.near < ratio < self.near:
            raise self.refuse(
                given=f"{present.name} at a rate of {present.learning_rate:g}",
                expected="another kind of optimizer or a rate far from the default",
                do="change the rate instead",
            )
        return (SetOptimizer(name=self.optimizer, learning_rate=self.learning_rate),)
