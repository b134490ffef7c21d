"""MOD103: a linear output meets a loss that expects probabilities."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CROSSENTROPIES, Activation, CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class LogitsAsProbabilities(Check):
    """A linear output meets a cross-entropy that expects probabilities.

    Sees: last activation, loss and `from_logits` of each output.
    Formula: linear output, cross-entropy, `from_logits=False`.
    Source: definition of the losses in Keras: without `from_logits=True` outputs are clipped to
        [1e-7, 1 - 1e-7], so a negative logit has no gradient.
    Known problems: a model that ends in an operation of its own is described as unknown, not as
        linear, and is not judged.
    Fixes: set-from-logits, change-output-activation.
    """

    code: ClassVar[str] = "MOD103"
    name: ClassVar[str] = "logits-as-probabilities"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self.finding(
                severity=Severity.ERROR,
                summary=f"Output {output.name} has no activation, but {output.loss_name} takes it "
                "for a probability (from_logits is False).",
                place=output.layer or output.name,
                confidence=0.97,
                causes=(CauseKind.LOGITS_MISMATCH, CauseKind.WRONG_OUTPUT_ACTIVATION),
            )
            for output in record.model.outputs
            if output.loss in CROSSENTROPIES
            and output.activation is Activation.LINEAR
            and output.from_logits is False
        )
