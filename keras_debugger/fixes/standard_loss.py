"""Use the standard loss of the task in place of one's own."""

from dataclasses import dataclass, replace
from typing import ClassVar

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes.fitting_output import OutputForm, UnclearError, fitting_output
from keras_debugger.fixes.output_fix import OutputFix
from keras_debugger.types.record import LabelProfile, ModelDescription, OutputDescription
from keras_debugger.types.vocabulary import FixKind, LossKind


@dataclass(frozen=True, kw_only=True)
class StandardLoss(OutputFix):
    """Replace a loss of the user's own by squared error on numbers, crossentropy on classes.

    When: a loss of one's own becomes NaN or has an infinite gradient, such as a square root at
        zero or a logarithm of zero.
    Refused when: no output has a loss that we do not know; the labels do not say what would fit;
        the model has a train_step of its own; the last layer must change and the model cannot be
        rebuilt.
    Risk: what the own loss asked for beside closeness is no longer asked for.
    Source: Bishop 2006, Pattern Recognition and Machine Learning, sections 1.2.5 and 4.3.6.
    """

    name: ClassVar[str] = "standard-loss"
    kind: ClassVar[FixKind] = FixKind.CHANGE_LOSS
    reason: ClassVar[str] = "The standard loss has a finite gradient everywhere."
    risk: ClassVar[str] = "What the own loss asked for beside closeness is lost."

    def _form(
        self, model: ModelDescription, output: OutputDescription, labels: LabelProfile
    ) -> OutputForm:
        if output.loss is not LossKind.OTHER:
            raise UnclearError(f"the loss {output.loss_name}")
        asked = replace(output, loss=LossKind.MEAN_SQUARED_ERROR)
        return fitting_output(asked, labels, metrics=model.metrics)

    def _refused(self, given: str) -> NotApplicableError:
        return self.refuse(
            given=given,
            expected="an output with a loss function of your own and labels of a known form",
            do="add a small constant inside the square root, logarithm or division of your loss",
        )
