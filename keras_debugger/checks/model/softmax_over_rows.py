"""MOD134: a softmax adds up to one over the rows of the batch."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class SoftmaxOverRows(Check):
    """A softmax adds up to one over the rows of the batch, not over the classes.

    Sees: the axis of each Softmax layer.
    Formula: fires when the axis is 0. A warning also where the run ends well, since the answer to
        a row then depends on the rows beside it.
    Source: definition of the axis in Keras; 0 is that of the batch.
    Known problems: softmax as a function of `keras.ops` or inside a Lambda is not seen.
    Fixes: Softmax(axis=-1).
    """

    code: ClassVar[str] = "MOD134"
    name: ClassVar[str] = "softmax-over-rows"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self.finding(
                severity=Severity.WARNING,
                symptom=symptom_by_outcome(record, Severity.WARNING),
                summary=f"{layer.path} adds up to one over the rows of a batch, not over classes.",
                place=layer.path,
                confidence=0.95,
                causes=(CauseKind.WRONG_OUTPUT_ACTIVATION,),
            )
            for layer in record.model.layers
            if layer.axis == 0
        )
