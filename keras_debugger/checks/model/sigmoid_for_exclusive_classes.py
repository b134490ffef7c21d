"""MOD105: independent sigmoids answer for classes that exclude each other."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import (
    CATEGORICAL_CROSSENTROPIES,
    Activation,
    CauseKind,
    Need,
)


@dataclass(frozen=True, kw_only=True)
class SigmoidForExclusiveClasses(Check):
    """Sigmoids answer for classes that exclude each other, under a categorical cross-entropy.

    Sees: last activation, units and loss of each output.
    Formula: sigmoid over more than one unit with a (sparse) categorical cross-entropy.
    Source: Bishop 2006, section 4.3.4. Keras divides such outputs by their sum, or takes their
        logits for those of a softmax, so learning can work all the same: the result decides.
    Known problems: a note where the run ends well.
    Fixes: change-output-activation (softmax).
    """

    code: ClassVar[str] = "MOD105"
    name: ClassVar[str] = "sigmoid-for-exclusive-classes"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"Output {output.name} has {output.units} independent sigmoids, but "
                f"{output.loss_name} is for classes that exclude each other.",
                place=output.layer or output.name,
                value=float(output.units or 0),
                limit=1.0,
                causes=(CauseKind.WRONG_OUTPUT_ACTIVATION,),
            )
            for output in record.model.outputs
            if output.loss in CATEGORICAL_CROSSENTROPIES
            and output.activation in (Activation.SIGMOID, Activation.HARD_SIGMOID)
            and output.units != 1
        )
