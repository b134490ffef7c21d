"""Experiments in words, with their curves as points of a small picture."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keras_debugger.report.words import capital, clean, cost_words, number, sentence
from keras_debugger.types.experiment import Experiment

WIDTH, HEIGHT, MARGIN = 132.0, 36.0, 3.0
LOG_RANGE = 50.0  # ratio of largest to smallest value from which the picture is logarithmic
MOST_PROPOSED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentStory:
    """One experiment.

    Args:
        title: its name.
        question: what it asks.
        answer: what came out; empty if it was not made.
        cost: trainings of the original, in words.
        tone: `good` if it speaks for a cause, `neutral` else.
        words: what the picture shows; empty if there is none.
        control: points of the curve without the change, as SVG takes them.
        curve: points of the curve with it.
    """

    title: str
    question: str
    answer: str
    cost: str
    tone: str
    words: str = ""
    control: str = ""
    curve: str = ""


def tell_experiments(experiments: Sequence[Experiment]) -> tuple[ExperimentStory, ...]:
    """Put experiments into words, those that were made or those that would decide."""
    return tuple(map(_tell, experiments))


def experiment_lines(
    made: Sequence[ExperimentStory], proposed: Sequence[ExperimentStory]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Headings with their lines, for text of any kind; none without experiments."""
    if made:
        yield (
            "What was tried out",
            tuple(f"{one.title} ({one.cost}): {one.answer}" for one in made),
        )
    if proposed:
        yield (
            "What would decide",
            tuple(f"{one.title} ({one.cost}): {one.question}" for one in proposed[:MOST_PROPOSED]),
        )


def _tell(one: Experiment) -> ExperimentStory:
    control, curve = _points(one.control, one.curve)
    ends = f"{number(one.control[-1])} without, {number(one.curve[-1])} with" if curve else ""
    return ExperimentStory(
        title=capital(clean(one.name)),
        question=sentence(one.question),
        answer=sentence(one.answer) if one.answer else "",
        cost=cost_words(one.cost),
        tone="good" if one.speaks_for and one.made else "neutral",
        words=f"{capital(clean(one.measured))} over the epochs: {ends}" if curve else "",
        control=control,
        curve=curve,
    )


def _points(control: Sequence[float], curve: Sequence[float]) -> tuple[str, str]:
    """Both curves on one scale; empty if one of them has fewer than two finite values."""
    finite = [[value for value in values if math.isfinite(value)] for values in (control, curve)]
    if min(map(len, finite)) < 2:
        return "", ""
    low, high = min(map(min, finite)), max(map(max, finite))
    logarithmic = low > 0.0 and high > LOG_RANGE * low

    def height(value: float) -> float:
        if logarithmic:
            share = math.log(value / low) / math.log(high / low)
        else:
            share = (value - low) / (high - low) if high > low else 0.5
        return HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN)

    def points(values: Sequence[float]) -> str:
        step = (WIDTH - 2.0 * MARGIN) / max(len(values) - 1, 1)
        return " ".join(
            f"{MARGIN + i * step:.1f},{height(value):.1f}"
            for i, value in enumerate(values)
            if math.isfinite(value)
        )

    return points(control), points(curve)
