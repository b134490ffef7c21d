"""Diagnosis: findings, causes, and what could not be judged."""

from dataclasses import dataclass

from keras_debugger.types.cause import Cause
from keras_debugger.types.experiment import Experiment
from keras_debugger.types.finding import Crashed, Finding, Skipped
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the checks and the ranking of causes made of a record.

    Args:
        record: the run.
        findings: what was found, most severe first; consequences after what explains them.
        causes: possible reasons, most likely first; empty for a healthy run.
        skipped: checks that could not judge, and what would let them.
        crashed: parts of ours that raised.
        checked: codes of the checks that ran and could judge.
        experiments: those that were made, in order; empty if only the record was judged.
        next_experiments: those that would tell the causes apart, most telling for its cost first.
        unknown: probability that the cause is none of those that are known, 0 to 1.
    """

    record: TrainingRecord
    findings: tuple[Finding, ...] = ()
    causes: tuple[Cause, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    crashed: tuple[Crashed, ...] = ()
    checked: tuple[str, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    next_experiments: tuple[Experiment, ...] = ()
    unknown: float = 0.0

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Findings above a note."""
        return tuple(f for f in self.findings if f.severity > Severity.NOTE)

    @property
    def healthy(self) -> bool:
        """Whether checks could judge and found nothing above a note."""
        return bool(self.checked) and not self.problems
