"""The model's answers while training went on."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionLog:
    """Answers of the first output on one fixed batch with known labels.

    Args:
        step: optimizer steps done before each probe, shape (probes,), int; 0 is before training.
        rows: number of rows in the batch.
        spread: mean over units of the standard deviation over rows, shape (probes,).
        mean: mean answer, shape (probes,).
        sd_of_labels: standard deviation of the labels in the batch, NaN for classes.
        class_shares: share of rows answered with each class, shape (probes, classes); None for
            numbers.
        recall: share of the rows of each class that are answered right, shape (probes, classes),
            NaN for a class that is not in the batch; None for numbers.
        label_shares: share of each class among the labels of the batch, shape (classes,).
        agreement: squared correlation of answers and labels, shape (probes,), 0 to 1; None for
            classes.
        from_validation: whether the batch was held-out data.
        finite: False where an answer is NaN or infinite, shape (probes,), bool.
    """

    step: np.ndarray
    rows: int
    spread: np.ndarray
    mean: np.ndarray
    finite: np.ndarray
    sd_of_labels: float = float("nan")
    class_shares: np.ndarray | None = None
    recall: np.ndarray | None = None
    label_shares: np.ndarray | None = None
    agreement: np.ndarray | None = None
    from_validation: bool = False
