"""What single rows and subsets of them say: more rows, or a second look at some labels."""

from collections.abc import Iterator, Sequence

import numpy as np

from keras_debugger.report.advice import Area, Recommendation
from keras_debugger.report.words import count, listing, number, percent
from keras_debugger.types.learning_curve import LearningCurve
from keras_debugger.types.trial import Trial

_COUNTED = ("accuracy", "balanced_accuracy")
FEWEST_SEEDS = 3
FEW_ROWS = 0.1  # share of the rows that counts as few
MUCH_ERROR = 0.3  # share of the error that counts as much
SHOWN = 12  # row numbers in a sentence


def from_learning_curve(curve: LearningCurve | None) -> Iterator[Recommendation]:
    """More rows, if the error still falls with them; else that more of the same will not help.

    Args:
        curve: errors on fewer rows, None if not measured.
    """
    if curve is None:
        return
    points = listing(
        f"{number(error)} on {rows:,} rows"
        for rows, error in zip(curve.rows, curve.errors, strict=True)
    )
    noise = f", chance over seeds {number(curve.noise)}" if curve.noise == curve.noise else ""
    evidence = f"The fixed model's error on the selection rows is {points}{noise}."
    if curve.falls:
        gain = curve.gain_of_last_doubling
        yield Recommendation(
            area=Area.DATA,
            text=f"Collect more rows: the last doubling took {percent(gain)} of the error away, "
            "and the next one is likely to take a like share.",
            evidence=evidence,
            gain=gain,
        )
    else:
        yield Recommendation(
            area=Area.DATA,
            text="More rows of the same kind are not the way: the last doubling changed the error "
            "by no more than chance does.",
            evidence=evidence,
            gain=0.0,
        )


def from_rows(proved: Sequence[Trial], numbers: Sequence[int]) -> Iterator[Recommendation]:
    """Rows to look at: those that every seed gets wrong, or few that hold much of the error.

    Args:
        proved: trainings of the fixed model in the proof.
        numbers: number of each held-out row, in the order of the scores.
    """
    scores = [trial.held_out for trial in proved if trial.held_out is not None]
    scores = [score for score in scores if score.finite and len(score.row_errors) == len(numbers)]
    if len(scores) < FEWEST_SEEDS or not numbers:
        return
    errors = np.array([score.row_errors for score in scores])  # (seeds, rows)
    total = float(errors.mean(axis=0).sum())
    least = errors.min(axis=0)
    if total <= 0.0:
        return
    if scores[0].metric in _COUNTED:
        chosen = np.flatnonzero(least > 0.0)
        words = "that every seed answers against their label"
    else:
        order = np.argsort(-least, kind="stable")
        chosen = order[: max(1, int(FEW_ROWS * len(numbers)))]
        words = "that hold much of the error on every seed"
    share = float(errors.mean(axis=0)[chosen].sum()) / total
    if not len(chosen) or share < MUCH_ERROR:
        return
    names = [str(numbers[row]) for row in chosen[:SHOWN]]
    more = f" and {len(chosen) - SHOWN} more" if len(chosen) > SHOWN else ""
    yield Recommendation(
        area=Area.DATA,
        text=f"Look at the labels of {count(len(chosen), 'held-out row')} {words}: "
        f"rows {', '.join(names)}{more} (from 0). Wrong labels, or a kind of row that is missing "
        "among those that train.",
        evidence=f"They hold {percent(share)} of the error that is left on {len(numbers):,} "
        f"held-out rows, over {len(scores)} seeds.",
        gain=share,
    )
