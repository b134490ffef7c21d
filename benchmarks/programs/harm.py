"""Whether a fault harmed: a faulty run beside healthy runs of the same program.

A fault counts only if the score of the run is below the mean of its healthy twins by more than a
tenth of what they gain over the constant answer, and by more than twice the spread of the twins
(that of all programs of the matrix where a program has few twins).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from programs.rows import Row

SHARE = 0.1  # of the gain of the twins over the constant answer
SPREADS = 2.0


@dataclass(frozen=True, kw_only=True)
class Twins:
    """Healthy runs of one program.

    Args:
        mean: of their scores.
        spread: standard deviation of their scores.
        constant: mean score of the constant answer.
    """

    mean: float
    spread: float
    constant: float

    def are_better(self, reached: float) -> bool:
        """Whether a run is clearly worse than its twins."""
        lost = self.mean - reached
        return lost > max(SHARE * (self.mean - self.constant), SPREADS * self.spread)


def twins_of(rows: Iterable[Row]) -> dict[str, Twins]:
    """Healthy runs by program; those that are not healthy by their score are left out."""
    scores = defaultdict(list)
    constants = defaultdict(list)
    for row in rows:
        if row["healthy"]:
            scores[row["program"]].append(row["reached"])
            constants[row["program"]].append(row["constant"])
    spreads = [np.std(values, ddof=1) for values in scores.values() if len(values) > 1]
    usual = float(np.median(spreads)) if spreads else 0.0
    return {
        name: Twins(
            mean=float(np.mean(values)),
            spread=max(usual, float(np.std(values, ddof=1))) if len(values) > 1 else usual,
            constant=float(np.mean(constants[name])),
        )
        for name, values in scores.items()
    }


def effective(rows: Iterable[Row], twins: Mapping[str, Twins]) -> list[Row]:
    """The faulty runs whose fault harmed."""
    return [
        row
        for row in rows
        if row["host"] in twins and twins[row["host"]].are_better(row["reached"])
    ]
