"""Plans made of two: against two faults at once, or one plan with another number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from keras_debugger.proof.ordering import error_of
from keras_debugger.proof.refining import refined
from keras_debugger.types.plan import Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import CauseKind

SECOND_FAULT = 0.6  # a second plan that leaves more of the error is tuning, not another repair


@dataclass(kw_only=True)
class Combinations:
    """What was combined in a search, and what that left of the error.

    Args:
        combine: makes one plan of two, or None where they do not go together; None combines none.
        made_of: the two parts of each combined plan.
        shares: score of a combined plan in a short trial over that of its first part.
    """

    combine: Callable[[Plan, Plan], Plan | None] | None
    made_of: dict[Plan, tuple[Plan, Plan]] = field(default_factory=dict)
    shares: dict[Plan, float] = field(default_factory=dict)

    def together(
        self, first: Plan, others: Iterable[Plan], *, known: Collection[Plan]
    ) -> list[Plan]:
        """A plan with each of others, against the cause of the other; those not known yet."""
        if self.combine is None:
            return []
        made = []
        for second in others:
            both = self.combine(first, second)
            if both is not None and both not in known:
                both = replace(both, cause=second.cause, prior=second.prior)
                self.made_of[both] = (first, second)
                made.append(both)
        return made

    def finer(self, plan: Plan, *, known: Collection[Plan]) -> list[Plan]:
        """A plan with other numbers, those not known yet."""
        made = [other for other in refined(plan) if other not in known]
        self.made_of |= {other: (plan, plan) for other in made}
        return made

    def causes(self, plan: Plan, finished: Mapping[Plan, Trial]) -> tuple[CauseKind, ...]:
        """The causes that a plan is against, those of its parts first.

        Args:
            plan: a plan.
            finished: full trainings so far.
        """
        if plan not in self.made_of:
            return () if plan.cause is None else (plan.cause,)
        first, second = self.made_of[plan]
        if self._left_over(first, plan, finished) > SECOND_FAULT:
            return self.causes(first, finished)
        both = (*self.causes(first, finished), *self.causes(second, finished))
        return tuple(dict.fromkeys(both))

    def _left_over(self, first: Plan, both: Plan, finished: Mapping[Plan, Trial]) -> float:
        """Share of the error of a plan that is left when another one is added."""
        if first in finished and both in finished:
            before = error_of(finished[first])
            return error_of(finished[both]) / before if before > 0.0 else 1.0
        return self.shares.get(both, 1.0)
