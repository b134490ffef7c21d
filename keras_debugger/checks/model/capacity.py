"""MOD118: the model has many more weights than there are rows."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class ManyWeightsForFewRows(Check):
    """The model trains many more weights than there are rows.

    Sees: trained weights and training rows.
    Formula: weights / rows. Fires above `max_ratio`.
    Source: 10 is a rule of thumb. Networks with more weights than rows often generalise well
        (Zhang et al. 2017, arXiv:1611.03530), so by itself this proves nothing: always a note.
    Known problems: see above; the curves decide whether the model overfits.
    Fixes: add-regularization, stop-early, a smaller model.
    """

    code: ClassVar[str] = "MOD118"
    name: ClassVar[str] = "many-weights-for-few-rows"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.DATA})

    max_ratio: float = 10.0  # weights a row

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        if not record.data.complete:
            raise TooShortError("needs the number of all training rows")
        ratio = record.model.trainable_parameters / max(record.data.rows, 1)
        if ratio <= self.max_ratio:
            return ()
        return (
            self.finding(
                severity=Severity.NOTE,
                summary=f"{record.model.trainable_parameters} trained weights for "
                f"{record.data.rows} rows ({ratio:.3g} a row).",
                value=ratio,
                limit=self.max_ratio,
                confidence=0.3,
                causes=(CauseKind.OVERCAPACITY,),
            ),
        )
