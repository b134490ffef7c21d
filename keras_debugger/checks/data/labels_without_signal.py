"""DAT111: labels do not depend on the inputs, as far as simple models can tell."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class LabelsWithoutSignal(Check):
    """Labels do not depend on the inputs: simple models do no better than on permuted labels.

    Sees: cross-validated scores of simple models on the training data, the score of a constant
        guess, and the upper bound of the same models on permuted labels.
    Formula: fires if no simple model gets further than `margin` times the way from the constant
        guess to its own bound, and the network itself is no better than `max_quality` on held-out
        data. A note where it is not known how good the network is (losses of counts, own losses).
    Source: permutation test, Ojala and Garriga 2010, JMLR 11. Each bound has an error rate of 5 %
        and comes from few permutations; the margin keeps two models together below that rate.
    Known problems: a signal that only a deep network can see (raw images, long sequences) looks the
        same; then the network's own result speaks against it.
    Fixes: repair the labels; no change of the model can help.
    """

    code: ClassVar[str] = "DAT111"
    name: ClassVar[str] = "labels-without-signal"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})
    symptom: ClassVar[Symptom | None] = Symptom.NO_LEARNING

    max_quality: float = 0.2  # share of the way from a constant guess to no error
    fewest_rows: int = 100
    margin: float = 1.5  # of the distance between the constant guess and the bound

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        models = record.data.simple_models
        if not models:
            raise TooShortError("needs a data profile with simple models")
        if record.data.sampled < self.fewest_rows:
            raise TooShortError(f"needs {self.fewest_rows} rows")
        best = max(models, key=lambda model: model.progress)
        reached = quality(record)
        if best.progress > self.margin or reached > self.max_quality:
            return ()
        known = not np.isnan(reached)
        return (
            self.finding(
                severity=Severity.ERROR if known else Severity.NOTE,
                summary=f"Labels look random: {best.name} reaches {best.score:.3f}, up to "
                f"{best.chance_high:.3f} is chance, and a constant guess has {best.chance:.3f}.",
                value=best.score,
                limit=best.chance_high,
                confidence=0.85 if known else 0.4,
                causes=(CauseKind.LABELS_CORRUPTED,),
            ),
        )
