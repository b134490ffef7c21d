"""Rows of a run, bounded at any length: the first steps whole, later ones thinned."""

from dataclasses import dataclass, field

import numpy as np

from keras_debugger.recording.gradients import FIRST_STEPS


@dataclass(eq=False)
class StepTable:
    """Numbers for each step; thinned to a fixed size, never at the start of the run.

    Args:
        every: steps that are kept longest are multiples of this.
        limit: largest number of rows.
    """

    every: int
    limit: int
    stride: int = 1
    steps: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    values: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    def append(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Add rows; a row wider than the earlier ones makes them wider, with NaN.

        Args:
            steps: step numbers, shape (rows,).
            values: shape (rows, width).
        """
        width = max(values.shape[1], self.values.shape[1])
        keep = self._kept(steps)
        self.steps = np.concatenate([self.steps, steps[keep]])
        self.values = np.concatenate([_widen(self.values, width), _widen(values[keep], width)])
        while len(self.steps) > self.limit:
            self.stride = self.every if self.stride == 1 < self.every else 2 * self.stride
            keep = self._kept(self.steps)
            self.steps, self.values = self.steps[keep], self.values[keep]

    def _kept(self, steps: np.ndarray) -> np.ndarray:
        return np.asarray((steps < FIRST_STEPS) | (steps % self.stride == 0))


def _widen(values: np.ndarray, width: int) -> np.ndarray:
    missing = width - values.shape[1]
    return np.pad(values, ((0, 0), (0, missing)), constant_values=np.nan) if missing else values
