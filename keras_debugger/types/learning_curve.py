"""LearningCurve: the error that a fixed program reaches with fewer rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningCurve:
    """Errors on the selection part after training on subsets of the training part.

    All were trained for the same number of steps, so that fewer rows do not mean less training.

    Args:
        rows: rows that were trained on, ascending; the last is the whole training part.
        errors: error after training on them, lower is better.
        noise: standard deviation of the error over seeds with all rows; NaN if not known.
        cost: trainings of the original that it took.
    """

    rows: tuple[int, ...]
    errors: tuple[float, ...]
    noise: float = float("nan")
    cost: float = 0.0

    @property
    def gain_of_last_doubling(self) -> float:
        """Share of the error that the last doubling of the rows took away."""
        before, after = self.errors[-2:]
        return 1.0 - after / before if before > 0.0 else 0.0

    @property
    def falls(self) -> bool:
        """Whether the last doubling took away more than two standard deviations of the noise."""
        return self.errors[-2] - self.errors[-1] > 2.0 * self.noise
