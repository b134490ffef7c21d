"""What a model was compiled with: read once, kept without the model, and made anew."""

from dataclasses import dataclass, replace
from typing import Any

import keras

from keras_debugger.errors import UnsupportedModelError
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


@dataclass(frozen=True, slots=True)
class MetricRecipe:
    """A metric object as its class and config."""

    kind: type
    config: dict[str, Any]

    def make(self) -> Any:
        """A new metric."""
        return self.kind.from_config(dict(self.config))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileState:
    """Arguments of `compile`; loss objects are shared, metrics and optimizer are recipes.

    Args:
        optimizer: the optimizer.
        loss: loss argument as given.
        loss_weights: loss weights as given.
        metrics: metrics as given, objects as recipes.
        weighted_metrics: weighted metrics as given, objects as recipes.
        run_eagerly: flag.
        steps_per_execution: flag.
        jit_compile: flag, resolved.
    """

    optimizer: OptimizerRecipe
    loss: Any = None
    loss_weights: Any = None
    metrics: Any = None
    weighted_metrics: Any = None
    run_eagerly: bool = False
    steps_per_execution: int = 1
    jit_compile: bool = False

    def compile(self, model: Any) -> None:
        """Compile a model with a new optimizer and new metrics."""
        model.compile(
            optimizer=self.optimizer.make(),
            loss=self.loss,
            loss_weights=self.loss_weights,
            metrics=_made(self.metrics),
            weighted_metrics=_made(self.weighted_metrics),
            run_eagerly=self.run_eagerly,
            steps_per_execution=self.steps_per_execution,
            jit_compile=self.jit_compile,
        )
        if model.built:
            model.optimizer.build(model.trainable_variables)


def read_compile_state(model: Any, description: ModelDescription) -> CompileState:
    """Read what a model was compiled with.

    Args:
        model: a compiled model.
        description: its description, which tells the learning rate at the start of the run (the
            optimizer may have another one by now).

    Returns:
        The arguments of compile.

    Raises:
        UnsupportedModelError: the optimizer or a metric cannot be made anew.
    """
    if not getattr(model, "compiled", False) or model.optimizer is None:
        raise UnsupportedModelError(
            given=f"the model {model.name!r}, which is not compiled",
            expected="a compiled model",
            do="call model.compile first",
        )
    given = _given(model)
    return CompileState(
        optimizer=_read_optimizer(model.optimizer, description),
        loss=_unwrapped(model.loss),
        loss_weights=_unwrapped(given.get("loss_weights")),
        metrics=_read_metrics(given.get("metrics")),
        weighted_metrics=_read_metrics(given.get("weighted_metrics")),
        run_eagerly=bool(model.run_eagerly),
        steps_per_execution=int(model.steps_per_execution or 1),
        jit_compile=bool(model.jit_compile),
    )


def _given(model: Any) -> dict[str, Any]:
    """Arguments of compile as they were given.

    Keras has no public way to them but their serialised form, in which a metric that is a
    function of the user's own cannot be found again.
    """
    live = getattr(vars(model).get("_compile_config"), "config", None)
    if isinstance(live, dict):
        return dict(live)
    return dict(keras.saving.deserialize_keras_object(model.get_compile_config()))


def _read_optimizer(optimizer: Any, description: ModelDescription) -> OptimizerRecipe:
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        config = optimizer.get_config()
        del config["inner_optimizer"]
        inner = _read_optimizer(optimizer.inner_optimizer, description)
        return OptimizerRecipe(type(optimizer), config, inner)
    try:
        config = dict(optimizer.get_config())
    except (NotImplementedError, TypeError, ValueError, AttributeError) as error:
        raise _cannot_make("optimizer", optimizer, error) from error
    start = description.optimizer
    if isinstance(config.get("learning_rate"), dict):
        config["learning_rate"] = _read_schedule(config["learning_rate"], optimizer)
    elif start is not None and "learning_rate" in config and not start.schedule:
        config["learning_rate"] = start.learning_rate
    recipe = OptimizerRecipe(type(optimizer), config)
    try:
        recipe.make()
    except (TypeError, ValueError, KeyError, NotImplementedError) as error:
        raise _cannot_make("optimizer", optimizer, error) from error
    return recipe


def _read_schedule(config: dict[str, Any], optimizer: Any) -> Any:
    """The schedule as an object, which optimizers can share: it has no state."""
    kind = keras.optimizers.schedules.LearningRateSchedule
    try:
        schedule = keras.optimizers.schedules.deserialize(config)
    except (TypeError, ValueError, KeyError, NotImplementedError):
        schedule = None
    if not isinstance(schedule, kind):  # a class of the user's own, found only in the optimizer
        schedule = vars(optimizer).get("_learning_rate")
    if not isinstance(schedule, kind):
        raise _cannot_make("learning-rate schedule of", optimizer, "its class is not known")
    return schedule


def _read_metrics(given: Any) -> Any:
    if isinstance(given, keras.metrics.Metric):
        return _read_metric(given)
    if isinstance(given, dict):
        return {key: _read_metrics(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_read_metrics(value) for value in given]
    return given


def _read_metric(metric: Any) -> MetricRecipe:
    try:
        recipe = MetricRecipe(type(metric), dict(metric.get_config()))
        copy = recipe.make()
    except (NotImplementedError, TypeError, ValueError, AttributeError) as error:
        raise _cannot_make("metric", metric, error) from error
    for name, value in vars(metric).items():
        plain = isinstance(value, bool | int | float | str)
        if plain and not name.startswith("_") and getattr(copy, name, value) != value:
            raise _cannot_make("metric", metric, f"its get_config does not tell {name}")
    return recipe


def _made(metrics: Any) -> Any:
    if isinstance(metrics, MetricRecipe):
        return metrics.make()
    if isinstance(metrics, dict):
        return {key: _made(value) for key, value in metrics.items()}
    if isinstance(metrics, list | tuple):
        return [_made(value) for value in metrics]
    return metrics


def _unwrapped(given: Any) -> Any:
    """Plain lists and dicts in place of the ones that a model tracks, which hold on to it."""
    if isinstance(given, dict):
        return {key: _unwrapped(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_unwrapped(value) for value in given]
    return given


def _cannot_make(what: str, given: Any, reason: object) -> UnsupportedModelError:
    return UnsupportedModelError(
        given=f"the {what} {type(given).__name__}, of which no copy can be made: {reason}",
        expected="an optimizer and metrics with a get_config that tells all their arguments",
        do="pass build=, a function that returns the compiled model",
    )
