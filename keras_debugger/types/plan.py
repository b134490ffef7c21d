"""Plan: fixes in order, with the reason and the risk of each."""

from dataclasses import dataclass

from keras_debugger.types.edit import Edit, SetEpochs, StopEarly
from keras_debugger.types.vocabulary import CauseKind, FixKind

CERTAIN = 0.8  # probability from which a cause counts as a fact, not a guess
# What a short training cannot show.
LATE_CAUSES = frozenset({CauseKind.OVERCAPACITY, CauseKind.CLASS_IMBALANCE})
LATE_EDITS = (SetEpochs, StopEarly)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedFix:
    """One fix as it was applied to a set-up.

    Args:
        name: name of the fix, such as `lower-learning-rate`.
        kind: what it edits.
        edits: the edits it made.
        reason: why it helps, one sentence.
        risk: what it may cost, one sentence.
    """

    name: str
    kind: FixKind
    edits: tuple[Edit, ...]
    reason: str
    risk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A candidate: fixes that go together against one cause.

    Args:
        name: names of its fixes joined by ` + `; `unchanged` for the control.
        cause: the cause it is meant for, None for the control.
        fixes: the fixes in the order of application.
        prior: probability of its cause when it was planned, 0 to 1.
    """

    name: str
    cause: CauseKind | None
    fixes: tuple[AppliedFix, ...]
    prior: float

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits in order."""
        return tuple(edit for fix in self.fixes for edit in fix.edits)

    @property
    def is_certain(self) -> bool:
        """Whether its cause is a fact, so that it is tried before guesses."""
        return self.prior > CERTAIN

    @property
    def is_late(self) -> bool:
        """Whether a short training cannot show what it is good for."""
        return self.cause in LATE_CAUSES or any(isinstance(e, LATE_EDITS) for e in self.edits)


UNCHANGED = Plan(name="unchanged", cause=None, fixes=(), prior=0.0)
