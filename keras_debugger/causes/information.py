"""What an experiment would tell, and what its answer makes of the belief about the causes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keras_debugger.types.cause import Cause
from keras_debugger.types.vocabulary import CauseKind

CLEAR = 0.9  # probability from which a cause is clear, and nothing is left to decide

# Probability of each cause; None stands for all that are not named, or not known.
Belief = Mapping[CauseKind | None, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way in which an experiment can end.

    Args:
        name: what happens, in a word or two.
        given: probability that it ends so, by cause.
        otherwise: the same for the causes that are not in `given`.
    """

    name: str
    given: Mapping[CauseKind, float] = field(default_factory=dict)
    otherwise: float

    def likelihood(self, kind: CauseKind | None) -> float:
        """Probability that it ends so if this is the cause."""
        return self.otherwise if kind is None else self.given.get(kind, self.otherwise)


def belief_of(causes: Sequence[Cause]) -> dict[CauseKind | None, float]:
    """The belief that a ranking stands for; what it leaves over is unknown."""
    belief: dict[CauseKind | None, float] = {cause.kind: cause.confidence for cause in causes}
    belief[None] = max(0.0, 1.0 - sum(belief.values()))
    return belief


def updated(belief: Belief, outcome: Outcome) -> dict[CauseKind | None, float]:
    """The belief after an experiment ended so (Bayes' rule)."""
    weights = {kind: share * outcome.likelihood(kind) for kind, share in belief.items()}
    whole = sum(weights.values())
    return {kind: weight / whole for kind, weight in weights.items()} if whole else dict(belief)


def entropy(belief: Belief) -> float:
    """How open the question is, in bits; 0 if one cause is certain."""
    return -sum(share * math.log2(share) for share in belief.values() if share > 0.0)


def expected_information(belief: Belief, outcomes: Sequence[Outcome]) -> float:
    """By how many bits an experiment is expected to close the question.

    The mutual information of cause and outcome: entropy now minus the mean entropy after it.

    Args:
        belief: probability of each cause.
        outcomes: all ways in which it can end; for each cause their likelihoods add up to 1.
    """
    left = 0.0
    for outcome in outcomes:
        chance = sum(share * outcome.likelihood(kind) for kind, share in belief.items())
        if chance > 0.0:
            left += chance * entropy(updated(belief, outcome))
    return max(0.0, entropy(belief) - left)
