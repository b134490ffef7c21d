"""Plans: the fixes against each cause that this set-up allows, best first."""

from collections.abc import Iterable, Sequence

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes import ALL_FIXES
from keras_debugger.fixes.base import Fix
from keras_debugger.types.cause import Cause
from keras_debugger.types.edit import Edit
from keras_debugger.types.plan import AppliedFix, Plan
from keras_debugger.types.remedies import REMEDIES, fix_names
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import CauseKind

# Each further remedy of a cause waits behind the first ones of causes this much less likely.
NEXT_REMEDY = 0.6
# Worth a try in any run that went wrong (method of short trials: these four name most causes).
STANDING = (
    (CauseKind.LEARNING_RATE_TOO_HIGH, ("lower-learning-rate",)),
    (CauseKind.LEARNING_RATE_TOO_LOW, ("raise-learning-rate",)),
    (CauseKind.BAD_INITIALIZATION, ("change-initializer",)),
    (CauseKind.SATURATING_ACTIVATION, ("relu-activation", "batch-norm")),
)
STANDING_PRIOR = 0.01  # probability that a cause of no finding is the one
WORTH_TELLING = 0.1  # probability of a cause from which its refused fixes are reported


def plan_fixes(causes: Sequence[Cause], setup: TrainingSetup) -> tuple[Plan, ...]:
    """The combinations of fixes to try, best first.

    A combination of which one fix is refused is left out. Of combinations that make the same
    edits the first is kept. Behind the remedies of the causes come four that are worth a try in
    any run that went wrong.

    Args:
        causes: causes, most likely first; none gives no plans.
        setup: the set-up to change.
    """
    weighted: list[tuple[float, Plan]] = []
    mendable = [cause for cause in causes if cause.repairable]
    for cause in mendable:
        for rank, names in enumerate(REMEDIES[cause.kind]):
            plan = _plan(names, cause.kind, cause.confidence, setup)
            if plan is not None:
                weighted.append((cause.confidence * NEXT_REMEDY**rank, plan))
    if mendable:
        for kind, names in STANDING:
            plan = _plan(names, kind, STANDING_PRIOR, setup)
            if plan is not None:
                weighted.append((0.0, plan))
    weighted.sort(key=lambda pair: -pair[0])
    return _without_doubles(plan for _, plan in weighted)


def plan_combined(first: Plan, second: Plan, setup: TrainingSetup) -> Plan:
    """The fixes of a second plan on top of those of a first: two faults at once.

    Args:
        first: the plan whose fixes are kept as they are.
        second: the plan whose fixes are applied anew to what the first leaves; those that the
            first has already are left out.
        setup: the set-up without either.

    Raises:
        NotApplicableError: a fix of the second does not go with the first.
    """
    changed = setup.with_edits(*first.edits)
    present = {fix.name for fix in first.fixes}
    applied = list(first.fixes)
    for fix in second.fixes:
        if fix.name not in present:
            changed, more = _named(fix.name).apply(changed)
            applied.append(more)
    return Plan(
        name=_joined(applied),
        cause=first.cause,
        fixes=tuple(applied),
        prior=min(first.prior, second.prior),
    )


def refusals_of(causes: Sequence[Cause], setup: TrainingSetup) -> tuple[str, ...]:
    """Why fixes against the likely causes cannot be applied, one sentence each."""
    refusals: dict[str, None] = {}
    for cause in causes:
        if cause.confidence < WORTH_TELLING or not cause.repairable:
            continue
        for name in fix_names(cause.kind):
            try:
                _named(name).edits(setup)
            except NotApplicableError as error:
                refusals[str(error)] = None
    return tuple(refusals)


def _plan(
    names: tuple[str, ...], kind: CauseKind, prior: float, setup: TrainingSetup
) -> Plan | None:
    applied: list[AppliedFix] = []
    for name in names:
        try:
            setup, fix = _named(name).apply(setup)
        except NotApplicableError:
            return None
        applied.append(fix)
    return Plan(name=_joined(applied), cause=kind, fixes=tuple(applied), prior=prior)


def _named(name: str) -> Fix:
    return next(fix for fix in ALL_FIXES if fix.name == name)


def _joined(fixes: Iterable[AppliedFix]) -> str:
    return " + ".join(fix.name for fix in fixes)


def _without_doubles(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    kept: dict[frozenset[Edit], Plan] = {}
    for plan in plans:
        kept.setdefault(frozenset(plan.edits), plan)
    return tuple(kept.values())
