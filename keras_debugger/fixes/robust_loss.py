"""Use a loss on which a few extreme targets weigh less."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.types.edit import Edit, SetLoss
from keras_debugger.types.record import LabelProfile, OutputDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LabelForm, LossKind

SQUARED = (LossKind.MEAN_SQUARED_ERROR, LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR)


@dataclass(frozen=True, kw_only=True)
class RobustLoss(Fix):
    """Replace squared error by the Huber loss, or by absolute error where one is no natural unit.

    Huber's loss turns from squared to absolute at a distance of 1 in the unit of the targets, so
    it is used when their mean deviation is of that order, and absolute error otherwise.

    When: a few extreme targets dominate a squared error.
    Refused when: no output learns numbers under a squared error; the model is trained by a
        train_step of its own.
    Risk: the answer moves from the mean to the median of what is possible.
    Source: Huber 1964, Annals of Mathematical Statistics 35.
    """

    name: ClassVar[str] = "robust-loss"
    kind: ClassVar[FixKind] = FixKind.ROBUST_LOSS
    reason: ClassVar[str] = "An error counts once, not squared, beyond the usual size."
    risk: ClassVar[str] = "The answer moves from the mean towards the median."

    least_unit: float = 0.3  # mean absolute deviation of the targets from which 1 is a unit
    largest_unit: float = 3.0

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        model = edited_model(setup)
        pairs = enumerate(zip(model.outputs, setup.data.labels, strict=False))
        edits = tuple(
            SetLoss(output=position, loss=self._loss(labels))
            for position, (output, labels) in pairs
            if _squares_numbers(output, labels)
        )
        if model.own_train_step or not edits:
            raise self.refuse(
                given="a model without a squared error on numbers"
                if not edits
                else "a model with a train_step of its own",
                expected="a regression under mean squared error",
                do="look at the rows with extreme values",
            )
        return edits

    def _loss(self, labels: LabelProfile) -> LossKind:
        in_unit = self.least_unit <= labels.mean_abs_deviation <= self.largest_unit
        return LossKind.HUBER if in_unit else LossKind.MEAN_ABSOLUTE_ERROR


def _squares_numbers(output: OutputDescription, labels: LabelProfile) -> bool:
    return output.loss in SQUARED and labels.form is LabelForm.CONTINUOUS
