"""MOD104: a softmax or sigmoid output meets a loss that expects logits."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CROSSENTROPIES, Activation, CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class ProbabilitiesAsLogits(Check):
    """A softmax or sigmoid output meets a cross-entropy with `from_logits=True`.

    Sees: last activation, loss and `from_logits` of each output.
    Formula: softmax or sigmoid output, cross-entropy, `from_logits=True`.
    Source: definition of the losses in Keras. Keras 3 finds the logits behind the last activation,
        uses them and warns once, so there it is often harmless: a note where the run ends well.
    Known problems: whether Keras finds the logits depends on how the model was traced.
    Fixes: set-from-logits.
    """

    code: ClassVar[str] = "MOD104"
    name: ClassVar[str] = "probabilities-as-logits"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        probabilities = (Activation.SOFTMAX, Activation.SIGMOID, Activation.HARD_SIGMOID)
        return tuple(
            self.finding(
                severity=severity_by_outcome(record, unknown=Severity.NOTE),
                summary=f"Output {output.name} ends in {output.activation.value}, but "
                f"{output.loss_name} takes it for logits (from_logits is True).",
                place=output.layer or output.name,
                confidence=0.7,
                causes=(CauseKind.LOGITS_MISMATCH,),
            )
            for output in record.model.outputs
            if output.loss in CROSSENTROPIES
            and output.activation in probabilities
            and output.from_logits
        )
