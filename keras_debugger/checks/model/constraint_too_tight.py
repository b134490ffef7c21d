"""MOD128: a constraint leaves next to nothing of the weights."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class ConstraintTooTight(Check):
    """A constraint leaves next to nothing of the weights of a layer.

    Sees: the norm of each weight matrix as it was drawn, the norm that its constraint leaves of it,
        and how the run ended.
    Formula: left = norm after the constraint / norm as drawn. Fires when the smallest is below
        `min_left`.
    Source: Srivastava et al. 2014, JMLR 15, appendix A.2: max-norm bounds of 3 to 4 for each unit,
        which freshly drawn weights (norm about 1) do not reach. The limit is ours.
    Known problems: weights drawn far too large are cut to a good size; where the run ends well
        this is a note.
    Fixes: reduce-regularization.
    """

    code: ClassVar[str] = "MOD128"
    name: ClassVar[str] = "constraint-too-tight"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    min_left: float = 0.25  # share of the norm

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        kept = {
            layer.path: layer.kept_by_constraint
            for layer in record.model.layers
            if layer.kept_by_constraint is not None and layer.kept_by_constraint < self.min_left
        }
        if not kept:
            return ()
        worst = min(kept, key=lambda path: kept[path])
        severity = severity_by_outcome(record)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"The constraint of {worst} leaves {kept[worst]:.1%} of the norm of its "
                "weights as they were drawn.",
                place=worst,
                value=kept[worst],
                limit=self.min_left,
                causes=(CauseKind.TOO_MUCH_REGULARIZATION,),
            ),
        )
