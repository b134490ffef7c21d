"""MOD102: cross-entropy judges an output that is no probability."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CROSSENTROPIES, Activation, CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class ActivationIsNoProbability(Check):
    """Cross-entropy judges an output whose activation cuts off or squashes what it needs.

    Sees: last activation and loss of each output.
    Formula: a cross-entropy on an output that is neither a probability (sigmoid, softmax) nor
        linear: ReLU and its kin, tanh, exponential and others.
    Source: Bishop 2006, section 4.3.6: each likelihood has its link function. ReLU gives zeros,
        whose logarithm is clipped, so no gradient is left; tanh gives negative probabilities.
    Known problems: with `from_logits=True` a bounded logit can still rank the classes, so the
        run's result decides how bad it is.
    Fixes: change-output-activation, set-from-logits.
    """

    code: ClassVar[str] = "MOD102"
    name: ClassVar[str] = "activation-is-no-probability"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self.finding(
                severity=severity_by_outcome(record) if output.from_logits else Severity.ERROR,
                summary=f"Output {output.name} ends in {output.activation.value}, but "
                f"{output.loss_name} needs "
                + ("free logits." if output.from_logits else "probabilities."),
                place=output.layer or output.name,
                confidence=0.9 if output.from_logits else 0.95,
                causes=(CauseKind.WRONG_OUTPUT_ACTIVATION, CauseKind.LOGITS_MISMATCH),
            )
            for output in record.model.outputs
            if output.loss in CROSSENTROPIES and output.activation not in _FIT
        )


_FIT = frozenset(
    {
        Activation.SIGMOID,
        Activation.HARD_SIGMOID,
        Activation.SOFTMAX,
        Activation.LINEAR,
        Activation.OTHER,
    }
)
