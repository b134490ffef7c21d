"""MOD129: the loss takes positive answers, and the output can be negative."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.checks.tasks import BOUNDS
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Activation, CauseKind, LossKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class NegativeAnswers(Check):
    """The loss takes the logarithm of the answers, and the last activation lets them be negative.

    Sees: last activation and loss of each output, the loss of each epoch, and how the run ended.
    Formula: a Poisson loss, a squared logarithmic error or a Kullback-Leibler divergence on an
        output whose activation also gives negative values, such as linear or tanh. An error where
        the loss became NaN or next to nothing was reached, a note where nothing was lost.
    Source: definition of the losses in Keras: Poisson is answer - label * log(answer), which is NaN
        below zero; the two others cut answers off at zero, where no gradient is left.
    Known problems: answers far from zero may stay positive for a whole run.
    Fixes: fit-output (softplus, softmax).
    """

    code: ClassVar[str] = "MOD129"
    name: ClassVar[str] = "answers-can-be-negative"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return tuple(
            self.finding(
                severity=_severity(record),
                summary=f"Output {output.name} ends in {output.activation.value} and can be "
                f"negative, but {output.loss_name} takes the logarithm of the answers.",
                place=output.layer or output.name,
                confidence=0.95,
                causes=(CauseKind.WRONG_OUTPUT_ACTIVATION, CauseKind.WRONG_LOSS),
            )
            for output in record.model.outputs
            if output.loss in _OF_POSITIVE_ANSWERS and _can_be_negative(output.activation)
        )


_OF_POSITIVE_ANSWERS = frozenset(
    {LossKind.POISSON, LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR, LossKind.KL_DIVERGENCE}
)


def _can_be_negative(activation: Activation) -> bool:
    low, _ = BOUNDS.get(activation, (-np.inf, np.inf))
    return low < 0 and activation is not Activation.OTHER


def _severity(record: TrainingRecord) -> Severity:
    logs = record.epoch_logs
    if logs is not None and not np.isfinite(logs.values.get("loss", np.zeros(1))).all():
        return Severity.ERROR
    return severity_by_outcome(record, unknown=Severity.NOTE)
