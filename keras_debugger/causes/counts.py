"""Measured counts: how often a finding goes with a cause, in programs with one known fault.

The judged ratios of `prior.py` are the mean of a Beta prior worth `WORTH` programs, to which the
counts are added: with few programs the judgement counts, with many the measurement. Where a cause
or a finding was never counted the judged ratio stays as it is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from keras_debugger.types.vocabulary import CauseKind

FILE = "counts.json"
# Programs that the judged table is worth: of 2 to 64 the value with the best order of causes on
# programs that were left out of the counts; the scores of their probabilities hardly differ.
WORTH = 32.0
MOST = 0.9999  # of a share, so that no odds are infinite

Tally = Mapping[CauseKind, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Programs with one known fault, and what the checks found in them.

    Args:
        programs: number of programs with each cause.
        codes: of these, the number in which a check fired, by its code.
        symptoms: of these, the number in which a symptom was seen, by its name.
        command: the command that counted; empty if nothing was counted.
    """

    programs: Mapping[CauseKind, int] = field(default_factory=dict)
    codes: Tally = field(default_factory=dict)
    symptoms: Tally = field(default_factory=dict)
    command: str = ""

    def by_code(self, kind: CauseKind, code: str, judged: float) -> float:
        """Odds ratio of a check for a cause, from its counts and the judged ratio."""
        return self._ratio(self.codes, kind, code, judged)

    def by_symptom(self, kind: CauseKind, symptom: str, judged: float) -> float:
        """Odds ratio of a symptom for a cause, from its counts and the judged ratio."""
        return self._ratio(self.symptoms, kind, symptom, judged)

    def _ratio(self, tally: Tally, kind: CauseKind, key: str, judged: float) -> float:
        others = [other for other in self.programs if other is not kind]
        whole = sum(self.programs[other] for other in others)
        hits = sum(tally.get(other, {}).get(key, 0) for other in others)
        mine = tally.get(kind, {}).get(key, 0)
        if not whole or not hits + mine or not self.programs.get(kind):
            return judged
        usual = (hits + 0.5) / (whole + 1.0)
        odds = usual / (1.0 - usual)
        expected = judged * odds / (1.0 + judged * odds)
        share = (mine + WORTH * expected) / (self.programs[kind] + WORTH)
        share = min(share, MOST)
        return share / (1.0 - share) / odds


@cache
def measured_counts() -> Counts:
    """The counts that are shipped with the package; empty if there are none."""
    file = files("keras_debugger.causes").joinpath(FILE)
    if not file.is_file():
        return Counts()
    return read_counts(json.loads(file.read_text(encoding="utf-8")))


def read_counts(value: Mapping[str, object]) -> Counts:
    """Counts from their JSON form: `command`, and for each cause `n`, `codes` and `symptoms`.

    Causes that this version does not know are left out.
    """
    causes = value.get("causes", {})
    assert isinstance(causes, Mapping)
    known = {CauseKind[name]: row for name, row in causes.items() if name in CauseKind.__members__}
    return Counts(
        programs={kind: int(row["n"]) for kind, row in known.items()},
        codes={kind: dict(row.get("codes", {})) for kind, row in known.items()},
        symptoms={kind: dict(row.get("symptoms", {})) for kind, row in known.items()},
        command=str(value.get("command", "")),
    )
