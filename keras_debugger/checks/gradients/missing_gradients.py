"""GRD106: trainable variables that the loss does not depend on."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class MissingGradients(Check):
    """Trainable variables for which the loss gives no gradient: nothing connects them to it.

    Sees: which variables the gradient tape answered with None.
    Formula: number of such variables; fires at one.
    Source: Keras warns of the same while it traces the step, once and easily missed.
    Known problems: some published models carry a head that is not used on purpose; where the run
        ends well this is a note.
    Fixes: connect the layer to an output, or mark it not trainable.
    """

    code: ClassVar[str] = "GRD106"
    name: ClassVar[str] = "missing-gradients"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRADIENTS})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        log = record.gradients
        if not log.without_gradient:
            return ()
        paths = [log.variables[column].path for column in log.without_gradient]
        every = len(paths) == len(log.variables)
        named = ", ".join(paths[:3]) + (", ..." if len(paths) > 3 else "")
        return (
            self.finding(
                severity=Severity.ERROR
                if every
                else severity_by_outcome(record, unknown=Severity.NOTE),
                summary=f"{len(paths)} of {len(log.variables)} trainable variables get no gradient "
                f"from the loss: {named}.",
                place=paths[0],
                step=0,
                value=float(len(paths)),
                limit=0.0,
                confidence=0.95,
                causes=(CauseKind.FROZEN_LAYERS,),
            ),
        )
