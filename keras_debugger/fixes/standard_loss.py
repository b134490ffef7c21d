"""Use the standard loss of the task in place of one's own."""

from dataclasses import dataclass, replace
from typing import ClassVar

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.fixes.fit_output import output_edits
from keras_debugger.fixes.fitting_output import UnclearError, fitting_output
from keras_debugger.types.edit import Edit, SetOutput
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LossKind


@dataclass(frozen=True, kw_only=True)
class StandardLoss(Fix):
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

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        model = edited_model(setup)
        if model.own_train_step:
            raise self._refused("a model with a train_step or compute_loss of its own")
        reasons: list[str] = []
        edits: list[Edit] = []
        pairs = zip(model.outputs, setup.data.labels, strict=False)
        for position, (output, labels) in enumerate(pairs):
            if output.loss is not LossKind.OTHER:
                reasons.append(f"the loss {output.loss_name}")
                continue
            asked = replace(output, loss=LossKind.MEAN_SQUARED_ERROR)
            try:
                form = fitting_output(asked, labels, metrics=model.metrics)
            except UnclearError as error:
                reasons.append(str(error))
                continue
            edits += output_edits(position, output, form)
        if not edits:
            raise self._refused("; ".join(reasons) or "a model without known outputs")
        if setup.graph is None and any(isinstance(edit, SetOutput) for edit in edits):
            raise self._refused(setup.refusal or "a model that cannot be rebuilt")
        return tuple(edits)

    def _refused(self, given: str) -> NotApplicableError:
        return self.refuse(
            given=given,
            expected="an output with a loss function of your own and labels of a known form",
            do="add a small constant inside the square root, logarithm or division of your loss",
        )
