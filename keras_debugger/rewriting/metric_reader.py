"""Metrics that a model was compiled with, from what Keras tells of them in public."""

import inspect
import warnings
from dataclasses import dataclass, field
from typing import Any

import keras

from keras_debugger.rewriting.metric_identity import function_of, is_ambiguous, own_or_of_keras
from keras_debugger.rewriting.metric_recipes import (
    ERRORS,
    MetricRecipe,
    is_serialised,
    name_of,
    serialised,
)

_REGISTER = "decorate it with keras.saving.register_keras_serializable"


@dataclass(frozen=True, slots=True)
class MetricReader:
    """Turns serialised metrics into recipes; those that cannot be made again are left out.

    Args:
        outputs: number of outputs of the model.
        live: metrics that the model has made by now; there are none before its first batch.
        functions: module-level functions that the losses use, by name.
        notes: one sentence for each metric that was left out; it grows.
    """

    outputs: int
    live: tuple[Any, ...] = ()
    functions: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def read(self, given: Any) -> Any:
        """Read the argument `metrics` or `weighted_metrics`.

        Args:
            given: the argument as `get_compile_config` tells it.

        Returns:
            The argument with recipes and functions in place of configs. An output whose metrics
            were all left out has an empty list, so that the others keep their place.
        """
        if is_serialised(given):
            return self._leaf(given) or None
        if isinstance(given, dict):
            return {key: self._of_output(value) for key, value in given.items()}
        if isinstance(given, list | tuple):
            if self.outputs > 1:
                return [self._of_output(value) for value in given]
            return self._of_output(given)
        return given

    def _of_output(self, given: Any) -> Any:
        """Metrics of one output, or deeper parts of a nested argument."""
        if is_serialised(given):
            found = self._leaf(given)
            return found[0] if found else []
        if isinstance(given, dict):
            return {key: self._of_output(value) for key, value in given.items()}
        if not isinstance(given, list | tuple):
            return given
        parts = [self._leaf(one) if is_serialised(one) else [self._of_output(one)] for one in given]
        return [one for part in parts for one in part]

    def _leaf(self, config: dict[str, Any]) -> list[Any]:
        """The metric of a config; empty if it was left out."""
        same = [metric for metric in self.live if serialised(metric) == config]
        try:
            with keras.saving.custom_object_scope(self.functions):
                made = keras.saving.deserialize_keras_object(config)
        except ERRORS:
            made = _made_again(same)
        if made is None:
            return self._leave_out(config, "Keras cannot find it again", _REGISTER)
        told = function_of(config)
        if is_ambiguous(told):
            live = [one for one in self.live if _serialised_function(one) == told]
            made, note = own_or_of_keras(told, made, self.functions.get(str(told["config"])), live)
            if made is None:
                return self._leave_out(config, note, "give it a name of its own")
            if note:
                self._note(note)
        if not isinstance(made, keras.metrics.Metric | keras.losses.Loss):
            return [made]
        untold = _untold(made, config, same)
        if untold:
            reason = f"its get_config does not tell {untold}"
            return self._leave_out(config, reason, f"let its get_config return {untold}")
        if isinstance(made, keras.losses.Loss):
            return [made]
        return [MetricRecipe(type(made), dict(made.get_config()))]

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _leave_out(self, config: dict[str, Any], reason: str, advice: str) -> list[Any]:
        name = name_of(config)
        if name == "<lambda>":
            advice = f"write it as a named function and {_REGISTER}"
        note = (
            f"The metric {name!r} is left out where the model is compiled anew, because {reason}: "
            f"{advice}."
        )
        self._note(note)
        return []


def _serialised_function(metric: Any) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a lambda is warned of
            return metric.get_config().get("fn")
    except ERRORS:
        return None


def _made_again(same: list[Any]) -> Any:
    """A copy of a metric that the model has made, whose class only it knows; None if none."""
    try:
        return type(same[0]).from_config(same[0].get_config()) if same else None
    except ERRORS:
        return None


def _untold(made: Any, config: dict[str, Any], same: list[Any]) -> str:
    """A setting that the config does not tell; empty if none.

    Where the model has made its metric the two are compared; else the arguments of a class that
    is not of Keras must all be in its config.
    """
    for live in same:
        for name, value in vars(live).items():
            plain = isinstance(value, bool | int | float | str)
            if plain and not name.startswith("_") and getattr(made, name, value) != value:
                return str(name)
    is_keras_metric = isinstance(made, keras.metrics.Metric) and (
        type(made).__module__.split(".", maxsplit=1)[0] == "keras"
    )
    if same or is_keras_metric:
        return ""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(type(made)).parameters
    told = {"name", "dtype", *config["config"]}
    return next((str(n) for n in parameters if parameters[n].kind in named and n not in told), "")
