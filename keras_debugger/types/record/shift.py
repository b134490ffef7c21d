"""How training and validation data differ."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How training and validation data differ.

    Args:
        feature_distance: Kolmogorov-Smirnov distance of each feature of the first input, shape
            (features,), 0 to 1.
        p_value: smallest p-value of these tests after Holm's correction.
        scale_ratio: largest ratio of the features' standard deviations, at least 1.
        offset: largest distance of the features' means in training standard deviations.
        missing_classes: class values in the validation labels that training never sees.
        absent_classes: class values in training that validation never sees.
        duplicates: number of validation rows that are also training rows.
        held_out_duplicates: number of held-out rows of autofix that also train or choose.
        held_out_rows: number of those held-out rows; 0 where nothing was held out.
    """

    feature_distance: np.ndarray
    p_value: float
    scale_ratio: float
    offset: float
    missing_classes: tuple[float, ...] = ()
    absent_classes: tuple[float, ...] = ()
    duplicates: int = 0
    held_out_duplicates: int = 0
    held_out_rows: int = 0
