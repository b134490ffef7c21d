"""What goes into a search and what comes out: plans after short trials, and their ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from keras_debugger.types.plan import Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import CauseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """Plans after short trials.

    Args:
        queue: plans in the order in which they deserve a full training.
        trials: the last short trial of each plan that had one.
        control: what they were compared with; None if nothing was tried.
    """

    queue: tuple[Plan, ...]
    trials: Mapping[Plan, Trial] = field(default_factory=dict)
    control: Trial | None = None


class Look(Protocol):
    """Makes short trials of plans beside a control, within the budget of the search."""

    def __call__(
        self, plans: Sequence[Plan], *, base: Plan, known: Mapping[Plan, Trial], keep: float
    ) -> Shortlist:
        """The plans in the order in which they deserve a full training.

        Args:
            plans: candidates, best first.
            base: the control that they must beat.
            known: full trainings so far.
            keep: trainings to leave in the budget.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What the search found.

    Args:
        ranking: plans that beat the original on the selection part, best first.
        trials: every training, in order.
        cost: trainings of the original that it took.
        causes: causes that the first plan of the ranking is against, in the order of discovery.
    """

    ranking: tuple[Plan, ...]
    trials: tuple[Trial, ...]
    cost: float
    causes: tuple[CauseKind, ...] = ()
