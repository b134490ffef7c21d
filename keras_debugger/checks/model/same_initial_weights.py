"""MOD124: several layers begin with the very same weights."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.model.weight_columns import KERNELS
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord, VariableDescription
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class SameInitialWeights(Check):
    """Kernels of several layers begin with the very same random weights.

    Sees: shape, mean and standard deviation of each kernel before the first step.
    Formula: kernels of one shape whose mean and deviation are equal to the last digit, the
        deviation not zero. Fires at two kernels of more than `fewest` weights.
    Source: arithmetic: two draws do not agree to all digits; one seed for all initializers does.
    Known problems: layers that follow each other learn in spite of it; parallel branches stay alike
        for ever if they see the same input. The cost is seldom measurable: always a note.
    Fixes: leave the seed to keras.utils.set_random_seed, or give each layer its own.
    """

    code: ClassVar[str] = "MOD124"
    name: ClassVar[str] = "same-initial-weights"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    fewest: int = 16  # weights

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        alike: dict[tuple[object, ...], list[VariableDescription]] = {}
        for variable in record.gradients.variables:
            if variable.role not in KERNELS or prod(variable.shape) < self.fewest:
                continue
            if variable.initial_sd > 0.0:
                key = (variable.shape, variable.initial_mean, variable.initial_sd)
                alike.setdefault(key, []).append(variable)
        groups = [group for group in alike.values() if len(group) > 1]
        if not groups:
            return ()
        largest = max(groups, key=len)
        return (
            self.finding(
                severity=Severity.NOTE,
                summary=f"{len(largest)} kernels begin with the very same weights: "
                f"{', '.join(variable.path for variable in largest[:3])}"
                + (", ..." if len(largest) > 3 else "")
                + ".",
                place=largest[0].path,
                step=0,
                value=float(len(largest)),
                limit=2.0,
                confidence=0.95,
                causes=(CauseKind.BAD_INITIALIZATION,),
            ),
        )
