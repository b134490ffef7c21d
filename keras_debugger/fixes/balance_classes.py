"""Weight the classes."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.types.edit import BalanceClasses as BalanceClassesEdit
from keras_debugger.types.edit import Edit
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LabelForm

CLASSES = (LabelForm.BINARY, LabelForm.INTEGER_CLASSES, LabelForm.ONE_HOT)


@dataclass(frozen=True, kw_only=True)
class BalanceClasses(Fix):
    """Weight each class by n / (classes * count), so that all count the same in the loss.

    When: a rare class is hardly ever predicted.
    Refused when: the model has several outputs; sample weights are given, or class weights that do
        not work against the rarest class; labels are numbers, several a row, or one for each step
        (Keras refuses weights there).
    Risk: more false alarms for the rare class; answers are no longer calibrated probabilities.
    Source: King and Zeng 2001, Political Analysis 9; the formula is scikit-learn's `balanced`.
    """

    name: ClassVar[str] = "balance-classes"
    kind: ClassVar[FixKind] = FixKind.WEIGHT_CLASSES
    reason: ClassVar[str] = "Missing the rare class costs as much as missing the common one."
    risk: ClassVar[str] = "More false alarms for the rare class, and uncalibrated probabilities."

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        labels = setup.data.labels
        given = ""
        if len(labels) != 1 or len(setup.model.outputs) > 1:
            given = f"a model with {max(len(labels), len(setup.model.outputs))} outputs"
        elif labels[0].form not in CLASSES or len(labels[0].counts) < 2:
            given = f"labels that are {labels[0].form.value}"
        elif setup.data.weighted or (
            setup.fit.class_weight is not None
            and not labels[0].is_rarest_halved(setup.fit.class_weight)
        ):
            given = "data that are weighted already"
        elif setup.edits_of(BalanceClassesEdit):
            given = "a plan that weights the classes already"
        elif len(set(labels[0].counts)) == 1:
            given = "classes of equal size"
        if given:
            raise self.refuse(
                given=given,
                expected="one output, unweighted rows of classes of unequal size",
                do="weight the rows by hand with sample_weight",
            )
        return (BalanceClassesEdit(),)
