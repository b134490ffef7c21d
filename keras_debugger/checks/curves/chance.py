"""Whether curves are those of a guess: the arithmetic of chance levels."""

import math

import numpy as np

from keras_debugger.checks.curves.runs import Run
from keras_debugger.checks.curves.statistics import end_level, improvement, smooth


def skill(accuracy: float, constant: float) -> float:
    """Share of a constant answer's errors that are gone: 0 is the constant answer, 1 perfect."""
    return (float(accuracy) - constant) / max(1 - constant, 1e-9)


def reaches(accuracy: np.ndarray, level: float) -> bool:
    """Whether an accuracy ends at or above a level; False if there is none."""
    return bool(len(accuracy)) and end_level(accuracy) >= level


def is_constant(values: np.ndarray) -> bool:
    """Whether at least three values are the same to five digits."""
    return len(values) >= 3 and float(np.ptp(values)) <= 1e-5 * float(np.abs(values).max())


def at_chance_level(loss: np.ndarray, accuracy: np.ndarray) -> int:
    """Number of equally frequent classes that the model only guesses, 0 if it does better.

    Cross-entropy of a uniform guess is log k and its accuracy 1 / k. Within 2 % of log k and a
    skill of at most .1 for up to 20 classes (above, some log k is always near); within 5 % and a
    skill of at most .25 for a loss that improves by less than a tenth.
    """
    if len(loss) < 2 or not len(accuracy):
        return 0
    level, reached = end_level(loss), end_level(accuracy)
    if not 0.6 < level < 10:
        return 0
    classes = max(2, round(math.exp(level)))
    distance = abs(level - math.log(classes)) / math.log(classes)
    gained = skill(reached, 1 / classes)
    moves = improvement(loss) >= 0.1
    if gained < -1 / classes or (moves and classes > 20):
        return 0
    allowed = (0.02, 0.1) if moves else (0.05, 0.25)
    return classes if distance <= allowed[0] and gained <= allowed[1] else 0


def held_out_at_chance(run: Run, constant: float, largest: float | None) -> bool:
    """Whether validation never gets better than a constant answer, nor far worse.

    Args:
        run: a run.
        constant: loss of the best constant answer.
        largest: share of the largest class, None for numbers.
    """
    loss, accuracy = run.curve("val_loss"), run.validation_accuracy
    if largest is None or len(loss) < 3 or not len(accuracy):
        return False
    gained = skill(float(smooth(accuracy).max()), largest)
    return (
        float(smooth(loss).min()) >= 0.97 * constant
        and end_level(loss) <= 1.25 * constant
        and abs(gained) <= 0.1
    )


def is_stuck(loss: np.ndarray, accuracy: np.ndarray) -> bool:
    """Whether the accuracy repeats one value, not near 1, while the loss has settled high.

    More than half of at least four epochs have the same accuracy to three digits, the loss improves
    by less than 30 % in all and by less than 2 % in the last third.
    """
    if len(accuracy) < 4 or len(loss) < 4:
        return False
    values, counts = np.unique(np.round(accuracy, 3), return_counts=True)
    same, share = float(values[counts.argmax()]), counts.max() / len(accuracy)
    level = smooth(loss)
    third = level[-max(2, len(level) // 3) :]
    settled = float(np.ptp(third)) <= 0.02 * abs(float(level[-1]))
    return share > 0.5 and same < 0.95 and improvement(loss) < 0.3 and settled
