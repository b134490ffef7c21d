"""DAT116: the model learns training labels by heart and nothing that holds for other rows."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.constant_predictor import constant_loss
from keras_debugger.checks.data.preprocessing_mismatch import inputs_differ
from keras_debugger.checks.data.unrepresentative_split import labels_differ
from keras_debugger.checks.tasks import is_regression, validation_rows
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class MemorisedLabels(Check):
    """Training labels are learnt by heart, while held-out rows stay at the level of a guess.

    Sees: training and validation accuracy (numbers: losses against that of a constant guess) over
        the last two thirds of the run.
    Formula: z = (mean validation accuracy - largest class share) / its standard error. Fires if
        z < `max_z` while training accuracy is `min_learnt` above that share; for numbers if the
        lowest validation loss is above `min_loss` of a constant guess while the training loss is
        below `max_loss` of it. Not if the two parts differ in labels or in all features.
    Source: Zhang et al. 2017, arXiv:1611.03530: networks fit random labels by heart.
    Known problems: inputs that have nothing to do with sound labels look the same.
    Fixes: repair the labels; no change of the model can help.
    """

    code: ClassVar[str] = "DAT116"
    name: ClassVar[str] = "memorised-labels"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA, Need.EPOCHS, Need.VALIDATION})
    symptom: ClassVar[Symptom | None] = Symptom.NO_LEARNING

    max_z: float = 3.0  # standard errors
    min_learnt: float = 0.1  # of accuracy
    min_loss: float = 0.97  # of the loss of a constant guess
    max_loss: float = 0.7  # of the loss of a constant guess
    shortest: int = 3  # epochs
    fewest_rows: int = 50  # validation rows

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        if record.epochs.count < self.shortest:
            raise TooShortError(f"needs {self.shortest} epochs")
        if self._parts_differ(record) or not record.data.labels:
            return ()
        regression = is_regression(record)
        if regression is None:
            return ()
        value = self._loss_ratio(record) if regression else self._z(record)
        if np.isnan(value):
            return ()
        return (
            self.finding(
                severity=Severity.ERROR,
                summary="The model learns the training labels, but held-out rows stay at the level "
                "of a constant guess in the whole run.",
                value=value,
                limit=self.min_loss if regression else self.max_z,
                confidence=0.8,
                causes=(CauseKind.LABELS_CORRUPTED,),
            ),
        )

    def _z(self, record: TrainingRecord) -> float:
        """Standard errors above chance; NaN if it is not known or the check does not fire."""
        counts = record.data.labels[0].counts
        rows = validation_rows(record) or 0
        for name in ("accuracy", "acc"):
            train, held_out = _later(record, name), _later(record, f"val_{name}")
            if not train.size or not held_out.size or len(counts) < 2 or rows < self.fewest_rows:
                continue
            chance = max(counts) / sum(counts)
            error = np.sqrt(chance * (1.0 - chance) / rows)
            z = float((held_out.mean() - chance) / error)
            if z < self.max_z and train[-1] > chance + self.min_learnt:
                return z
        return float("nan")

    def _loss_ratio(self, record: TrainingRecord) -> float:
        train, held_out = _later(record, "loss"), _later(record, "val_loss")
        constant = constant_loss(record)
        other = constant_loss(record, held_out=True)
        if not train.size or not held_out.size or not (constant > 0 and other > 0):
            return float("nan")
        every = record.epochs.values["val_loss"]
        ratio = float(np.nanmin(every) / other)
        if (validation_rows(record) or 0) < self.fewest_rows:
            return float("nan")
        learnt = train[-1] < self.max_loss * constant
        return ratio if ratio > self.min_loss and learnt else float("nan")

    def _parts_differ(self, record: TrainingRecord) -> bool:
        return labels_differ(record) or inputs_differ(record)


def _later(record: TrainingRecord, name: str) -> np.ndarray:
    """Finite values of a log in the last two thirds of the run."""
    values = record.epochs.values.get(name, np.empty(0))
    values = values[len(values) // 3 :]
    return np.asarray(values[np.isfinite(values)])
