"""Blueprint: builds a new compiled model, with edits, from a seed, as often as asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.rewriting.compile_state import CompileState, read_compile_state
from keras_debugger.rewriting.editing import edit_compile_state, plan_edits
from keras_debugger.rewriting.model_form import is_built_sequential
from keras_debugger.rewriting.prototype import Prototype, build_prototype, copy_model
from keras_debugger.rewriting.randomness import seed_draws, untouched_random_state
from keras_debugger.rewriting.starting import rebuild_edited, set_start, told_start
from keras_debugger.rewriting.trainable import set_trainable
from keras_debugger.rewriting.visible import check_compiled, check_visible
from keras_debugger.rewriting.weights import copy_trainable
from keras_debugger.types.edit import CompileEdit, Edit, ModelEdit
from keras_debugger.types.graph import ModelGraph
from keras_debugger.types.record import ModelDescription


@dataclass(slots=True, kw_only=True)
class Blueprint:
    """How to make the user's model again; it holds a copy, never the model itself.

    Make one with `read_blueprint`.

    Args:
        graph: calls of the model; None if it cannot be rebuilt layer by layer.
        refusal: why it cannot be rebuilt, naming the layer; empty if it can.
        description: the user's model.
        prototype: the copy; None if the model cannot be rebuilt.
        compile_state: arguments of compile; None if they must come from `factory`.
        refused: the same as an error.
        factory: the user's function that returns the compiled model.
        never_trained: whether the model was never trained when it was read.
        notes: what is left out where the model is compiled anew, a sentence each.
    """

    graph: ModelGraph | None
    refusal: str
    description: ModelDescription
    prototype: Prototype | None = field(default=None, repr=False)
    compile_state: CompileState | None = field(default=None, repr=False)
    refused: UnsupportedModelError | None = field(default=None, repr=False)
    factory: Callable[[], Any] | None = field(default=None, repr=False)
    never_trained: bool = False
    notes: tuple[str, ...] = ()

    def build(
        self,
        edits: tuple[Edit, ...] = (),
        *,
        seed: int,
        inputs: list[np.ndarray] | None = None,
        initial_weights: Mapping[str, np.ndarray] | None = None,
        steps: int | None = None,
    ) -> Any:
        """Make a new compiled model.

        The weights it starts from: preprocessing layers, frozen layers and layers that are
        pretrained or were set on purpose keep their weights at the start of the recorded run (or
        the present ones, if the model was never trained); every other layer, and every layer
        whose initializer or units an edit changes, gets fresh weights that depend on `seed` only.
        Non-finite weights are never a start. The user's random state is left as it was.

        Args:
            edits: changes, in order; those of fit are ignored.
            seed: seed of all fresh weights, dropout masks and other draws of layers.
            inputs: raw training inputs, one array for each input, shape (rows, ...); needed by
                NormalizeInput and by a Sequential model that is not built.
            initial_weights: weights at the start of the recorded run by variable path.
            steps: optimizer steps of the whole training; needed by schedules.

        Returns:
            A compiled model that shares no variable with any other.

        Raises:
            UnsupportedModelError: the model cannot be rebuilt, or an edit cannot be made on it
                or be seen in the result.
        """
        structural = tuple(edit for edit in edits if isinstance(edit, ModelEdit))
        if self.prototype is None:
            return self._from_factory(edits, structural, seed=seed, steps=steps)
        with untouched_random_state():
            return self._rebuilt(
                self.prototype,
                edits,
                seed=seed,
                inputs=inputs,
                snapshot=initial_weights,
                steps=steps,
            )

    def start_notes(
        self, initial_weights: Mapping[str, np.ndarray] | None = None
    ) -> tuple[str, ...]:
        """From which weights the trainings start, a sentence each.

        Args:
            initial_weights: weights at the start of the recorded run by variable path.
        """
        if self.prototype is None:
            return ("Every training starts from what the function given as build= returns.",)
        return told_start(
            self.prototype, snapshot=initial_weights, never_trained=self.never_trained
        )

    def _rebuilt(
        self,
        prototype: Prototype,
        edits: tuple[Edit, ...],
        *,
        seed: int,
        inputs: list[np.ndarray] | None,
        snapshot: Mapping[str, np.ndarray] | None,
        steps: int | None,
    ) -> Any:
        assert self.compile_state is not None
        if inputs and _is_unbuilt(prototype.model):
            prototype = build_prototype(prototype, inputs)
        plan = plan_edits(edits, prototype, self.compile_state, inputs)
        rebuilt = rebuild_edited(prototype, plan, edits, seed=seed)
        set_start(
            prototype,
            rebuilt,
            plan,
            edits,
            seed=seed,
            snapshot=snapshot,
            never_trained=self.never_trained,
        )
        copy_trainable(rebuilt.models, rebuilt.pairs)
        set_trainable(rebuilt, plan)
        names = tuple(output.name for output in self.description.outputs)
        state = edit_compile_state(self.compile_state, edits, self.description, names, steps=steps)
        state.compile(rebuilt.model)
        check_visible(edits, rebuilt, plan, names, state=state, inputs=inputs)
        return rebuilt.model

    def _from_factory(
        self,
        edits: tuple[Edit, ...],
        structural: tuple[Edit, ...],
        *,
        seed: int,
        steps: int | None,
    ) -> Any:
        assert self.refused is not None
        if self.factory is None:
            raise UnsupportedModelError(
                given=self.refused.given, expected=self.refused.expected, do=self.refused.do
            )
        if structural:
            raise UnsupportedModelError(
                given=f"{type(structural[0]).__name__} for {self.refused.given}",
                expected="changes of the optimizer, the losses or the arguments of fit only",
                do="make this change in the function that builds the model",
            )
        with untouched_random_state():
            seed_draws(seed, "build")
            model = self.factory()
            names = tuple(output.name for output in self.description.outputs)
            edited = None
            if any(isinstance(edit, CompileEdit) for edit in edits):
                state = read_compile_state(model, self.description, fresh=True)
                edited = edit_compile_state(state, edits, self.description, names, steps=steps)
                if edited != state:
                    edited.compile(model)
            check_compiled(edits, model, names, state=edited)
        return model


def read_blueprint(
    model: Any, description: ModelDescription, *, build: Callable[[], Any] | None = None
) -> Blueprint:
    """Read a compiled model so that it can be made anew.

    A rebuilt copy is checked against the model before anything is offered: equal answers, losses
    and variables, none of them shared. The model is not changed and not kept.

    Args:
        model: a compiled Keras model, built or not.
        description: its description; names layers and tells the learning rate at the start.
        build: function that returns the compiled model, for models that cannot be rebuilt; then
            only the optimizer, losses and arguments of fit can be changed.

    Returns:
        The blueprint. A model that cannot be rebuilt gives one with a `refusal`.
    """
    try:
        prototype = copy_model(model)
        state = read_compile_state(model, description)
    except UnsupportedModelError as error:
        return Blueprint(
            graph=None,
            refusal=str(error),
            description=description,
            refused=error,
            factory=build,
            notes=_factory_notes(model, description) if build is not None else (),
        )
    return Blueprint(
        graph=prototype.graph,
        refusal="",
        description=description,
        prototype=prototype,
        compile_state=state,
        never_trained=_never_trained(model),
        notes=state.notes,
    )


def _factory_notes(model: Any, description: ModelDescription) -> tuple[str, ...]:
    """What a model of the user's function loses where it is compiled anew."""
    try:
        return read_compile_state(model, description, fresh=True).notes
    except UnsupportedModelError:
        return ()  # then it is not compiled anew


def _never_trained(model: Any) -> bool:
    iterations = getattr(model.optimizer, "iterations", None)
    return iterations is not None and int(keras.ops.convert_to_numpy(iterations)) == 0


def _is_unbuilt(model: Any) -> bool:
    return isinstance(model, keras.Sequential) and not is_built_sequential(model)
