"""How far an optimizer moves each variable, seen inside the step.

Most optimizers of Keras say it: they hand the amount to `assign_sub` or `assign_add`, once for each
variable. It is taken from there, so that no value has to be copied. Where something else moves the
variable too (weight decay, a moving average, a constraint, an optimizer of the user's own), the
values before the update are kept and compared with those after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.step.branch import choose, handles_of, read

_TELLING = (
    keras.optimizers.SGD,
    keras.optimizers.RMSprop,
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.Adagrad,
    keras.optimizers.Adadelta,
    keras.optimizers.Adamax,
    keras.optimizers.Nadam,
    keras.optimizers.Lion,
)
_OTHER_MOVES = ("weight_decay", "use_ema", "gradient_accumulation_steps")


@dataclass(frozen=True, slots=True)
class Move:
    """The amount that was subtracted from a variable, or added to it: a tensor or IndexedSlices."""

    amount: Any
    is_added: bool


def tells_moves(optimizer: Any, variables: Sequence[Any]) -> bool:
    """Whether all that an optimizer does to variables goes through `assign_sub` or `assign_add`.

    Args:
        optimizer: the optimizer.
        variables: the variables that it is applied to.
    """
    return (
        type(optimizer) in _TELLING
        and not any(getattr(optimizer, name, None) for name in _OTHER_MOVES)
        and all(
            v.dtype in ("float32", tf.float32) for v in variables
        )  # others are rounded too much
        and not any(getattr(v, "constraint", None) for v in variables)
        and not any(getattr(v, "overwrite_with_gradient", False) for v in variables)
        and tf.distribute.get_strategy().num_replicas_in_sync == 1
    )


def copies_before(variables: Sequence[Any], wanted: Any | None, *, compiled: bool) -> list[Any]:
    """The values before an update where they are wanted, empty tensors at other steps.

    Args:
        variables: TensorFlow variables.
        wanted: whether this step is recorded in full, a boolean scalar; None if each step is.
        compiled: whether XLA compiles the step; the empty tensors then have the shapes of the rest.
    """

    def copies(*handles: Any) -> list[Any]:
        pairs = zip(handles, variables, strict=True)
        return [tf.cast(read(handle, variable), tf.float32) for handle, variable in pairs]

    def nothing(*handles: Any) -> list[Any]:
        return [tf.zeros(variable.shape if compiled else [0]) for variable in variables]

    if wanted is None:
        return copies(*handles_of(variables))
    return choose(wanted, copies, nothing, handles_of(variables), compiled=compiled)


def build_optimizer(model: Any) -> None:
    """Make the optimizer's variables as the first step would, so that it is traced once, not twice.

    A model with a training step of its own is left to itself: it may train some variables only.
    """
    optimizer = model.optimizer
    if (
        isinstance(optimizer, keras.optimizers.Optimizer)
        and not optimizer.built
        and model.built
        and model.trainable_weights
        and type(model).train_step is keras.Model.train_step
        and tf.distribute.get_strategy().num_replicas_in_sync == 1
        and not model.run_eagerly
    ):
        optimizer.build(model.trainable_weights)
