"""LOS113: the model answers nearly the same for every input."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import PredictionLog, TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class ConstantPredictions(Check):
    """The model answers nearly the same for every input.

    Sees: the answers to one fixed batch of rows with known labels, at the last probe.
    Formula: for classes, fires when one class takes `min_share` of the answers and at most
        `max_label_share` of the labels; and when the answers' standard deviation over the rows is
        below `max_class_spread`. For numbers, when it is below `max_spread` x that of the labels.
    Source: the definition of the symptom; the limits lie between faulty runs (spread 0 to .02) and
        healthy ones (.25 and more) of small classifiers.
    Known problems: a model that has just begun to learn answers alike; the check needs
        `min_steps` steps. Logits spread more than probabilities.
    Fixes: fit-output, lower-learning-rate, change-initializer, normalize-inputs,
        balance-classes.
    """

    code: ClassVar[str] = "LOS113"
    name: ClassVar[str] = "constant-predictions"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PREDICTIONS})
    symptom: ClassVar[Symptom | None] = Symptom.CONSTANT_PREDICTIONS

    min_steps: int = 10
    min_rows: int = 8
    min_share: float = 0.98
    max_label_share: float = 0.9
    max_class_spread: float = 1e-3
    max_spread: float = 0.02  # of the labels' standard deviation

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        answers = record.predictions
        if answers.rows < self.min_rows or not len(answers.step):
            raise TooShortError(f"record a probe batch of at least {self.min_rows} rows")
        if answers.step[-1] < self.min_steps:
            raise TooShortError(f"train for at least {self.min_steps} steps")
        if not answers.finite[-1]:
            return ()
        if answers.class_shares is not None:
            return self._classes(answers, answers.class_shares[-1])
        spread, scale = float(answers.spread[-1]), answers.sd_of_labels
        if not (scale > 0 and spread < self.max_spread * scale):
            return ()
        summary = (
            f"The answers to {answers.rows} rows spread by {spread:.3g} around "
            f"{answers.mean[-1]:.4g}; the labels spread by {scale:.3g}."
        )
        return (self._found(answers, summary, spread / scale, self.max_spread),)

    def _classes(self, answers: PredictionLog, shares: np.ndarray) -> tuple[Finding, ...]:
        answered = int(np.nanargmax(shares))
        share = float(shares[answered])
        among_labels = 1.0 if answers.label_shares is None else float(answers.label_shares.max())
        if share >= self.min_share and among_labels <= self.max_label_share:
            summary = (
                f"{share:.0%} of {answers.rows} rows are answered with class {answered}; no class "
                f"has more than {among_labels:.0%} of the labels."
            )
            return (self._found(answers, summary, share, self.min_share),)
        spread = float(answers.spread[-1])
        if spread < self.max_class_spread and among_labels <= self.max_label_share:
            summary = f"The answers to {answers.rows} rows differ by no more than {spread:.2g}."
            return (self._found(answers, summary, spread, self.max_class_spread),)
        return ()

    def _found(self, answers: PredictionLog, summary: str, value: float, limit: float) -> Finding:
        return self.finding(
            severity=Severity.ERROR,
            summary=summary,
            step=int(answers.step[-1]),
            value=value,
            limit=limit,
            confidence=0.95,
        )
