"""Recommendations: what to do next, each with the number that it rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from keras_debugger.report.words import clean, count, listing, number, percent, plan_title, title
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import CauseKind, Decision

RARE_CLASS = 10.0  # largest class / smallest class; the reference workflow's rule
LEAST_SURE = 0.1  # confidence from which a cause is worth a recommendation
PARAMETERS_A_ROW = 10.0  # parameters / training rows; the reference workflow's rule


class Area(StrEnum):
    """What a recommendation is about."""

    ARCHITECTURE = "architecture"
    DATA = "data"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One thing to do next.

    Args:
        area: what it is about.
        text: what to do, one sentence.
        evidence: the number that it rests on, one sentence.
    """

    area: Area
    text: str
    evidence: str


_DATA_CAUSES = {
    CauseKind.INPUTS_NOT_NORMALIZED,
    CauseKind.INPUTS_CONSTANT,
    CauseKind.TARGETS_NOT_SCALED,
    CauseKind.NAN_IN_DATA,
    CauseKind.OUTLIERS,
    CauseKind.LABELS_CORRUPTED,
    CauseKind.CLASS_IMBALANCE,
    CauseKind.UNREPRESENTATIVE_SPLIT,
    CauseKind.PREPROCESSING_MISMATCH,
}
_TRAINING_CAUSES = {
    CauseKind.LEARNING_RATE_TOO_HIGH,
    CauseKind.LEARNING_RATE_TOO_LOW,
    CauseKind.TOO_FEW_UPDATES,
    CauseKind.UNCLIPPED_GRADIENTS,
    CauseKind.NOT_SHUFFLED,
    CauseKind.WRONG_LOSS,
}


def recommend(
    diagnosis: Diagnosis,
    diagnosis_after: Diagnosis | None,
    setup: TrainingSetup,
    tried: Sequence[Trial],
    verdict: Verdict,
) -> tuple[Recommendation, ...]:
    """What to do next, from what was measured.

    Args:
        diagnosis: of the original run.
        diagnosis_after: of the fixed run, None if no fix was proved.
        setup: the user's program.
        tried: trainings of the search.
        verdict: what the proof says.

    Returns:
        Recommendations on architecture, data and training, in this order.
    """
    now = diagnosis if diagnosis_after is None else diagnosis_after
    found = [
        *_remaining_causes(now, fixed=diagnosis_after is not None),
        *_architecture(setup, now),
        *_data(setup, now),
        *_training(now, tried, verdict),
    ]
    order = list(Area)
    return tuple(sorted(found, key=lambda item: order.index(item.area)))


def _remaining_causes(now: Diagnosis, *, fixed: bool) -> Iterator[Recommendation]:
    """What is still wrong, and what would mend it."""
    for cause in now.causes[:3]:
        if cause.confidence < LEAST_SURE:
            continue
        if cause.kind in _DATA_CAUSES:
            area = Area.DATA
        else:
            area = Area.TRAINING if cause.kind in _TRAINING_CAUSES else Area.ARCHITECTURE
        state = "still" if fixed else "in the original run"
        remedy = title(listing(cause.fixes[:2])) if cause.fixes else "Look into this by hand"
        sure = f"{percent(cause.confidence)} sure"
        evidence = cause.evidence[0] if cause.evidence else f"rests on {listing(cause.findings)}"
        yield Recommendation(
            area=area,
            text=f"{remedy}: {state} suspected, {clean(cause.kind.value)} ({sure}).",
            evidence=clean(evidence),
        )


def _architecture(setup: TrainingSetup, now: Diagnosis) -> Iterator[Recommendation]:
    weights, rows = setup.model.trainable_parameters, setup.data.rows
    if rows and weights / rows > PARAMETERS_A_ROW and now.problems:
        yield Recommendation(
            area=Area.ARCHITECTURE,
            text="Try a smaller network; it trains faster and has less room to memorise.",
            evidence=f"{count(weights, 'trained parameter')} for {count(rows, 'training row')}, "
            f"{number(weights / rows)} a row.",
        )
    for simple in setup.data.simple_models[:1]:
        if simple.score > simple.chance_high:
            yield Recommendation(
                area=Area.ARCHITECTURE,
                text=f"Use {clean(simple.name)} as the yardstick: a network that does not beat it "
                "is not worth its cost.",
                evidence=f"It reaches {number(simple.score)} (cross-validated); a constant guess "
                f"reaches {number(simple.chance)}.",
            )


