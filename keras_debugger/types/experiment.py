"""Experiment: a short intervention, what it asks, and what came out if it was made."""

from dataclasses import dataclass

from keras_debugger.types.vocabulary import CauseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One thing changed for a short while, beside the same without the change.

    Args:
        name: short name: `probe of lower-learning-rate`, `one batch`, `shuffled labels`.
        question: what it asks, one sentence.
        separates: causes that its answer speaks for or against.
        cost: trainings of the original that it took; that it would take, if it was not made.
        answer: what came out, one sentence with its numbers; empty if it was not made.
        measured: what the curves show, such as `validation loss`; empty if there are none.
        control: the curve without the change, one value an epoch.
        curve: the curve with it, one value an epoch.
        speaks_for: causes that the answer made more likely.
        speaks_against: causes that the answer made less likely.
        information: bits that it was expected to tell before it was made; NaN if not known.
    """

    name: str
    question: str
    separates: tuple[CauseKind, ...]
    cost: float
    answer: str = ""
    measured: str = ""
    control: tuple[float, ...] = ()
    curve: tuple[float, ...] = ()
    speaks_for: tuple[CauseKind, ...] = ()
    speaks_against: tuple[CauseKind, ...] = ()
    information: float = float("nan")

    @property
    def made(self) -> bool:
        """Whether it was made."""
        return bool(self.answer)
