"""From edits to a plan for the layers and to changed arguments of compile."""

from dataclasses import replace

import numpy as np

from keras_debugger.rewriting.compile_state import CompileState
from keras_debugger.rewriting.input_edits import plan_input_edit
from keras_debugger.rewriting.layer_edits import plan_layer_edit
from keras_debugger.rewriting.layer_plan import RebuildPlan
from keras_debugger.rewriting.loss_edits import edit_loss, edit_target_scale, names_outputs
from keras_debugger.rewriting.optimizer_edits import OptimizerEdit, edit_optimizer
from keras_debugger.rewriting.output_edits import plan_output_edit
from keras_debugger.rewriting.prototype import Prototype
from keras_debugger.rewriting.subject import Subject, cannot_apply
from keras_debugger.types.edit import (
    Edit,
    FillInput,
    ModelEdit,
    NormalizeInput,
    ScaleTargets,
    SetLoss,
    SetOutput,
    SetWeightDecay,
)
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.vocabulary import LossKind


def plan_edits(
    edits: tuple[Edit, ...],
    prototype: Prototype,
    state: CompileState,
    inputs: list[np.ndarray] | None,
) -> RebuildPlan:
    """Gather all edits of the model in one plan.

    Args:
        edits: the edits in order; those of compile and fit are left out.
        prototype: the model that they are planned on.
        state: arguments of compile, which may name the outputs.
        inputs: raw training inputs, None if not known.

    Raises:
        UnsupportedModelError: an edit cannot be made.
    """
    subject = Subject(model=prototype.model, layers=prototype.layers, graph=prototype.graph)
    plan = RebuildPlan()
    keep_name = names_outputs(state) or len(prototype.graph.outputs) > 1
    # Batch normalisation moves the activation out of its layer, so it comes after those edits
    # that set the activation; layers behind an output come last.
    for edit in edits:
        if isinstance(edit, NormalizeInput | FillInput):
            plan_input_edit(edit, subject, plan, inputs)
        elif isinstance(edit, SetOutput | ScaleTargets):
            plan_output_edit(edit, subject, plan, keep_name=keep_name)
        elif isinstance(edit, ModelEdit):
            plan_layer_edit(edit, subject, plan)
    return plan


def edit_compile_state(
    state: CompileState,
    edits: tuple[Edit, ...],
    description: ModelDescription,
    names: tuple[str, ...],
    *,
    steps: int | None,
) -> CompileState:
    """Apply the edits of losses and optimizer.

    They count in order, but the scale of targets and the decay of weights come last: they depend
    on the loss and on the learning rate that the others leave.

    Args:
        state: arguments of compile.
        edits: all edits.
        description: the user's model, which tells the losses.
        names: names of the outputs.
        steps: optimizer steps of the whole training.

    Raises:
        UnsupportedModelError: an edit cannot be made.
    """
    kinds = [output.loss for output in description.outputs] or [LossKind.OTHER]
    names = names or ("output",)
    for edit in sorted(edits, key=lambda edit: isinstance(edit, ScaleTargets | SetWeightDecay)):
        if isinstance(edit, SetLoss | ScaleTargets) and edit.output >= len(kinds):
            raise cannot_apply(edit, f"the model has no output {edit.output}")
        if isinstance(edit, SetLoss):
            state = edit_loss(state, edit, names)
            kinds[edit.output] = edit.loss
        elif isinstance(edit, ScaleTargets):
            state = edit_target_scale(state, edit, names, kinds[edit.output])
        elif isinstance(edit, OptimizerEdit):
            state = replace(state, optimizer=edit_optimizer(state.optimizer, edit, steps=steps))
    return state
