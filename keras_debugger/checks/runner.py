"""Runs checks on a record; a check that raises becomes a visible Crashed."""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.consequences import link
from keras_debugger.checks.outcome import with_symptom
from keras_debugger.types.finding import Crashed, Finding, Skipped
from keras_debugger.types.record import TrainingRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResults:
    """What a set of checks said of one record."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    crashed: tuple[Crashed, ...]
    checked: tuple[str, ...]


def run_checks(record: TrainingRecord, checks: Iterable[Check]) -> CheckResults:
    """Run each check that the record has evidence for.

    Args:
        record: the run.
        checks: the checks to run, in order.

    Returns:
        Findings with those that explain others on top, checks that could not judge, checks that
        raised, codes of those that judged.
    """
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    crashed: list[Crashed] = []
    checked: list[str] = []
    for check in checks:
        missing = tuple(sorted(need for need in check.needs if not record.has(need)))
        if missing:
            skipped.append(
                Skipped(code=check.code, name=check.name, missing=missing, hint=check.hint)
            )
            continue
        try:
            found = check.run(record)
        except TooShortError as error:
            skipped.append(Skipped(code=check.code, name=check.name, missing=(), hint=str(error)))
        except Exception:
            crashed.append(Crashed(code=check.code, traceback=traceback.format_exc()))
        else:
            findings.extend(found)
            checked.append(check.code)
    return CheckResults(
        findings=link(with_symptom(findings, record), record),
        skipped=tuple(skipped),
        crashed=tuple(crashed),
        checked=tuple(checked),
    )
