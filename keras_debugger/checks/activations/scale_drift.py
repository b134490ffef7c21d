"""ACT108: the scale of the signal changes by orders of magnitude across depth."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.activations.probes import describe_column, hidden_columns
from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LayerKind, Need

_KINDS = frozenset({LayerKind.DENSE, LayerKind.CONV})


@dataclass(frozen=True, kw_only=True)
class ScaleDrift(Check):
    """Before training, the signal shrinks or grows by orders of magnitude from layer to layer.

    Sees: the standard deviation over rows, mean over units, of the outputs of each hidden dense or
        convolutional layer on the probe batch at step 0.
    Formula: drift = that of the last / that of the first such layer. Fires below `1 / max_drift` or
        above `max_drift`, with at least `fewest` layers.
    Source: Glorot and Bengio 2010; He et al. 2015, arXiv:1502.01852: an initializer that fits keeps
        this scale. `max_drift` is ours: in healthy runs of small networks it was .37 to 3.8; a
        stack of five sigmoids has 3e-3, twenty times too large weights have over 200.
    Known problems: a deep chain of saturating layers shrinks by nature. Normalisation sets the
        scale again on the way. Where the run ends well this is a note.
    Fixes: change-initializer, add-batch-norm, change-hidden-activation.
    """

    code: ClassVar[str] = "ACT108"
    name: ClassVar[str] = "scale-drift"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.ACTIVATIONS, Need.MODEL})

    max_drift: float = 100.0  # ratio, no unit
    fewest: int = 3  # hidden layers

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.activations
        if log.step.size == 0 or log.step[0] != 0:
            raise TooShortError("needs a probe before the first step")
        columns = [int(c) for c in hidden_columns(record) if _has_kind(record, int(c))]
        scale = log.output_sd[0][columns]
        columns = [c for c, known in zip(columns, np.isfinite(scale), strict=True) if known]
        if len(columns) < self.fewest:
            return ()
        first, last = (float(log.output_sd[0][columns[i]]) for i in (0, -1))
        if not (first > 0.0 and last > 0.0):
            return ()
        drift = last / first
        if 1.0 / self.max_drift <= drift <= self.max_drift:
            return ()
        return (
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"Before training the signal {'grows' if drift > 1 else 'shrinks'} to "
                f"{drift:.1e} of its size from {log.layers[columns[0]]} to "
                f"{log.layers[columns[-1]]}.",
                place=log.layers[columns[-1]],
                step=0,
                value=drift,
                limit=self.max_drift if drift > 1 else 1.0 / self.max_drift,
                confidence=0.85,
                causes=(CauseKind.BAD_INITIALIZATION,),
            ),
        )


def _has_kind(record: TrainingRecord, column: int) -> bool:
    layer = describe_column(record, column)
    return layer is not None and layer.kind in _KINDS
