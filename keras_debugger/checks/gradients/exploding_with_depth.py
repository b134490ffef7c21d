"""GRD114: gradients of early layers are orders of magnitude above the late ones."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.gradients.columns import early_norms
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need


@dataclass(frozen=True, kw_only=True)
class ExplodingWithDepth(Check):
    """Gradients grow by orders of magnitude on the way from the last to the early layers.

    Sees: the gradient norm of each trainable kernel but the first.
    Formula: growth = |g second| / |g last|, medians over the first fifth of the steps. Fires above
        `max_growth` with at least three kernels. The first kernel is left out: its gradient is
        proportional to the inputs, which have a check of their own (DAT101).
    Source: Pascanu et al. 2013, arXiv:1211.5063 (the phenomenon). `max_growth` is ours: in 53
        healthy runs of small networks the growth was .17 to 3.3.
    Known problems: layers in parallel branches are compared by their depth only. Adaptive
        optimizers can live with it; where such a run ends well this is a note.
    Fixes: change-initializer, clip-gradients, add-batch-norm.
    """

    code: ClassVar[str] = "GRD114"
    name: ClassVar[str] = "gradients-explode-with-depth"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    max_growth: float = 50.0  # ratio of norms, no unit
    shortest: int = 5  # recorded steps

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        if log.step.size < self.shortest:
            raise TooShortError(f"needs {self.shortest} recorded steps")
        columns, norms = early_norms(log, at_least=self.shortest)
        if columns.size < 3 or norms[-1] <= 0.0:
            return ()
        growth = float(norms[1] / norms[-1])
        if not growth > self.max_growth:
            return ()
        second, last = (log.variables[columns[i]] for i in (1, -1))
        return (
            self.finding(
                severity=severity_by_outcome(record),
                summary=f"The gradient of {second.path} is {growth:.1e} times that of {last.path} "
                "in the first fifth of the run.",
                place=second.path,
                step=int(log.step[0]),
                value=growth,
                limit=self.max_growth,
                confidence=0.8,
            ),
        )
