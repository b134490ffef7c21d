"""MOD101: a softmax over a single unit always answers 1."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Activation, CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class SoftmaxOfOneUnit(Check):
    """A softmax over a single unit: every answer is 1, whatever the weights.

    Sees: activation and units of each output.
    Formula: softmax over a last axis of size 1.
    Source: definition of softmax. Keras 3 computes cross-entropy from the logits before the
        softmax, so the loss falls nicely while every answer is 1: look at answers, not the loss.
    Known problems: none known.
    Fixes: change-output-activation (sigmoid).
    """

    code: ClassVar[str] = "MOD101"
    name: ClassVar[str] = "softmax-of-one-unit"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})
    symptom: ClassVar[Symptom | None] = Symptom.CONSTANT_PREDICTIONS

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self.finding(
                severity=Severity.ERROR,
                summary=f"Output {output.name} is a softmax over one unit: always 1.",
                place=output.layer or output.name,
                value=1.0,
                limit=2.0,
                confidence=0.98,
                causes=(CauseKind.WRONG_OUTPUT_ACTIVATION,),
            )
            for output in record.model.outputs
            if output.activation is Activation.SOFTMAX and output.units == 1
        )
