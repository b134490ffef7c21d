"""One pass that rebuilds a model, with what a plan changes on the way."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import keras

from keras_debugger.rewriting.inputs import input_for, new_inputs, sequential_input
from keras_debugger.rewriting.inserting import Inserter
from keras_debugger.rewriting.layer_copy import copy_layer
from keras_debugger.rewriting.layer_plan import LayerPlan, RebuildPlan
from keras_debugger.rewriting.model_attributes import copy_attributes
from keras_debugger.rewriting.model_form import (
    is_built_sequential,
    is_functional,
    kept_class,
    walk_layers,
)
from keras_debugger.rewriting.places import Places
from keras_debugger.rewriting.randomness import derive_seed, seed_draws
from keras_debugger.rewriting.trace import Recorded

_NO_PLAN = LayerPlan()


@dataclass(slots=True)
class Rebuilt:
    """A rebuilt model and where each of its layers comes from.

    Args:
        model: the new model, not compiled, trainable flags not yet set.
        pairs: (path, layer, new layer) of each layer without layers of nested models.
        models: (path, model, new model) of the model (with an empty path) and each nested one,
            outer ones first.
        recorded: calls of each model by the id of the new model.
        inserted: names of the layers that the plan put in.
    """

    model: Any
    pairs: list[tuple[str, Any, Any]] = field(default_factory=list)
    models: list[tuple[str, Any, Any]] = field(default_factory=list)
    recorded: dict[int, Recorded] = field(default_factory=dict)
    inserted: list[str] = field(default_factory=list)

    def new_layer(self, path: str) -> Any:
        """The new layer (or nested model) of a layer of the original."""
        found = (new for own, _, new in (*self.pairs, *self.models) if own == path)
        return next(found)


def rebuild(
    model: Any, plan: RebuildPlan, *, seed: int | None = None, first_input: Any = None
) -> Rebuilt:
    """Rebuild a model from new layers.

    Args:
        model: a Functional or Sequential model; nothing of it is changed.
        plan: what to change.
        seed: seed of the new initial weights; None keeps seeds that are fixed in the configs.
        first_input: raw input array, for a Sequential model that is not built.

    Returns:
        The new model and where its layers come from.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the original warned when it was made
        return _Pass(model, plan, seed, first_input).run()


