"""Make the last activation and the loss fit the labels."""

from dataclasses import dataclass, replace
from typing import ClassVar

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.fixes.fitting_output import OutputForm, UnclearError, fitting_output
from keras_debugger.types.edit import Edit, SetLoss, SetOutput
from keras_debugger.types.plan import AppliedFix
from keras_debugger.types.record import OutputDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LossKind


@dataclass(frozen=True, kw_only=True)
class FitOutput(Fix):
    """Give each output the activation and the loss that its labels need.

    Two classes in one column: one sigmoid unit and binary crossentropy. Several classes: softmax
    and (sparse) categorical crossentropy. Several labels a row: sigmoid and binary crossentropy.
    Numbers: an activation that reaches them all, linear if in doubt, and squared error where the
    loss was one for classes. Where the loss alone is wrong, such as logits under a crossentropy
    of probabilities, only the loss is changed.

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

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        model = edited_model(setup)
        if model.own_train_step:
            raise self._refused("a model with a train_step or compute_loss of its own")
        reasons: list[str] = []
        edits: list[Edit] = []
        pairs = zip(model.outputs, setup.data.labels, strict=False)
        for position, (output, labels) in enumerate(pairs):
            try:
                form = self._form(output, setup, position)
            except UnclearError as error:
                reasons.append(str(error))
                continue
            found = output_edits(position, output, form)
            edits += found
            if not found:
                reasons.append(
                    f"{output.activation.value} and {output.loss_name} on labels that are "
                    f"{labels.form.value}, which fit"
                )
        if not edits:
            raise self._refused("; ".join(reasons) or "a model without known outputs")
        if setup.graph is None and any(isinstance(edit, SetOutput) for edit in edits):
            raise self._refused(setup.refusal or "a model that cannot be rebuilt")
        return tuple(edits)

    def apply(self, setup: TrainingSetup) -> tuple[TrainingSetup, AppliedFix]:
        """The changed set-up, and what was done: its kind says which side was changed."""
        changed, applied = super().apply(setup)
        return changed, replace(applied, kind=_kind(setup, applied.edits))

    def _form(self, output: OutputDescription, setup: TrainingSetup, position: int) -> OutputForm:
        if output.loss is LossKind.OTHER:
            raise UnclearError(f"the loss {output.loss_name}, which we do not know")
        labels = setup.data.labels[position]
        return fitting_output(output, labels, metrics=setup.model.metrics)

    def _refused(self, given: str) -> NotApplicableError:
        return self.refuse(
            given=given,
            expected="an output whose labels say which activation and loss they need, and that "
            "has others",
            do="compare the last activation, the loss and the labels by hand",
        )


def output_edits(position: int, output: OutputDescription, form: OutputForm) -> list[Edit]:
    """The edits that give an output another form; none if it has that form."""
    edits: list[Edit] = []
    units = form.units if form.units not in (None, output.units) else None
    if form.activation is not output.activation or units is not None:
        edits.append(SetOutput(output=position, activation=form.activation, units=units))
    if form.loss is not output.loss or form.from_logits != bool(output.from_logits):
        edits.append(SetLoss(output=position, loss=form.loss, from_logits=form.from_logits))
    return edits


def _kind(setup: TrainingSetup, edits: tuple[Edit, ...]) -> FixKind:
    outputs = edited_model(setup).outputs
    if any(isinstance(edit, SetOutput) for edit in edits):
        return FixKind.CHANGE_OUTPUT_ACTIVATION
    losses = [edit for edit in edits if isinstance(edit, SetLoss)]
    if all(edit.loss is outputs[edit.output].loss for edit in losses):
        return FixKind.SET_FROM_LOGITS
    return FixKind.CHANGE_LOSS
