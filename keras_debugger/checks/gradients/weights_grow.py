"""GRD110: weights grow without end."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.columns import weight_columns
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need


@dataclass(frozen=True, kw_only=True)
class WeightsGrowWithoutEnd(Check):
    """Weights end many times larger than they began, and are still growing.

    Sees: the L2 norm of each kernel before each recorded step.
    Formula: growth = last norm / first norm; late = last norm / norm at three quarters of the run;
        scale = root mean square of the weights times the square root of the fan-in, about 1.4 after
        He's initialisation. Fires for a kernel with growth > `max_growth`, late > `min_late` and
        scale > `max_scale`.
    Source: limits are ours: in 35 healthy runs of small networks kernels grew up to 15-fold, one
        of a linear model 140-fold, and none of them still did so at the end.
    Known problems: the last layer of a separable task grows for ever, but slowly. The scale of the
        weights matters little before a normalisation; where the run ends well this is a note.
    Fixes: lower-learning-rate, add-regularization, clip-gradients.
    """

    code: ClassVar[str] = "GRD110"
    name: ClassVar[str] = "weights-grow-without-end"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    max_growth: float = 10.0  # ratio, no unit
    min_late: float = 1.2  # ratio, no unit
    max_scale: float = 10.0  # no unit
    shortest: int = 40  # recorded steps

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        columns = weight_columns(log)
        if not columns.size:
            return ()
        if log.step.size < self.shortest:
            raise TooShortError(f"needs {self.shortest} recorded steps")
        norms = log.weight_norm[[0, (3 * log.step.size) // 4, -1]][:, columns]
        if not np.isfinite(norms).all():
            return ()
        shapes = [log.variables[i].shape for i in columns]
        fan_out = np.asarray([shape[-1] if shape else 1 for shape in shapes], dtype=np.float64)
        scale = norms[2] / np.sqrt(fan_out)  # rms * sqrt(fan in) = norm / sqrt(fan out)
        with np.errstate(divide="ignore", invalid="ignore"):
            growth, late = norms[2] / norms[0], norms[2] / norms[1]
        hit = (growth > self.max_growth) & (late > self.min_late) & (scale > self.max_scale)
        if not hit.any():
            return ()
        worst = int(np.where(hit, growth, 0.0).argmax())
        place = log.variables[columns[worst]].path
        return (
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"{place} grew to {growth[worst]:.3g} times its first norm and was still "
                "growing at the end.",
                place=place,
                step=int(log.step[-1]),
                value=float(growth[worst]),
                limit=self.max_growth,
                confidence=0.8,
            ),
        )
