"""Weight the classes by sample weights, where Keras refuses class weights."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.types.edit import BalanceClasses, Edit
from keras_debugger.types.record import LabelProfile
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LabelForm

CLASSES = (LabelForm.BINARY, LabelForm.INTEGER_CLASSES, LabelForm.ONE_HOT, LabelForm.PER_STEP)


@dataclass(frozen=True, kw_only=True)
class BalanceRows(Fix):
    """Weight each row, or each step of it, by n / (classes * count) of its class.

    Each output gets weights of its own; outputs with numbers get ones. Weights that rows have
    already are multiplied.

    When: a rare class is hardly ever predicted, and Keras refuses class weights: several outputs,
        labels for each step, or rows that have sample weights.
    Refused when: class weights would do, or are given; no output has classes of unequal size.
    Risk: more false alarms for the rare class; answers are no longer calibrated probabilities; a
        batch with many rare rows makes a larger step.
    Source: King and Zeng 2001, Political Analysis 9; the formula is scikit-learn's `balanced`.
    """

    name: ClassVar[str] = "balance-rows"
    kind: ClassVar[FixKind] = FixKind.WEIGHT_CLASSES
    reason: ClassVar[str] = "Missing the rare class costs as much as missing the common one."
    risk: ClassVar[str] = "More false alarms for the rare class, and uncalibrated probabilities."

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        labels = setup.data.labels
        outputs = max(len(labels), len(setup.model.outputs))
        per_step = any(one.form is LabelForm.PER_STEP for one in labels)
        given = ""
        if setup.edits_of(BalanceClasses):
            given = "a plan that weights the classes already"
        elif setup.fit.class_weight is not None:
            given = "a run with class weights"
        elif outputs == 1 and not per_step and not setup.data.weighted:
            given = "data that Keras takes class weights for"
        elif not any(_is_unequal(one) for one in labels):
            given = "labels without classes of unequal size"
        if given:
            raise self.refuse(
                given=given,
                expected="classes of unequal size and several outputs, labels for each step or "
                "rows with weights",
                do="use class weights, or weight the rows by hand with sample_weight",
            )
        return (BalanceClasses(by_row=True),)


def _is_unequal(labels: LabelProfile) -> bool:
    if labels.form is LabelForm.PER_STEP and not labels.counts:
        return labels.integer_valued and 0 <= labels.minimum < labels.maximum
    return labels.form in CLASSES and len(set(labels.counts)) > 1
