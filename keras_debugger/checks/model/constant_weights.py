"""MOD110: weights of a layer all begin with the same value."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.model.weight_columns import KERNELS, described_variables, head_paths
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import (
    CauseKind,
    LayerKind,
    Need,
    Severity,
    Symptom,
)


@dataclass(frozen=True, kw_only=True)
class ConstantWeights(Check):
    """All weights of a hidden layer begin with the same value.

    Sees: the standard deviation of each kernel before the first step.
    Formula: fires for a kernel of more than one weight whose deviation is 0 (at most `max_sd`).
    Source: units that begin alike get equal gradients and stay alike for ever; with zeros no
        gradient passes at all (Goodfellow et al. 2016, section 8.4).
    Known problems: a last layer or a residual branch may begin at zero on purpose: a note.
    Fixes: change-initializer.
    """

    code: ClassVar[str] = "MOD110"
    name: ClassVar[str] = "constant-weights"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.GRADIENTS})
    symptom: ClassVar[Symptom | None] = Symptom.NO_LEARNING

    max_sd: float = 1e-8  # unit of the weights

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        heads = head_paths(record)
        merges = {layer.path for layer in record.model.layers if layer.kind is LayerKind.MERGE}
        hit = [
            (variable, layer.path in heads or bool(merges & set(layer.feeds)))
            for variable, layer in described_variables(record)
            if variable.role in KERNELS
            and prod(variable.shape) > 1
            and variable.initial_sd <= self.max_sd
        ]
        if not hit:
            return ()
        on_purpose = all(allowed for _, allowed in hit)
        first = next((v for v, allowed in hit if not allowed), hit[0][0])
        return (
            self.finding(
                severity=Severity.NOTE if on_purpose else severity_by_outcome(record),
                symptom=None if on_purpose else self.symptom,
                summary=f"All weights of {first.path} begin at {first.initial_mean:g}"
                + (f", and those of {len(hit) - 1} more kernels." if len(hit) > 1 else "."),
                place=first.path,
                step=0,
                value=first.initial_sd,
                limit=self.max_sd,
                confidence=0.4 if on_purpose else 0.97,
                causes=(CauseKind.BAD_INITIALIZATION,),
            ),
        )
