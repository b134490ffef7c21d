"""Recommendations: what to do next, each with the number that it rests on."""

from collections.abc import Iterator, Sequence

from keras_debugger.report.advice import AREA_OF_CAUSE, Area, Recommendation
from keras_debugger.report.advice_from_rows import from_learning_curve, from_rows
from keras_debugger.report.advice_from_runs import from_curves, from_search
from keras_debugger.report.words import clean, count, listing, number, percent, title
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.learning_curve import LearningCurve
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

__all__ = ["Area", "Recommendation", "recommend"]
RARE_CLASS = 10.0  # largest class / smallest class; the reference workflow's rule
LEAST_SURE = 0.1  # confidence from which a cause is worth a recommendation
PARAMETERS_A_ROW = 10.0  # parameters / training rows; the reference workflow's rule


def recommend(
    diagnosis: Diagnosis,
    diagnosis_after: Diagnosis | None,
    setup: TrainingSetup,
    tried: Sequence[Trial],
    verdict: Verdict,
    *,
    curve: LearningCurve | None = None,
    proved: Sequence[Trial] = (),
    held_out_rows: Sequence[int] = (),
) -> tuple[Recommendation, ...]:
    """What to do next, from what was measured.

    Args:
        diagnosis: of the original run.
        diagnosis_after: of the fixed run, None if no fix was proved.
        setup: the user's program.
        tried: trainings of the search.
        verdict: what the proof says.
        curve: errors on fewer rows, None if not measured.
        proved: trainings of the fixed model in the proof, empty if no fix was proved.
        held_out_rows: numbers of the rows that judged, as in the scores of `proved`.

    Returns:
        Those whose evidence says how much they can gain, largest first; then the others; last what
        will not help.
    """
    now = diagnosis if diagnosis_after is None else diagnosis_after
    found = [
        *_remaining_causes(now, fixed=diagnosis_after is not None),
        *from_learning_curve(curve),
        *from_rows(proved, held_out_rows),
        *from_curves(now, setup, fixed=diagnosis_after is not None),
        *_architecture(setup, now, verdict),
        *_data(setup, now),
        *from_search(tried, verdict),
    ]
    if verdict.decision is Decision.NOT_PROVEN and verdict.needed:
        found.append(
            Recommendation(
                area=Area.TRAINING,
                text=f"To decide whether the fix helps, give {clean(verdict.needed)}.",
                evidence=clean(verdict.sentence),
            )
        )
    # Sorting is stable: those of unknown gain keep their order, between the useful and the useless.
    return tuple(sorted(found, key=_place))


def _place(item: Recommendation) -> tuple[bool, float]:
    """Known gains first, then unknown ones, what will not help last."""
    return item.gain == 0.0, -item.gain if item.gain > 0.0 else 0.0


def _remaining_causes(now: Diagnosis, *, fixed: bool) -> Iterator[Recommendation]:
    """What is still wrong, and what would mend it."""
    for cause in now.causes[:3]:
        if cause.confidence < LEAST_SURE:
            continue
        state = "still" if fixed else "in the original run"
        remedy = title(listing(cause.fixes[:2])) if cause.fixes else "Look into this by hand"
        sure = f"{percent(cause.confidence)} sure"
        evidence = cause.evidence[0] if cause.evidence else f"rests on {listing(cause.findings)}"
        yield Recommendation(
            area=AREA_OF_CAUSE.get(cause.kind, Area.ARCHITECTURE),
            text=f"{remedy}: {state} suspected, {clean(cause.kind.value)} ({sure}).",
            evidence=clean(evidence),
        )


def _architecture(
    setup: TrainingSetup, now: Diagnosis, verdict: Verdict
) -> Iterator[Recommendation]:
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
                gain=_behind(simple.score, verdict),
            )


def _behind(score: float, verdict: Verdict) -> float:
    """Share of the present error that the simple model does not make; NaN if it makes more."""
    unlike = verdict.metric not in ("balanced_accuracy", "r2")
    errors = verdict.error_after or verdict.error_before
    error = sum(errors) / len(errors) if errors else 0.0
    gain = 1.0 - (1.0 - score) / error if error > 0.0 else 0.0
    return gain if gain > 0.0 and not unlike else float("nan")


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