def _data(setup: TrainingSetup, now: Diagnosis) -> Iterator[Recommendation]:
    data = setup.data
    for labels in data.labels:
        filled = [amount for amount in labels.counts if amount > 0]
        if filled and max(filled) > RARE_CLASS * min(filled):
            yield Recommendation(
                area=Area.DATA,
                text="Collect more rows of the rare classes, and judge by balanced accuracy.",
                evidence=f"The smallest class has {count(min(filled), 'row')}, the largest "
                f"{max(filled):,}.",
            )
    if data.constant_features:
        yield Recommendation(
            area=Area.DATA,
            text="Drop the features that never vary.",
            evidence=f"{count(data.constant_features, 'feature')} of the first input have one "
            "value only.",
        )
    broken = sum(part.nonfinite_rows for part in data.inputs)
    if broken:
        yield Recommendation(
            area=Area.DATA,
            text="Repair the rows with missing or infinite values at their source.",
            evidence=f"{count(broken, 'row')} of {data.rows:,} hold NaN or infinity.",
        )
    shift = now.record.shift
    if shift is not None and shift.duplicates:
        yield Recommendation(
            area=Area.DATA,
            text="Keep repeated rows on one side of the split, or validation looks too good.",
            evidence=f"{count(shift.duplicates, 'validation row')} are also training rows.",
        )


def _training(now: Diagnosis, tried: Sequence[Trial], verdict: Verdict) -> Iterator[Recommendation]:
    values = {} if now.record.epoch_logs is None else now.record.epoch_logs.values
    validation = values.get("val_loss")
    if validation is not None and len(validation) >= 5 and np.isfinite(validation).all():
        best = int(np.argmin(validation))
        if best == len(validation) - 1:
            yield Recommendation(
                area=Area.TRAINING,
                text="Train for more epochs; the validation loss had not stopped falling.",
                evidence=f"Its lowest value came at the last of {len(validation)} epochs.",
            )
        elif validation[-1] > 1.1 * validation[best] > 0:
            yield Recommendation(
                area=Area.TRAINING,
                text="Add keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True).",
                evidence=f"The validation loss was lowest at epoch {best + 1} "
                f"({number(validation[best])}) and ended at {number(validation[-1])}.",
            )
    runner_up = _runner_up(tried, verdict)
    if runner_up is not None:
        plan, errors = runner_up
        yield Recommendation(
            area=Area.TRAINING,
            text=f"If you want to go on, try next: {plan_title(plan)}.",
            evidence=f"In the search its error was {number(errors[0])}; the unchanged model had "
            f"{number(errors[1])}.",
        )
    if verdict.decision is Decision.NOT_PROVEN and verdict.needed:
        yield Recommendation(
            area=Area.TRAINING, text=clean(verdict.needed), evidence=clean(verdict.sentence)
        )


def _runner_up(tried: Sequence[Trial], verdict: Verdict) -> tuple[Plan, tuple[float, float]] | None:
    """The best other plan where nothing was proved, with its error and that of the control."""
    if verdict.decision in (Decision.VERIFIED, Decision.IMPROVED):
        return None
    longest: dict[str, Trial] = {}
    for trial in tried:
        if trial.plan.name not in longest or trial.epochs >= longest[trial.plan.name].epochs:
            longest[trial.plan.name] = trial
    errors = {
        name: trial.selection.error
        for name, trial in longest.items()
        if trial.selection is not None and trial.selection.finite
    }
    control = errors.get(UNCHANGED.name)
    others = {name: error for name, error in errors.items() if longest[name].plan.fixes}
    others.pop(verdict.plan, None)
    if control is None or not others:
        return None
    best = min(others, key=lambda name: others[name])
    if others[best] >= 0.9 * control:
        return None
    return longest[best].plan, (others[best], control)
