"""What a whole run will cost, told before it starts."""

import math
from dataclasses import dataclass

from keras_debugger.proof.compare import FIRST_LOOK


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The least and the most that a run will take, in trainings of the original.

    Args:
        search: the most that the search takes; what it leaves may go into a learning curve.
        proof_low: the least that the proof of a first winner takes.
        proof_high: the most that all proofs take.
        longest: epochs of the longest plan over those of the original, for a plan that trains
            longer.
        spent: trainings of the original already made.
    """

    search: float
    proof_low: float
    proof_high: float
    longest: float = 1.0
    spent: float = 0.0

    @property
    def most(self) -> float:
        """The most that the whole run can take."""
        return self.spent + self.search + self.proof_high


def cost_of_run(
    *, budget: float, seeds: int, epoch: float, longest: float, spent: float, proofs: int = 2
) -> Cost:
    """Cost of a search and of the proof on a held-out part.

    Args:
        budget: trainings of the search.
        seeds: seeds of the whole proof.
        epoch: cost of one epoch, by which the search may pass its budget.
        longest: epochs of the longest plan over those of the original.
        spent: trainings made so far.
        proofs: plans that may enter the proof; they share the trainings of the original.
    """
    first = min(FIRST_LOOK, seeds)
    return Cost(
        search=budget + epoch,
        proof_low=first * 2.0,
        proof_high=seeds * (1.0 + proofs * longest),
        longest=longest,
        spent=spent,
    )


def cost_of_folds(*, budget: float, folds: int, epoch: float, longest: float, spent: float) -> Cost:
    """Cost of a search and of the proof by repeated cross-validation.

    Args:
        budget: trainings of the search.
        folds: number of folds.
        epoch: cost of one epoch.
        longest: epochs of the longest plan over those of the original.
        spent: trainings made so far.
    """
    one = 1.0 + longest  # the original and the plan, judged
    return Cost(
        search=budget + epoch,
        proof_low=min(folds, 5) * 2.0 + 1.0,
        # The last training has the rows of a fold as well. Later blocks of rows that are in order
        # of time train on fewer than the first.
        proof_high=folds * one + 1.5 * longest,
        longest=longest,
        spent=spent,
    )


def told(cost: Cost, seconds: float) -> str:
    """The cost in words.

    Args:
        cost: the cost.
        seconds: time of one training of the original, NaN if not known.
    """
    text = (
        f"This takes at most {cost.most - cost.spent:.3g} trainings of the original: up to "
        f"{cost.search:.3g} for the search, then {cost.proof_low:.3g} to {cost.proof_high:.3g} for "
        "the proof of its winner"
    )
    if not math.isfinite(seconds):
        return f"{text}."
    least, most = (seconds * (cost.search + proof) for proof in (cost.proof_low, cost.proof_high))
    return f"{text}; about {_time(least)} to {_time(most)} at {_time(seconds)} a training."


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
