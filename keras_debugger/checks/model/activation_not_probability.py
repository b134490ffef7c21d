"""MOD102: cross-entropy judges an output that is no probability, or one made of squeezed logits."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import OutputDescription, TrainingRecord
from keras_debugger.types.vocabulary import CROSSENTROPIES, Activation, CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class ActivationIsNoProbability(Check):
    """Cross-entropy judges an output whose activation cuts off or squashes what it needs.

    Sees: last activation and loss of each output, and activations before the last one.
    Formula: a cross-entropy on an output that is neither a probability (sigmoid, softmax) nor
        linear: ReLU and its kin, tanh, exponential and others. Or a sigmoid or softmax that takes
        the values of another activation instead of free logits.
    Source: Bishop 2006, section 4.3.6: each likelihood has its link function. ReLU gives zeros,
        whose logarithm is clipped, so no gradient is left; tanh gives negative probabilities.
        Logits from 0 to 1 leave a softmax over k classes at most e / (e + k - 1).
    Known problems: a bounded logit can still rank the classes, so with `from_logits=True` and
        before a softmax the run's result decides how bad it is.
    Fixes: change-output-activation, set-from-logits.
    """

    code: ClassVar[str] = "MOD102"
    name: ClassVar[str] = "activation-is-no-probability"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self._finding(record, output)
            for output in record.model.outputs
            if output.loss in CROSSENTROPIES
            and (output.activation not in _FIT or _squeezing(output))
        )

    def _finding(self, record: TrainingRecord, output: OutputDescription) -> Finding:
        can_rank = output.from_logits or output.activation in _FIT
        severity = severity_by_outcome(record) if can_rank else Severity.ERROR
        return self.finding(
            severity=severity,
            symptom=symptom_by_outcome(record, severity),
            summary=_told(output),
            place=output.layer or output.name,
            confidence=0.9 if can_rank else 0.95,
            causes=(CauseKind.WRONG_OUTPUT_ACTIVATION, CauseKind.LOGITS_MISMATCH),
        )


def _told(output: OutputDescription) -> str:
    if output.activation in _FIT:
        return (
            f"Output {output.name} passes {_squeezing(output)[-1].value} before "
            f"{output.activation.value}, which needs free logits."
        )
    needed = "free logits" if output.from_logits else "probabilities"
    return (
        f"Output {output.name} ends in {output.activation.value}, but {output.loss_name} "
        f"needs {needed}."
    )


def _squeezing(output: OutputDescription) -> list[Activation]:
    """The activations that cut off or squash what a last sigmoid or softmax takes."""
    if output.activation not in _PROBABILITIES:
        return []
    return [activation for activation in output.inner if activation is not Activation.OTHER]


_PROBABILITIES = frozenset({Activation.SIGMOID, Activation.HARD_SIGMOID, Activation.SOFTMAX})
_FIT = _PROBABILITIES | {Activation.LINEAR, Activation.OTHER}
