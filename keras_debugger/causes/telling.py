"""Experiments as evidence: what was changed and what happened, in words and numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from keras_debugger.causes.experiments import loss_curve
from keras_debugger.causes.information import Belief, Outcome
from keras_debugger.causes.interventions import Answer, Intervention
from keras_debugger.causes.probes import aimed_at
from keras_debugger.causes.ranking import LEAST
from keras_debugger.types.cause import Cause
from keras_debugger.types.edit import BalanceClasses, ScaleTargets, SetLoss
from keras_debugger.types.experiment import Experiment
from keras_debugger.types.plan import Plan
from keras_debugger.types.remedies import REMEDIES, fix_names
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import CauseKind

MENDED = 0.5  # probability of a cause that a part of the best plan is against
SPEAKS = 1.2  # likelihood ratio from which an outcome speaks for a cause
OTHER_LOSS = (SetLoss, ScaleTargets, BalanceClasses)  # with these, losses are not comparable


def asked(plan: Plan, cost: float, information: float = float("nan")) -> Experiment:
    """A probe of a plan that was not made yet."""
    kinds = aimed_at(plan)
    why = f"If {', or '.join(kind.value for kind in kinds)}" if kinds else "If it helps"
    return Experiment(
        name=f"probe of {plan.name}",
        question=f"{why}, {plan.name} should show it within a few epochs: does it?",
        separates=kinds,
        cost=cost,
        information=information,
    )


def probed(plan: Plan, trial: Trial, control: Trial, outcome: Outcome) -> Experiment:
    """A probe of a plan and what came out."""
    comparable = not any(isinstance(edit, OTHER_LOSS) for edit in plan.edits)
    curves = (loss_curve(control), loss_curve(trial)) if comparable else ((), ())
    one = asked(plan, trial.cost)
    kinds = one.separates
    return replace(
        one,
        answer=_what_happened(trial, control, outcome),
        measured="validation loss" if all(curves) else "",
        control=curves[0] if all(curves) else (),
        curve=curves[1] if all(curves) else (),
        speaks_for=kinds if outcome.name == "best" else (),
        speaks_against=kinds if outcome.name == "no better" else (),
    )


def proposed(intervention: Intervention, cost: float, information: float) -> Experiment:
    """An intervention that was not made yet."""
    return Experiment(
        name=intervention.name,
        question=intervention.question,
        separates=intervention.separates,
        cost=cost,
        information=information,
    )


def answered(intervention: Intervention, answer: Answer, belief: Belief) -> Experiment:
    """An intervention and what came out, with the causes that it speaks for and against."""
    mean = sum(share * answer.outcome.likelihood(kind) for kind, share in belief.items())
    ratios = {
        kind: answer.outcome.likelihood(kind) / max(mean, 1e-12)
        for kind in belief
        if kind is not None
    }
    return replace(
        proposed(intervention, answer.cost, float("nan")),
        answer=answer.words,
        measured=answer.measured,
        control=answer.control,
        curve=answer.curve,
        speaks_for=tuple(kind for kind, ratio in ratios.items() if ratio >= SPEAKS),
        speaks_against=tuple(kind for kind, ratio in ratios.items() if ratio <= 1.0 / SPEAKS),
    )


def causes_after(
    causes: Sequence[Cause], belief: Belief, experiments: Sequence[Experiment]
) -> tuple[Cause, ...]:
    """The causes with what the experiments made of them, most likely first."""
    known: Mapping[CauseKind, Cause] = {cause.kind: cause for cause in causes}
    after = []
    for kind, share in belief.items():
        if kind is None or (kind not in known and share < LEAST):
            continue
        cause = known.get(kind) or _unnamed(kind)
        bearing = tuple(
            one for one in experiments if kind in one.speaks_for or kind in one.speaks_against
        )
        words = tuple(f"{_capital(one.name)}: {one.answer}" for one in bearing)
        after.append(
            replace(
                cause,
                confidence=min(1.0, share),
                evidence=(*cause.evidence, *words),
                experiments=bearing,
            )
        )
    after.sort(key=lambda cause: -cause.confidence)
    return tuple(after)


def with_mended(causes: Sequence[Cause], mended: Sequence[CauseKind]) -> tuple[Cause, ...]:
    """The causes when the best plan is against several of them: there are several faults.

    Args:
        causes: most likely first.
        mended: causes that the best plan is against.
    """
    if len(mended) < 2:
        return tuple(causes)
    known = {cause.kind: cause for cause in causes}
    both = " and ".join(kind.value for kind in mended)
    words = f"The program was best with fixes against both: {both}."
    for kind in mended:
        cause = known.get(kind) or _unnamed(kind)
        known[kind] = replace(
            cause,
            confidence=max(cause.confidence, MENDED),
            evidence=(*cause.evidence, words),
        )
    return tuple(sorted(known.values(), key=lambda cause: -cause.confidence))


def _unnamed(kind: CauseKind) -> Cause:
    return Cause(kind=kind, confidence=0.0, fixes=fix_names(kind), repairable=bool(REMEDIES[kind]))


def _what_happened(trial: Trial, control: Trial, outcome: Outcome) -> str:
    if trial.failure:
        return f"It could not be trained: {trial.failure}"
    epochs = "epoch" if trial.epochs == 1 else "epochs"
    words = {
        "best": "as good as the best that was tried",
        "better": "better, but not as good as the best that was tried",
    }.get(outcome.name, "no better")
    return (
        f"After {trial.epochs} {epochs} {_error(trial)} with it and {_error(control)} without it: "
        f"{words}."
    )


def _error(trial: Trial) -> str:
    score = trial.selection
    if score is None:
        return "no error could be measured"
    if not score.finite:
        return "the answers were NaN or infinite"
    return f"the error on the validation rows was {score.error:.3g}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
