"""Cause: what is wrong in the program, how sure, and what that rests on."""

from dataclasses import dataclass

from keras_debugger.types.experiment import Experiment
from keras_debugger.types.vocabulary import CauseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One possible reason of what was found.

    Args:
        kind: what is wrong.
        confidence: probability that this is the cause, 0 to 1.
        findings: codes of the findings that point to it.
        evidence: what was seen or tried and what came out, one sentence each.
        fixes: names of the fixes that would mend it, best first.
        place: layer, feature or argument that it is about; empty for the whole program.
        repairable: False if no change of the model can mend it (broken data).
        experiments: those that were made and speak for or against it.
    """

    kind: CauseKind
    confidence: float
    findings: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    place: str = ""
    repairable: bool = True
    experiments: tuple[Experiment, ...] = ()
