"""Statistics of every layer inside the step, on the batch that the step trains on."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.recording.activations import inference
from keras_debugger.recording.layer_statistics import STATISTICS, activation_log, heard_in_call
from keras_debugger.recording.step.ring import Rings
from keras_debugger.recording.step.step_table import StepTable
from keras_debugger.types.record import ActivationLog

BYTES = 16 * 2**20


class StepActivations:
    """Runs a model on the batch of a step once more, in inference mode and right after the update.

    No state of the model moves: the run goes through `stateless_call`.

    Args:
        rings: rows of the steps.
        every: steps that are kept longest are multiples of this.
    """

    def __init__(self, rings: Rings, *, every: int) -> None:
        self.note = ""
        self._rings = rings
        self._tables: dict[tuple[str, ...], StepTable] = {}
        self._every = every

    def can_take(self, model: Any, data: Any) -> bool:
        """Whether the model can be run on what its training step receives; a note says if not."""
        reason = ""
        if type(model).train_step is not keras.Model.train_step:
            reason = "the model has a training step of its own"
        elif model.jit_compile:
            reason = "XLA compiles the step"
        elif tf.distribute.get_strategy().num_replicas_in_sync > 1:
            reason = "the step runs in several replicas"
        elif not all(tf.is_tensor(leaf) for leaf in inputs_of(data)):
            reason = "the inputs are no dense tensors"
        if reason:
            self.note = f"activations inside the steps were not recorded: {reason}"
        return not reason

    def take(self, model: Any, row: Any, x: Any) -> None:
        """Write the statistics of one step.

        Args:
            model: the model.
            row: row of the rings.
            x: inputs of the step.
        """
        try:
            _, names, rows = heard_in_call(model, lambda: _answer(model, x))
        except Exception as error:
            if os.environ.get("KERAS_DEBUGGER_STRICT") == "1":
                raise
            self.note = (
                "activations inside the steps were not recorded: the model cannot be run once more "
                f"({type(error).__name__})"
            )
            return
        if names:
            self._rings.write(row, {("activations", tuple(names)): rows})

    def keep(self, steps: np.ndarray, numbers: Mapping[Any, np.ndarray]) -> None:
        """Keep the rows that steps wrote.

        Args:
            steps: the steps.
            numbers: what they wrote, by key.
        """
        for key, rows in numbers.items():
            if isinstance(key, tuple) and key[0] == "activations":
                written = ~np.isnan(rows).all(axis=1)
                limit = max(200, BYTES // (4 * rows.shape[1]))
                table = self._tables.setdefault(key[1], StepTable(every=self._every, limit=limit))
                table.append(steps[written], rows[written])

    def log(self) -> ActivationLog | None:
        """What was seen so far, None before the first row."""
        tables = {names: table for names, table in self._tables.items() if len(table.steps)}
        if not tables:
            return None
        names, table = max(tables.items(), key=lambda item: int(item[1].steps[-1]))
        values = table.values.reshape(-1, len(names), len(STATISTICS))
        return activation_log(names, table.steps + 1, values)


def inputs_of(data: Any) -> list[Any]:
    """The tensors that a model is given at a training step."""
    return [leaf for leaf in tf.nest.flatten(_inputs(data)) if leaf is not None]


def with_inputs(data: Any, leaves: Sequence[Any]) -> Any:
    """Inputs in the structure in which a training step receives them.

    Args:
        data: what a step receives.
        leaves: the tensors, as `inputs_of` gives them.
    """
    remaining = iter(leaves)
    return tf.nest.map_structure(
        lambda leaf: None if leaf is None else next(remaining), _inputs(data)
    )


def _inputs(data: Any) -> Any:
    return keras.utils.unpack_x_y_sample_weight(data)[0]


def _answer(model: Any, x: Any) -> Any:
    trainable = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    return model.stateless_call(trainable, others, x, **inference(model))[0]
