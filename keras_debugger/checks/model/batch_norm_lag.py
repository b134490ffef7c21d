"""MOD121: moving statistics of batch normalisation lag behind the weights."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class BatchNormLag(Check):
    """Moving statistics of batch normalisation still hold much of their first values.

    Sees: the momentum of each batch normalisation, the number of updates, and last training and
        validation loss and accuracy.
    Formula: rest = momentum ** updates, the weight of the first values (mean 0, variance 1). Fires
        above `max_rest`; a warning if validation is also worse than training by `min_gap` in
        accuracy, or `min_loss_ratio` in loss, unless training rows are answered as in training: the
        probe answers them with the moving statistics too.
    Source: definition of the moving mean (Ioffe and Szegedy 2015, arXiv:1502.03167). With .99 the
        rest falls below 5 % after 300 updates.
    Known problems: a short run also overfits sometimes; the last epochs of a long one do not lag.
    Fixes: change-batch-norm-momentum, train-longer.
    """

    code: ClassVar[str] = "MOD121"
    name: ClassVar[str] = "batch-norm-lag"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.EPOCHS})

    max_rest: float = 0.1  # weight of the first values
    min_gap: float = 0.05  # of accuracy
    min_loss_ratio: float = 2.0  # validation / training loss

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        layers = [layer for layer in record.model.layers if layer.momentum is not None]
        if not layers:
            return ()
        updates = _updates(record)
        if updates is None:
            raise TooShortError("needs the number of optimizer steps")
        slowest = max(layers, key=lambda layer: layer.momentum or 0.0)
        rest = float(slowest.momentum or 0.0) ** updates
        if rest <= self.max_rest:
            return ()
        harm = self._validation_lags(record)
        return (
            self.finding(
                severity=Severity.WARNING if harm else Severity.NOTE,
                symptom=Symptom.VALIDATION_MISMATCH if harm else None,
                summary=f"After {updates} updates with momentum {slowest.momentum:g} the moving "
                f"statistics of {slowest.path} are still {rest:.0%} their first values.",
                place=slowest.path,
                value=rest,
                limit=self.max_rest,
                confidence=0.9 if harm else 0.4,
                causes=(CauseKind.BATCH_NORM_STATISTICS_LAG, CauseKind.TOO_FEW_UPDATES),
            ),
        )

    def _validation_lags(self, record: TrainingRecord) -> bool:
        log = record.prediction_log
        known = log is not None and not log.from_validation and log.step.size > 0
        if log is not None and known and log.recall is not None:
            answered = float(np.nanmean(log.recall[-1]))
            if _last(record, "accuracy") - answered <= self.min_gap:
                return False
        for name in ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy"):
            train, held = _last(record, name), _last(record, f"val_{name}")
            if train - held > self.min_gap:
                return True
        return _last(record, "val_loss") > self.min_loss_ratio * _last(record, "loss") > 0


def _updates(record: TrainingRecord) -> int | None:
    if record.step_logs is not None and record.steps.step.size:
        return int(record.steps.step[-1]) + 1
    fit = record.fit_description
    if fit is not None and fit.steps_per_epoch:
        return fit.steps_per_epoch * record.epochs.count
    return None


def _last(record: TrainingRecord, name: str) -> float:
    values = record.epochs.finite(name)
    return float(values[-1]) if values.size else float("nan")
