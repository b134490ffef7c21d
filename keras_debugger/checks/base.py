"""What every check is: an identity, thresholds, and a pure function from a record to findings."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


class TooShortError(Exception):
    """A run that is too short to judge; the message says how long it must be."""


@dataclass(frozen=True, kw_only=True)
class Check(ABC):
    """Base of all checks; the docstring of each subclass is its page of documentation.

    A subclass states its identity as class variables, its thresholds as fields with defaults, and
    implements `run`. It raises TooShortError when the record has the evidence but too little of it.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    needs: ClassVar[frozenset[Need]]
    symptom: ClassVar[Symptom | None] = None
    hint: ClassVar[str] = "record the run with keras_debugger.Recorder()"

    @abstractmethod
    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record; none if nothing is wrong."""

    def finding(self, *, severity: Severity, summary: str, **details: Any) -> Finding:
        """A finding with this check's identity; `details` are fields of Finding."""
        details.setdefault("symptom", self.symptom)
        return Finding(
            code=self.code, name=self.name, severity=severity, summary=summary, **details
        )
