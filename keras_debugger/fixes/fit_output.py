"""Make the last activation and the loss fit the labels."""

from dataclasses import dataclass, replace
from typing import ClassVar

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.fixes.fitting_output import OutputForm, UnclearError, fitting_output
from keras_debugger.fixes.output_fix import OutputFix
from keras_debugger.types.edit import Edit, SetLoss, SetOutput
from keras_debugger.types.plan import AppliedFix
from keras_debugger.types.record import LabelProfile, ModelDescription, OutputDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LossKind


@dataclass(frozen=True, kw_only=True)
class FitOutput(OutputFix):
    """Give each output the activation and the loss that its labels need.

    Two classes in one column: one sigmoid unit and binary crossentropy. Several classes: softmax
    and (sparse) categorical crossentropy. Several labels a row: sigmoid and binary crossentropy.
    Numbers: an activation that reaches them all, linear if in doubt, softplus under a loss that
    takes logarithms, and squared error where the loss was one for classes. Where the loss alone is
    wrong, such as logits under a crossentropy of probabilities, only the loss is changed. An
    activation in front of the last one, such as ReLU before softmax, goes, and so does a label
    smoothing that leaves next to nothing of the labels.

    When: labels, last activation and loss do not fit each other, which Keras accepts in silence.
    Refused when: they fit; the labels or the last activation do not say what would fit; the loss
        is a function of the user's own; the model has a train_step of its own; the last layer
        must change and the model cannot be rebuilt.
    Risk: answers change their meaning: code that reads probabilities gets logits if the loss was
        changed to take them.
    Source: Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.6.
    """

    name: ClassVar[str] = "fit-output"
    kind: ClassVar[FixKind] = FixKind.CHANGE_OUTPUT_ACTIVATION
    reason: ClassVar[str] = "The last layer can then give the answers that the labels ask for."
    risk: ClassVar[str] = "Code that reads the answers may have to read them another way."

    def apply(self, setup: TrainingSetup) -> tuple[TrainingSetup, AppliedFix]:
        """The changed set-up, and what was done: its kind says which side was changed."""
        changed, applied = super().apply(setup)
        return changed, replace(applied, kind=_kind(setup, applied.edits))

    def _form(
        self, model: ModelDescription, output: OutputDescription, labels: LabelProfile
    ) -> OutputForm:
        if output.loss is LossKind.OTHER:
            raise UnclearError(f"the loss {output.loss_name}, which we do not know")
        return fitting_output(output, labels, metrics=model.metrics)

    def _refused(self, given: str) -> NotApplicableError:
        return self.refuse(
            given=given,
            expected="an output whose labels say which activation and loss they need, and that "
            "has others",
            do="compare the last activation, the loss and the labels by hand",
        )


def _kind(setup: TrainingSetup, edits: tuple[Edit, ...]) -> FixKind:
    outputs = edited_model(setup).outputs
    if any(isinstance(edit, SetOutput) for edit in edits):
        return FixKind.CHANGE_OUTPUT_ACTIVATION
    losses = [(edit, outputs[edit.output]) for edit in edits if isinstance(edit, SetLoss)]
    if all(
        edit.loss is output.loss and edit.from_logits != bool(output.from_logits)
        for edit, output in losses
    ):
        return FixKind.SET_FROM_LOGITS
    return FixKind.CHANGE_LOSS
