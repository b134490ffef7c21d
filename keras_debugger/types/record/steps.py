"""What was seen at each optimizer step."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLogs:
    """What was seen at each optimizer step; all arrays have shape (steps,).

    Args:
        step: step numbers, int.
        epoch: epoch of each step, int.
        loss: loss of this step's batch alone, as the user's train_step computed it.
        learning_rate: learning rate in force at the step.
        batch_size: rows in the batch, int.
        seconds: time since training began, in seconds (interpolated inside an epoch).
        penalty: part of the loss that regularizers and `add_loss` of layers make; NaN where the
            train_step does not show it, None in older records.
    """

    step: np.ndarray
    epoch: np.ndarray
    loss: np.ndarray
    learning_rate: np.ndarray
    batch_size: np.ndarray
    seconds: np.ndarray
    penalty: np.ndarray | None = None
