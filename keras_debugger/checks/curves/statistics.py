"""Statistics of one curve, robust to the noise of single epochs."""

import numpy as np


def smooth(values: np.ndarray) -> np.ndarray:
    """Running median over three epochs, same shape; the ends take two epochs."""
    if len(values) < 3:
        return values.astype(np.float64)
    middle = np.median(np.stack([values[:-2], values[1:-1], values[2:]]), axis=0)
    return np.concatenate([[values[:2].mean()], middle, [values[-2:].mean()]])


def end_level(values: np.ndarray) -> float:
    """Median of the last fifth, of at least one and at most five epochs."""
    return float(np.median(values[-max(1, min(5, len(values) // 5)) :]))


def improvement(values: np.ndarray) -> float:
    """Share of the first epoch's loss that went away: (first - best smoothed) / |first|."""
    scale = abs(float(values[0]))
    if scale == 0.0:
        return 0.0
    return max(0.0, float(values[0] - smooth(values)[1:].min(initial=values[0]))) / scale


def trend(values: np.ndarray) -> tuple[float, float]:
    """Kendall's tau of the values against time, and its p-value; (0, 1) for a constant."""
    if len(values) < 3 or np.ptp(values) == 0:
        return 0.0, 1.0
    from scipy.stats import kendalltau  # slow to load, and most records need it late or never

    tau, p_value = kendalltau(np.arange(len(values)), values)
    return float(tau), float(p_value)


def fall_rate_at_end(values: np.ndarray) -> float:
    """Fall an epoch over the last fifth, relative to the mean fall an epoch of the whole run.

    1 for a straight line, near 0 for a curve that has settled; NaN for a curve that did not fall.
    """
    level = smooth(values)
    total = float(values[0] - level[-1])
    if total <= 0 or len(values) < 5:
        return float("nan")
    tail = max(2, round(len(values) / 5))
    late = float(level[-1 - tail] - level[-1]) / tail
    return late / (total / (len(values) - 1))
