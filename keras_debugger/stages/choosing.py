"""Which fix one fold of a cross-validation chooses, from its own rows alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.investigation import investigate
from keras_debugger.proof.cost import FOLD_BUDGET
from keras_debugger.proof.search import Shortlist, search
from keras_debugger.training.budget import Budget
from keras_debugger.types.cause import Cause
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial

if TYPE_CHECKING:
    from keras_debugger.training.trainer import Trainer

CANDIDATES = 4  # plans that a fold searches among


def choose_in_fold(
    trainer: Trainer,
    seed: int,
    *,
    plan: Plan,
    plans: Sequence[Plan],
    causes: Sequence[Cause],
    combine: Callable[[Plan, Plan], Plan | None] | None = None,
) -> tuple[Plan, tuple[Trial, ...]]:
    """Search among the rows of a fold.

    The candidates are the likeliest plans and the one that the first fold chose; which of them is
    used, if any, only the rows of this fold say.

    Args:
        trainer: trains on the parts of the fold.
        seed: seed of the search.
        plan: the plan that the first fold chose.
        plans: all candidates, likeliest first.
        causes: as ranked before.
        combine: makes one plan of two, or None where they do not go together.

    Returns:
        The chosen plan, UNCHANGED if none was better than the original, and every training.
    """
    spending = Budget(trainer=trainer, limit=FOLD_BUDGET, seed=seed)

    def look(
        plans: Sequence[Plan], *, base: Plan, known: Mapping[Plan, Trial], keep: float
    ) -> Shortlist:
        laboratory = Laboratory(budget=spending)
        found = investigate(laboratory, causes, plans, base=base, known=known, keep=keep)
        return Shortlist(queue=found.queue, trials=found.trials, control=found.control)

    likeliest = [other for other in plans if other != plan][: CANDIDATES - 1]
    order = sorted([plan, *likeliest], key=lambda one: -one.prior)
    found = search(spending, order, look=look, combine=combine)
    return (found.ranking[0] if found.ranking else UNCHANGED), found.trials
