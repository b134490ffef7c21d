"""MOD132: the weights of the losses leave an output next to nothing."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class SilencedOutput(Check):
    """The loss of an output hardly counts beside those of the others.

    Sees: `loss_weights` of each output, and how the run ended.
    Formula: fires when a weight is at most `max_share` of the largest one. A note for another
        output than the first, on whose answers the outcome is judged, and where the run ends well.
    Source: definition of the weighted sum. Auxiliary outputs are given .1 to .4 as a rule.
    Known problems: losses of very unlike size are balanced by such weights on purpose.
    Fixes: give the output a weight of the order of the others.
    """

    code: ClassVar[str] = "MOD132"
    name: ClassVar[str] = "silenced-output"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_share: float = 0.01  # of the largest weight

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        outputs = record.model.outputs
        largest = max((abs(output.weight) for output in outputs), default=0.0)
        findings: list[Finding] = []
        for position, output in enumerate(outputs):
            if abs(output.weight) > self.max_share * largest or len(outputs) < 2:
                continue
            severity = Severity.NOTE if position else severity_by_outcome(record)
            findings.append(
                self.finding(
                    severity=severity,
                    symptom=symptom_by_outcome(record, severity),
                    summary=f"The loss of {output.name} has a weight of {output.weight:g}, that of "
                    f"another output {largest:g}.",
                    place=output.layer or output.name,
                    value=abs(output.weight),
                    limit=self.max_share * largest,
                    confidence=0.9,
                    causes=(CauseKind.WRONG_LOSS,),
                )
            )
        return tuple(findings)
