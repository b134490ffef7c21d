"""What the fixes of outputs share: each output gets the form that its labels need."""

from abc import abstractmethod
from dataclasses import dataclass

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.fixes.fitting_output import OutputForm, UnclearError
from keras_debugger.types.edit import Edit, SetLoss, SetOutput
from keras_debugger.types.record import (
    MOST_SMOOTHING,
    LabelProfile,
    ModelDescription,
    OutputDescription,
)
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import CROSSENTROPIES


@dataclass(frozen=True, kw_only=True)
class OutputFix(Fix):
    """Base of the fixes that change last activations and losses; a subclass says the form."""

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
                form = self._form(model, output, labels)
            except UnclearError as error:
                reasons.append(str(error))
                continue
            found = _output_edits(position, output, form)
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

    @abstractmethod
    def _form(
        self, model: ModelDescription, output: OutputDescription, labels: LabelProfile
    ) -> OutputForm:
        """The form that an output needs; raises UnclearError where it is left as it is."""

    @abstractmethod
    def _refused(self, given: str) -> NotApplicableError:
        """The error to raise when no output can be changed."""


def _output_edits(position: int, output: OutputDescription, form: OutputForm) -> list[Edit]:
    """The edits that give an output another form; none if it has that form."""
    edits: list[Edit] = []
    units = form.units if form.units not in (None, output.units) else None
    squeezed = bool(output.inner) and form.loss in CROSSENTROPIES
    if form.activation is not output.activation or units is not None or squeezed:
        edits.append(SetOutput(output=position, activation=form.activation, units=units))
    is_smoothed_away = output.label_smoothing >= MOST_SMOOTHING
    if (
        form.loss is not output.loss
        or form.from_logits != bool(output.from_logits)
        or is_smoothed_away
    ):
        edits.append(SetLoss(output=position, loss=form.loss, from_logits=form.from_logits))
    return edits
