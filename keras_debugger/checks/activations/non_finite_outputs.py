"""ACT107: a layer puts out NaN or infinity."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class NonFiniteOutputs(Check):
    """A layer puts out NaN or infinity on the probe batch.

    Sees: whether every output of each layer is finite, at each probe.
    Formula: the first probe, and in it the first layer from the input, with a value not finite.
    Source: arithmetic.
    Known problems: where every layer is hit at once, inputs or weights are the reason.
    Fixes: clean-data, change-loss, lower-learning-rate.
    """

    code: ClassVar[str] = "ACT107"
    name: ClassVar[str] = "non-finite-outputs"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.ACTIVATIONS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_NAN

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.activations
        if log.step.size == 0:
            raise TooShortError("needs a probe")
        broken = ~log.finite.astype(bool)
        if not broken.any():
            return ()
        row = int(broken.any(axis=1).argmax())
        place = log.layers[int(broken[row].argmax())]
        return (
            self.finding(
                severity=Severity.ERROR,
                summary=f"{place} puts out NaN or infinity after {log.step[row]} steps.",
                place=place,
                step=int(log.step[row]),
                value=float(broken[row].mean()),
                limit=0.0,
                confidence=0.99,
                consequence_of=self._reason(record),
            ),
        )

    def _reason(self, record: TrainingRecord) -> str | None:
        data = record.data_profile
        if data is not None and any(profile.nonfinite_rows for profile in data.inputs):
            return "DAT102"
        return None
