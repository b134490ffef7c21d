"""OPT101: the learning rate is outside of the usual range of its optimizer."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity

_USUAL = {  # from, to: what tutorials, papers and defaults use
    "sgd": (1e-4, 1.0),
    "adagrad": (1e-4, 1.0),
    "adadelta": (1e-4, 2.0),
    "ftrl": (1e-4, 1.0),
    "lion": (1e-6, 3e-3),
    "adam": (1e-6, 3e-2),
    "adamw": (1e-6, 3e-2),
    "adamax": (1e-6, 3e-2),
    "nadam": (1e-6, 3e-2),
    "rmsprop": (1e-6, 3e-2),
}


@dataclass(frozen=True, kw_only=True)
class UnusualLearningRate(Check):
    """The learning rate is outside of the usual range of its optimizer.

    Sees: name of the optimizer and its learning rate at the first step.
    Formula: fires outside of a range that spans two to four orders of magnitude.
    Source: defaults of Keras and common recipes. The right rate depends on the scale of data, loss
        and weights, so the number itself proves nothing: always a note. What the steps do to the
        weights is judged by GRD107 and GRD108.
    Known problems: see above.
    Fixes: lower-learning-rate, raise-learning-rate.
    """

    code: ClassVar[str] = "OPT101"
    name: ClassVar[str] = "unusual-learning-rate"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        optimizer = record.model.optimizer
        if optimizer is None or optimizer.name not in _USUAL or optimizer.schedule:
            return ()
        low, high = _USUAL[optimizer.name]
        rate = optimizer.learning_rate
        if low <= rate <= high:
            return ()
        return (
            self.finding(
                severity=Severity.NOTE,
                summary=f"The learning rate {rate:g} of {optimizer.name} is outside of the usual "
                f"range from {low:g} to {high:g}.",
                value=rate,
                limit=high if rate > high else low,
                confidence=0.3,
            ),
        )
