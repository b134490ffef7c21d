"""ACT104: a hidden layer gives the same output for every row."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.activations.probes import describe_column, hidden_columns
from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Symptom


@dataclass(frozen=True, kw_only=True)
class CollapsedLayer(Check):
    """A hidden layer with weights gives (nearly) the same output for every row.

    Sees: on the probe batch after training, the standard deviation over rows and the mean absolute
        output of each hidden layer.
    Formula: sd over rows / mean absolute output. Fires for the first layer below `min_spread`, and
        for one whose outputs are all zero.
    Source: what does not depend on the row cannot tell rows apart. `min_spread` is ours: the
        lowest among 35 healthy runs of small networks was 0.47.
    Known problems: a branch that is constant on purpose (a learned query) looks the same; where the
        run ends well this is a note.
    Fixes: those of the check that tells why: dead units, weights, penalty, inputs.
    """

    code: ClassVar[str] = "ACT104"
    name: ClassVar[str] = "collapsed-layer"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.ACTIVATIONS})
    symptom: ClassVar[Symptom | None] = Symptom.CONSTANT_PREDICTIONS

    min_spread: float = 1e-3  # ratio, no unit

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.activations
        if log.step.size < 2:
            raise TooShortError("needs a probe after training")
        columns = [c for c in hidden_columns(record) if self._has_weights(record, int(c))]
        spread, size = log.output_sd[:, columns], log.mean_abs[:, columns]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(size > 0, spread / size, np.where(size == 0, 0.0, np.nan))
        hit = np.flatnonzero(np.nan_to_num(ratio[-1], nan=1.0) < self.min_spread)
        if not hit.size:
            return ()
        first = int(hit[0])
        place = log.layers[columns[first]]
        row = int((np.nan_to_num(ratio[:, first], nan=1.0) < self.min_spread).argmax())
        return (
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"{place} gives the same output for every row (its spread is "
                f"{ratio[-1, first]:.1e} of its size).",
                place=place,
                step=int(log.step[row]),
                value=float(ratio[-1, first]),
                limit=self.min_spread,
            ),
        )

    def _has_weights(self, record: TrainingRecord, column: int) -> bool:
        layer = describe_column(record, column)
        return layer is None or layer.parameters > 0
