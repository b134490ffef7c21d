"""MOD109: the last activation cannot reach the targets."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import GOOD, quality, symptom_by_outcome
from keras_debugger.checks.tasks import BOUNDS
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import REGRESSION_LOSSES, CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class OutputCannotReachTargets(Check):
    """The last activation is bounded and targets lie outside of its bounds.

    Sees: last activation of each output, range and sd of its targets, its loss.
    Formula: excess = how far targets reach beyond the activation's bounds / sd of the targets.
        Fires above `max_excess`, for losses of regression.
    Source: arithmetic: sigmoid gives 0 to 1, tanh -1 to 1, ReLU nothing below 0.
    Known problems: a single mistyped target also lies outside; the run's result cannot tell.
    Fixes: change-output-activation (linear), scale-targets.
    """

    code: ClassVar[str] = "MOD109"
    name: ClassVar[str] = "output-cannot-reach-targets"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.DATA})

    max_excess: float = 0.25  # standard deviations of the targets

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        findings: list[Finding] = []
        for output, labels in record.labelled_outputs:
            if output.loss not in REGRESSION_LOSSES or output.activation not in BOUNDS:
                continue
            low, high = BOUNDS[output.activation]
            excess = max(low - labels.minimum, labels.maximum - high) / max(labels.sd, 1e-30)
            if not excess > self.max_excess:
                continue
            severity = Severity.NOTE if quality(record) >= GOOD else Severity.ERROR
            findings.append(
                self.finding(
                    severity=severity,
                    symptom=symptom_by_outcome(record, severity),
                    summary=f"{output.activation.value} answers from {low:g} to {high:g}, but "
                    f"targets of {output.name} go from "
                    f"{labels.minimum:.4g} to {labels.maximum:.4g}.",
                    place=output.layer or output.name,
                    value=float(excess),
                    limit=self.max_excess,
                    confidence=0.95,
                    causes=(CauseKind.WRONG_OUTPUT_ACTIVATION, CauseKind.TARGETS_NOT_SCALED),
                )
            )
        return tuple(findings)
