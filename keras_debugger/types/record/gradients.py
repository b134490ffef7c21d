"""Statistics of the gradients at each step, and the variables they belong to."""

from dataclasses import dataclass

import numpy as np

from keras_debugger.types.vocabulary import VariableRole


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableDescription:
    """One trainable variable, resolved at capture.

    Args:
        path: unique path as Keras gives it, such as `sequential/dense/kernel`.
        layer: name of its layer.
        role: what it does in its layer.
        shape: shape.
        depth: position of its layer from the input, from 0.
        initial_mean: mean of the values before the first step, NaN if not seen.
        initial_sd: standard deviation of the values before the first step, NaN if not seen.
    """

    path: str
    layer: str
    role: VariableRole
    shape: tuple[int, ...]
    depth: int
    initial_mean: float = float("nan")
    initial_sd: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientLog:
    """Statistics of the gradients that the optimizer received; arrays (rows, variables).

    Args:
        variables: the trainable variables, in order of the columns.
        step: step of each row, shape (rows,), int.
        norm: L2 norm of the gradient before clipping, unit of the loss per unit of the weight;
            NaN for a variable that gets no gradient. Above 2.6e19 (divided by the loss scale, where
            there is one) the sum of squares leaves the range of float32: the norm is then a lower
            bound, the largest entry or that limit.
        max_abs: largest absolute entry.
        zero_share: share of entries that are exactly zero, 0 to 1 (rows for embeddings).
        finite: False where the gradient holds NaN or infinity, bool.
        weight_norm: L2 norm of the variable before the step; between rows in full the last known.
        update_norm: L2 norm of the change that the step made.
        clipped_norm: L2 norm after clipping, accumulation and unscaling; None where the optimizer
            changes nothing.
        without_gradient: columns of variables for which the tape gave no gradient.
        first_nonfinite: (step, column) of the first NaN or infinity, None if there is none.
        full_every: gradient norms and flags are recorded at each row; max_abs, zero_share,
            update_norm and weight_norm at the first steps and at every `full_every`-th step.
    """

    variables: tuple[VariableDescription, ...]
    step: np.ndarray
    norm: np.ndarray
    max_abs: np.ndarray
    zero_share: np.ndarray
    finite: np.ndarray
    weight_norm: np.ndarray
    update_norm: np.ndarray
    clipped_norm: np.ndarray | None = None
    without_gradient: tuple[int, ...] = ()
    first_nonfinite: tuple[int, int] | None = None
    full_every: int = 1

    @property
    def global_norm(self) -> np.ndarray:
        """L2 norm over all variables, shape (rows,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.nansum(np.square(self.norm.astype(np.float64)), axis=1)
        return np.asarray(np.sqrt(squares))
