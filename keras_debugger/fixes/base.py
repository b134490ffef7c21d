"""What every fix is: an identity, and a pure function from a set-up to a new one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.errors import NotApplicableError
from keras_debugger.types.edit import Edit
from keras_debugger.types.plan import AppliedFix
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class Fix(ABC):
    """Base of all fixes; the docstring of each subclass is its page of documentation.

    A subclass states its identity as class variables, its numbers as fields with defaults, and
    implements `edits`. It calls `refuse` when its precondition does not hold.
    """

    name: ClassVar[str]
    kind: ClassVar[FixKind]
    reason: ClassVar[str]
    risk: ClassVar[str]

    @abstractmethod
    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits that this fix makes to a set-up; raises NotApplicableError."""

    def apply(self, setup: TrainingSetup) -> tuple[TrainingSetup, AppliedFix]:
        """The changed set-up, and what was done.

        Raises:
            NotApplicableError: the precondition of the fix does not hold.
        """
        edits = self.edits(setup)
        applied = AppliedFix(
            name=self.name, kind=self.kind, edits=edits, reason=self.reason, risk=self.risk
        )
        return setup.with_edits(*edits), applied

    def refuse(self, *, given: str, expected: str, do: str) -> NotApplicableError:
        """The error to raise when the precondition does not hold."""
        return NotApplicableError(given=f"{self.name} on {given}", expected=expected, do=do)
