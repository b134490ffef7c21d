"""What a check says: a finding, or why it could not judge."""

from dataclasses import dataclass

from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check saw in a record.

    Args:
        code: stable code of the check, such as `GRD101`.
        name: name of the check, such as `exploding-gradients`.
        severity: cost to the user if nothing is done.
        summary: one plain sentence with the numbers.
        symptom: the observable symptom, None for a fact about data, model or optimizer.
        place: layer, variable, feature or metric that it is about; empty for the whole run.
        epoch: epoch at which it is first seen, from 0; None if it has no time.
        step: optimizer step at which it is first seen, from 0; None if it has no time.
        value: the measured statistic.
        limit: the value at which the check fires.
        confidence: probability that the finding is right, from 0 to 1.
        consequence_of: code of the finding that explains this one, None if it stands alone.
        causes: causes that this finding names by itself, most likely first; empty if it is only
            a symptom that many causes share.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    symptom: Symptom | None = None
    place: str = ""
    epoch: int | None = None
    step: int | None = None
    value: float = float("nan")
    limit: float = float("nan")
    confidence: float = 0.9
    consequence_of: str | None = None
    causes: tuple[CauseKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A check that could not judge, and what would let it.

    Args:
        code: code of the check.
        name: name of the check.
        missing: evidence that was not recorded; empty if the run was only too short.
        hint: what to do so that it can judge.
    """

    code: str
    name: str
    missing: tuple[Need, ...]
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """A check, a cause or a report part that raised: our error, shown and not hidden.

    Args:
        code: code or name of the part.
        traceback: the traceback as text.
    """

    code: str
    traceback: str
