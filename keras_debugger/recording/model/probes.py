"""When the model is probed on a fixed batch, and what came of it."""

import os
from typing import Any

import numpy as np

from keras_debugger.recording.activations import ActivationProbe
from keras_debugger.recording.data.data_evidence import DataEvidence
from keras_debugger.recording.model.predictions import PredictionProbe
from keras_debugger.types.record import ActivationLog, ModelDescription, PredictionLog

FIRST_PROBES = 10  # that are made at the end of each epoch
TOTAL = 25  # probes in a longer run, about
STEPS_APART = 500  # steps between later probes; one takes about as long as five steps


class Probes:
    """Probes of one model: before training, and at epoch ends.

    A model that cannot be probed is recorded without activations; the reason becomes a note.

    Args:
        model: the model.
        data: where the batch comes from.
    """

    def __init__(self, model: Any, data: DataEvidence) -> None:
        self.note = ""
        self.left_out = 0  # epoch ends that were not probed
        self._model = model
        self._data = data
        self._activations: ActivationProbe | None = None
        self._predictions: PredictionProbe | None = None
        self._is_provisional = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not probed."""
        if self.note:
            return (self.note,)
        thinned = f"the layers were not looked at after {self.left_out} of the later epochs"
        return (thinned,) if self.left_out else ()

    @property
    def activations(self) -> ActivationLog | None:
        """Activations seen so far."""
        return None if self._activations is None else self._activations.log()

    @property
    def predictions(self) -> PredictionLog | None:
        """Answers seen so far."""
        return None if self._predictions is None else self._predictions.log()

    def before_training(
        self, weights: dict[str, np.ndarray] | None, description: ModelDescription | None
    ) -> None:
        """Probe the model with its first weights, once; also when training has gone on.

        Args:
            weights: weights before the first step, None if they were not seen.
            description: the model.
        """
        is_done = self._activations is not None
        if self.note or weights is None or (is_done and not self._is_provisional):
            return
        if not self._model.built:
            self.note = "activations were not recorded: the model itself is never called"
            return
        batch = self._data.probe_batch()
        if batch is None or (is_done and not self._data.is_complete):
            return
        self._is_provisional = not self._data.is_complete  # of the few rows seen so far
        outputs = description.outputs if description is not None else ()
        self._activations = ActivationProbe(model=self._model, x=batch.x)
        self._predictions = PredictionProbe(
            labels=batch.first_labels, output=outputs[0] if outputs else None
        )
        self._run(0, weights)

    def epoch_ends(self, *, epoch: int, epochs: int, step: int) -> None:
        """Probe the model, if this epoch is one of those that are probed.

        Args:
            epoch: the epoch.
            epochs: epochs asked for.
            step: steps done.
        """
        if self._activations is None:
            return
        steps = self._activations.steps
        is_due = epoch % max(1, epochs // TOTAL) == 0 and step - steps[-1] >= STEPS_APART
        if len(steps) <= FIRST_PROBES or is_due or epoch == epochs - 1:
            self._run(step, None)
        else:
            self.left_out += 1

    def fit_ends(self, *, step: int) -> None:
        """Probe the model as it is in the end, if that was not done.

        Args:
            step: steps done.
        """
        if self._activations is not None and self._activations.steps[-1] != step:
            self._run(step, None)

    def _run(self, step: int, weights: dict[str, np.ndarray] | None) -> None:
        assert self._activations is not None
        assert self._predictions is not None
        try:
            self._predictions.add(step, self._activations.run(step, weights))
        except Exception as error:
            if os.environ.get("KERAS_DEBUGGER_STRICT") == "1":
                raise
            self._activations = self._predictions = None
            self.note = (
                "activations were not recorded: the model cannot be run outside of training "
                f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''})"
            )
