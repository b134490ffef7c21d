"""What simple models and single features reach on the same data."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleModel:
    """What a simple scikit-learn model reaches on the same data, cross-validated.

    Args:
        name: the model, such as `logistic regression`.
        score: balanced accuracy or R2, mean over folds.
        chance: the same for a constant predictor.
        chance_high: 95 % upper bound of the score of this model on permuted labels.
    """

    name: str
    score: float
    chance: float
    chance_high: float

    @property
    def progress(self) -> float:
        """How far the model gets, where 0 is the constant guess and 1 its bound by chance."""
        width = self.chance_high - self.chance
        gained = self.score - self.chance
        if width <= 0.0:
            return math.inf if gained > 0.0 else 0.0
        return gained / width


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongFeature:
    """The feature that tells most of the answer by itself.

    Args:
        feature: its number in the first input.
        score: balanced accuracy or R2 of the nearest other row along this feature alone.
        others: the same of the best simple model on all other features, cross-validated.
        rows: rows that were looked at.
        fewest: rows of the smallest class; all rows for numbers.
        is_answer: whether it is the answer itself: one value for each class and one class for each
            value, or for numbers a factor and an offset.
    """

    feature: int
    score: float
    others: float
    rows: int
    fewest: int
    is_answer: bool
