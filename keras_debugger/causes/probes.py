"""Probes of fixes: which causes each is aimed at, and how it ends if one of these is there."""

from keras_debugger.causes.information import Outcome
from keras_debugger.types.plan import Plan
from keras_debugger.types.remedies import REMEDIES
from keras_debugger.types.vocabulary import CauseKind

# What a probe gains over the unchanged control.
SHARE_OF_BEST = 0.8  # plans with this share of the best gain are as good as the best
MIN_GAIN = 0.05  # of the control's score
ON_ITS_WAY = 0.2  # of the control's loss, where no answer is better than a constant guess yet
# How a probe ends, if its cause is the one and if not.
PROBE = (("best", 0.70, 0.15), ("better", 0.15, 0.20), ("no better", 0.15, 0.65))
# In a short training a higher rate looks good whatever is wrong, also in a healthy program.
FASTER_PROBE = (("best", 0.70, 0.35), ("better", 0.15, 0.25), ("no better", 0.15, 0.40))
FASTER = frozenset({CauseKind.LEARNING_RATE_TOO_LOW, CauseKind.TOO_FEW_UPDATES})
BLIND_PROBE = (("best", 0.40, 0.30), ("better", 0.25, 0.25), ("no better", 0.35, 0.45))


def aimed_at(plan: Plan) -> tuple[CauseKind, ...]:
    """The cause of a plan, and the others whose first remedy it is as well."""
    names = tuple(fix.name for fix in plan.fixes)
    others = [kind for kind, remedies in REMEDIES.items() if remedies[:1] == (names,)]
    return tuple(dict.fromkeys((*((plan.cause,) if plan.cause else ()), *others)))


def probe_outcomes(*kinds: CauseKind, blind: bool = False) -> tuple[Outcome, Outcome, Outcome]:
    """How a probe of a fix against causes ends: as good as the best, better, or no better.

    Args:
        kinds: the causes.
        blind: whether nothing that was tried is better than a constant guess yet, or clearly on
            its way; differences are mostly noise then.
    """
    table = BLIND_PROBE if blind else FASTER_PROBE if FASTER & set(kinds) else PROBE
    best, better, none = (
        Outcome(name=name, given=dict.fromkeys(kinds, hit), otherwise=miss)
        for name, hit, miss in table
    )
    return best, better, none
