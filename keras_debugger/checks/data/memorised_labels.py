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
        below `max_loss` of it. Not if the two parts differ in labels or in all features, nor if a
        simple model, cross-validated on the training rows, gets further than `margin` times the
        way from the constant guess to its bound by chance: then there is something to learn. A
        warning in doubt, where a simple model passes that bound at all, or where so few held-out
        rows could hide more than `max_hidden` of the way from chance to no error.
    Source: Zhang et al. 2017, arXiv:1611.03530: networks fit random labels by heart.
    Known problems: inputs that have nothing to do with sound labels look the same, and so does a
        weak signal among many features that say nothing.
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
    margin: float = 1.5  # of the distance between the constant guess and the bound
    max_hidden: float = 0.3  # of the way from chance to no error

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        if record.epochs.count < self.shortest:
            raise TooShortError(f"needs {self.shortest} epochs")
        if self._parts_differ(record) or not record.data.labels:
            return ()
        simple = max((model.progress for model in record.data.simple_models), default=0.0)
        if simple > self.margin:
            return ()
        regression = is_regression(record)
        if regression is None:
            return ()
        value = self._loss_ratio(record) if regression else self._z(record)
        if np.isnan(value):
            return ()
        doubtful = simple > 1.0 or (
            not regression and self._hidden(record, value) > self.max_hidden
        )
        causes = (CauseKind.LABELS_CORRUPTED, CauseKind.OVERCAPACITY)
        return (
            self.finding(
                severity=Severity.WARNING if doubtful else Severity.ERROR,
                summary="The model learns the training labels, but held-out rows stay at the level "
                "of a constant guess in the whole run.",
                value=value,
                limit=self.min_loss if regression else self.max_z,
                confidence=0.5 if doubtful else 0.8,
                causes=causes if doubtful else causes[:1],
            ),
        )

    def _z(self, record: TrainingRecord) -> float:
        """Standard errors above chance; NaN if it is not known or the check does not fire."""
        rows, chance = validation_rows(record) or 0, _chance(record)
        for name in ("accuracy", "acc"):
            train, held_out = _later(record, name), _later(record, f"val_{name}")
            if not train.size or not held_out.size or chance >= 1.0 or rows < self.fewest_rows:
                continue
            z = float((held_out.mean() - chance) / np.sqrt(chance * (1.0 - chance) / rows))
            if z < self.max_z and train[-1] > chance + self.min_learnt:
                return z
        return float("nan")

    @staticmethod
    def _hidden(record: TrainingRecord, z: float) -> float:
        """How far above chance the held-out accuracy may be in truth, two standard errors up."""
        rows, chance = validation_rows(record) or 1, _chance(record)
        return (z + 2.0) * float(np.sqrt(chance / (1.0 - chance) / rows))

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


def _chance(record: TrainingRecord) -> float:
    """Share of the largest class; 1 if there are no two classes."""
    counts = record.data.labels[0].counts
    return max(counts) / sum(counts) if len(counts) > 1 else 1.0


def _later(record: TrainingRecord, name: str) -> np.ndarray:
    """Finite values of a log in the last two thirds of the run."""
    values = record.epochs.values.get(name, np.empty(0))
    values = values[len(values) // 3 :]
    return np.asarray(values[np.isfinite(values)])
