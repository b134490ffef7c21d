"""Rows of a run, bounded at any length: the first steps whole, later ones thinned."""

from dataclasses import dataclass, field

import numpy as np

FIRST_STEPS = 50  # steps at the start that are always recorded in full, and kept


@dataclass(eq=False)
class StepTable:
    """Numbers for each step; thinned to a fixed size, never at the start of the run.

    Rows are put together when they are asked for, so that adding some costs the same however many
    there are.

    Args:
        every: steps that are kept longest are multiples of this.
        limit: largest number of rows.
    """

    every: int
    limit: int
    stride: int = 1
    _parts: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    _rows: int = 0

    @property
    def steps(self) -> np.ndarray:
        """Step numbers of the rows, shape (rows,)."""
        return self._whole()[0]

    @property
    def values(self) -> np.ndarray:
        """The rows, shape (rows, width)."""
        return self._whole()[1]

    def append(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Add rows; a row wider than the earlier ones makes them wider, with NaN.

        Args:
            steps: step numbers, shape (rows,).
            values: shape (rows, width).
        """
        self._add(steps, values)
        while self._rows > self.limit:
            self.stride = self.every if self.stride == 1 < self.every else 2 * self.stride
            whole = self._whole()
            self._parts, self._rows = [], 0
            self._add(*whole)

    def _add(self, steps: np.ndarray, values: np.ndarray) -> None:
        keep = (steps < FIRST_STEPS) | (steps % self.stride == 0)
        self._parts.append((steps[keep], values[keep]))
        self._rows += int(keep.sum())

    def _whole(self) -> tuple[np.ndarray, np.ndarray]:
        if not self._parts:
            return np.empty(0, np.int64), np.empty((0, 0))
        if len(self._parts) > 1:
            width = max(values.shape[1] for _, values in self._parts)
            steps = np.concatenate([steps for steps, _ in self._parts])
            rows = np.concatenate([_widen(values, width) for _, values in self._parts])
            self._parts = [(steps, rows)]
        return self._parts[0]


def _widen(values: np.ndarray, width: int) -> np.ndarray:
    missing = width - values.shape[1]
    return np.pad(values, ((0, 0), (0, missing)), constant_values=np.nan) if missing else values
