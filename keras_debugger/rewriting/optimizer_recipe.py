"""An optimizer as its class and config, read from a compiled model and made anew."""

from dataclasses import dataclass, replace
from typing import Any

import keras

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.rewriting.metric_recipes import name_of
from keras_debugger.types.record import ModelDescription


@dataclass(frozen=True, slots=True)
class OptimizerRecipe:
    """An optimizer as its class and config.

    Args:
        kind: class.
        config: config; the learning rate is that of the start of the run.
        inner: the optimizer that it wraps (loss scaling), None if none.
    """

    kind: type
    config: dict[str, Any]
    inner: "OptimizerRecipe | None" = None

    @property
    def core(self) -> "OptimizerRecipe":
        """The optimizer inside all wrappers."""
        return self if self.inner is None else self.inner.core

    def with_core(self, core: "OptimizerRecipe") -> "OptimizerRecipe":
        """The same wrappers round another optimizer."""
        return core if self.inner is None else replace(self, inner=self.inner.with_core(core))

    def make(self) -> Any:
        """A new optimizer."""
        if self.inner is not None:
            return self.kind(self.inner.make(), **self.config)
        return self.kind.from_config(dict(self.config))  # type: ignore[attr-defined]


def read_optimizer(optimizer: Any, description: ModelDescription) -> OptimizerRecipe:
    """Read an optimizer.

    Args:
        optimizer: the optimizer of a compiled model.
        description: the model; it tells the learning rate at the start of the run.

    Raises:
        UnsupportedModelError: the optimizer or its schedule cannot be made anew.
    """
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        config = optimizer.get_config()
        del config["inner_optimizer"]
        inner = read_optimizer(optimizer.inner_optimizer, description)
        return OptimizerRecipe(type(optimizer), config, inner)
    try:
        config = dict(optimizer.get_config())
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        raise _cannot_make(optimizer, error) from error
    start = description.optimizer
    if isinstance(config.get("learning_rate"), dict):
        config["learning_rate"] = _read_schedule(config["learning_rate"], optimizer)
    elif start is not None and "learning_rate" in config and not start.schedule:
        config["learning_rate"] = start.learning_rate
    recipe = OptimizerRecipe(type(optimizer), config)
    try:
        recipe.make()
    except (TypeError, ValueError, KeyError, RuntimeError) as error:
        raise _cannot_make(optimizer, error) from error
    return recipe


def _read_schedule(config: dict[str, Any], optimizer: Any) -> Any:
    """The schedule as an object, which optimizers can share: it has no state."""
    try:
        schedule = keras.saving.deserialize_keras_object(config)
    except (TypeError, ValueError, KeyError, ImportError, RuntimeError):
        schedule = None
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return schedule
    raise UnsupportedModelError(
        given=f"the learning-rate schedule {name_of(config)} of {type(optimizer).__name__}, which "
        "Keras cannot make again",
        expected="a schedule of Keras, or a registered class",
        do="decorate the class with keras.saving.register_keras_serializable",
    )


def _cannot_make(optimizer: Any, reason: object) -> UnsupportedModelError:
    return UnsupportedModelError(
        given=f"the optimizer {type(optimizer).__name__}, of which no copy can be made: {reason}",
        expected="an optimizer with a get_config that tells all its arguments",
        do="pass build=, a function that returns the compiled model",
    )
