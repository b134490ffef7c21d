"""Statistics of the layers' outputs while training went on."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationLog:
    """Layer outputs on one fixed batch; arrays (probes, layers), NaN where it does not apply.

    Args:
        layers: layer names, in order of the columns; a shared layer has one column for each call.
        step: optimizer steps done before each probe, shape (probes,), int; 0 is before training.
        dead_share: share of units that are zero (or below, for a leaky unit) for every row of the
            batch, 0 to 1; ReLU family only.
        saturated_share: share of outputs within 1 % of the limits of tanh or sigmoid, 0 to 1.
        pre_activation_sd: standard deviation over rows and units before the activation.
        output_sd: mean over units of the standard deviation over rows, after the activation.
        mean_abs: mean absolute output.
        finite: False where the output holds NaN or infinity, bool.
    """

    layers: tuple[str, ...]
    step: np.ndarray
    dead_share: np.ndarray
    saturated_share: np.ndarray
    pre_activation_sd: np.ndarray
    output_sd: np.ndarray
    mean_abs: np.ndarray
    finite: np.ndarray
