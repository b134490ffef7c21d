"""The arguments of `model.fit`."""

from collections.abc import Mapping
from dataclasses import dataclass

from keras_debugger.types.pickling import WithMappings


@dataclass(frozen=True, slots=True, kw_only=True)
class FitDescription(WithMappings):
    """Arguments of `model.fit`; None where they are not known.

    Args:
        epochs: epochs asked for.
        batch_size: rows in a batch.
        steps_per_epoch: optimizer steps in an epoch.
        shuffle: whether Keras shuffles.
        class_weight: weight of each class, None if not given.
        has_validation: whether validation data were given.
        validation_rows: rows of the validation data.
        callbacks: class names of the user's callbacks.
    """

    epochs: int | None = None
    batch_size: int | None = None
    steps_per_epoch: int | None = None
    shuffle: bool | None = None
    class_weight: Mapping[int, float] | None = None
    has_validation: bool | None = None
    validation_rows: int | None = None
    callbacks: tuple[str, ...] = ()
