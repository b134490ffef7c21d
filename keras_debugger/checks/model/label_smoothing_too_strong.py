"""MOD131: the loss smooths the labels away."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import MOST_SMOOTHING, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class LabelSmoothingTooStrong(Check):
    """The loss spreads most of each label over all classes.

    Sees: the loss of each output, and how the run ended.
    Formula: fires when `label_smoothing` is at least `max_smoothing`. A note where the run ends
        well.
    Source: Szegedy et al. 2016, arXiv:1512.00567, who smooth by .1. At 1 all classes are asked for
        alike, and the labels say nothing.
    Known problems: up to about .9 the right class may still come out on top.
    Fixes: fit-output.
    """

    code: ClassVar[str] = "MOD131"
    name: ClassVar[str] = "label-smoothing-too-strong"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_smoothing: float = MOST_SMOOTHING

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        severity = severity_by_outcome(record)
        return tuple(
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"The loss of {output.name} spreads {output.label_smoothing:.0%} of each "
                "label over all classes.",
                place=output.layer or output.name,
                value=output.label_smoothing,
                limit=self.max_smoothing,
                confidence=0.95,
                causes=(CauseKind.WRONG_LOSS,),
            )
            for output in record.model.outputs
            if output.label_smoothing >= self.max_smoothing
        )