class _Pass:
    """The state of one pass over a model and the models nested in it."""

    def __init__(self, model: Any, plan: RebuildPlan, seed: int | None, first_input: Any) -> None:
        self.model = model
        self.plan = plan
        self.seed = seed
        self.first_input = first_input
        self.paths = {id(layer): path for path, layer in walk_layers(model)}
        self.places = Places(model)
        names = (path.rsplit("/", 1)[-1] for path in self.paths.values())
        self.inserter = Inserter(names, self.seed_draws)
        self.copies: dict[int, Any] = {}  # id(layer) -> new layer
        self.originals: dict[int, tuple[str, Any]] = {}  # id(new layer) -> path, layer
        self.skipped: dict[str, Any] = {}  # path of the source of a skip -> its output
        self.sources = {own.skip_from for own in plan.layers.values()}
        self.result = Rebuilt(model=None)
        self.prefix = ""

    def run(self) -> Rebuilt:
        self.result.model = self.copy_model(self.model, "")
        self.result.inserted = self.inserter.inserted
        return self.result

    def copy_model(self, model: Any, path: str) -> Any:
        before, self.prefix = self.prefix, f"{path}/" if path else ""
        place = len(self.result.models)
        if isinstance(model, keras.Sequential) and self.plan.needs_calls(self.prefix):
            made, recorded = self.copy_chain(model, top=not path)
        elif isinstance(model, keras.Sequential):
            made, recorded = self.copy_sequential(model, top=not path)
        else:
            made, recorded = self.copy_functional(model, top=not path)
        copy_attributes(model, made)
        self.result.models.insert(place, (path, model, made))
        self.result.recorded[id(made)] = recorded
        self.prefix = before
        return made

    def copy_sequential(self, model: Any, *, top: bool) -> tuple[Any, Recorded]:
        layers: list[Any] = []
        if is_built_sequential(model):
            layers.append(sequential_input(model))
        elif top and self.first_input is not None:
            layers.append(input_for(self.first_input, model.layers[0]))
        if top:
            layers += self.behind_input(0)
        operations = []
        for layer in model.layers:
            layers += [self.copy(layer), *self.behind_layer(layer)]
            operations.append((self.path(layer), layer))
        self.seed_draws(model, "build")
        made = kept_class(model)(layers, name=model.name)
        return made, Recorded.of_chain(operations, made)

    def copy_chain(self, model: Any, *, top: bool) -> tuple[Any, Recorded]:
        """A Sequential model as a functional one, in which tensors can go round layers."""
        inputs = tensor = sequential_input(model)
        if top:
            for layer in self.behind_input(0):
                tensor = layer(tensor)
        recorded = Recorded(inputs=[inputs])
        for layer in model.layers:
            tensor = self.call(self.copy(layer), (tensor,), {}, recorded)
        recorded.outputs = keras.tree.flatten(tensor)
        return keras.Model(inputs, tensor, name=model.name), recorded

    def copy_functional(self, model: Any, *, top: bool) -> tuple[Any, Recorded]:
        inputs = new_inputs(model)
        replaced: dict[int, Any] = {}
        if top:
            for position, tensor in enumerate(keras.tree.flatten(inputs)):
                taken = tensor
                for layer in self.behind_input(position):
                    taken = layer(taken)
                replaced[id(tensor)] = taken
        recorded = Recorded(inputs=keras.tree.flatten(inputs))

        def call(new: Any, *args: Any, **kwargs: Any) -> Any:
            args, kwargs = keras.tree.map_structure(
                lambda value: replaced.get(id(value), value), (args, kwargs)
            )
            return self.call(new, args, kwargs, recorded)

        view = keras.Model(model.input, model.output, name=model.name)
        made = keras.models.clone_model(
            view, input_tensors=inputs, clone_function=self.copy, call_function=call
        )
        recorded.outputs = keras.tree.flatten(made.output)
        kept = kept_class(model)
        if kept is not keras.Model and kept is not type(made):
            made = kept(made.input, made.output, name=model.name)
        return made, recorded

    def call(self, new: Any, args: Any, kwargs: Any, recorded: Recorded) -> Any:
        path, layer = self.originals[id(new)]
        if not getattr(new, "built", True):
            self.seed_draws(layer, "build")
        result = new(*args, **kwargs)
        for inserted in self.behind_layer(layer):
            result = inserted(result)
        skip_from = self.plan.layers.get(path, _NO_PLAN).skip_from
        if skip_from is not None:
            result = self.inserter.sum_behind(layer)([result, self.skipped[skip_from]])
        if path in self.sources:
            self.skipped[path] = result
        recorded.add(path, layer, (args, kwargs), result)
        return result

    def copy(self, layer: Any) -> Any:
        """The new layer of a layer, the same one whenever it is met."""
        if id(layer) in self.copies:
            return self.copies[id(layer)]
        path = self.path(layer)
        if isinstance(layer, keras.Model) and is_functional(layer):
            new = self.copy_model(layer, path)
        else:
            new = self.copy_leaf(layer, path)
        self.copies[id(layer)] = new
        self.originals[id(new)] = (path, layer)
        return new

    def copy_leaf(self, layer: Any, path: str) -> Any:
        plan = self.plan.layers.get(path, _NO_PLAN)
        self.seed_draws(layer)
        name = layer.name
        if any(insertion.takes_name for insertion in plan.insertions):
            name = self.inserter.unique_name(f"{layer.name}_kd_unscaled")
        if plan.replacement is not None:
            new = plan.replacement(name)
        else:
            new = copy_layer(
                layer, changes=plan.settings, name=name, draw_seed=self.drawn_seeds(layer)
            )
        self.result.pairs.append((path, layer, new))
        return new

    def behind_layer(self, layer: Any) -> list[Any]:
        path = self.path(layer)
        plan = self.plan.layers.get(path, _NO_PLAN)
        return self.inserter.behind(path, layer.name, plan.insertions, place=self.places.of(layer))

    def behind_input(self, position: int) -> list[Any]:
        path = f"input {position}"
        tensors = self.model.inputs if _is_built(self.model) else ()
        name = str(tensors[position].name) if position < len(tensors) else f"input_{position}"
        insertions = self.plan.inputs.get(position, [])
        return self.inserter.behind(path, name, insertions, place=path)

    def path(self, layer: Any) -> str:
        return self.paths.get(id(layer), f"{self.prefix}{layer.name}")

    def seed_draws(self, place: Any, *what: str) -> None:
        """Seed the draws for a layer, by where it stands and not by its name."""
        if self.seed is not None:
            seed_draws(self.seed, self.place(place), *what)

    def drawn_seeds(self, layer: Any) -> Callable[[], int] | None:
        if self.seed is None:
            return None
        numbers = count()
        place = self.place(layer)
        return lambda: derive_seed(self.seed, place, "fixed seed", next(numbers))

    def place(self, layer: Any) -> object:
        return layer if isinstance(layer, int | str) else self.places.of(layer)


def _is_built(model: Any) -> bool:
    return not isinstance(model, keras.Sequential) or is_built_sequential(model)
