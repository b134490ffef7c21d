"""MOD130: batch normalisation over a handful of rows."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class BatchNormOfFewRows(Check):
    """Batch normalisation takes mean and variance over a handful of rows.

    Sees: batch sizes of the steps, the layers, and how the run ended.
    Formula: fires when the median batch has at most `max_rows` rows and batch normalisation stands
        behind an output of shape (batch, units). A note where the run ends well.
    Source: Ioffe 2017, arXiv:1702.03275 (the reason: statistics of few rows are noise, and those of
        prediction are others). With two rows each normalised value is +1 or -1.
    Known problems: after convolutions the statistics are over places too; those are left alone.
    Fixes: larger batches, layer normalisation in place of batch normalisation.
    """

    code: ClassVar[str] = "MOD130"
    name: ClassVar[str] = "batch-norm-of-few-rows"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.STEPS})

    max_rows: int = 4

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        layers = [
            layer
            for layer in record.model.layers
            if layer.momentum is not None and len(layer.output_shape or ()) == 2
        ]
        sizes = record.steps.batch_size
        rows = float(np.median(sizes)) if sizes.size else np.nan
        if not layers or not rows <= self.max_rows:
            return ()
        severity = severity_by_outcome(record, held_out=True)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"Batches have {rows:g} rows, and {layers[0].path} normalises by their "
                "mean and variance.",
                place=layers[0].path,
                value=rows,
                limit=float(self.max_rows),
                confidence=0.85,
                causes=(CauseKind.BATCH_NORM_STATISTICS_LAG,),
            ),
        )
