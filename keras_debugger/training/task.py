"""Task: one training that is asked for, and Outcome: what came of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_debugger.training.layer_names import LayerNames
from keras_debugger.training.trial_form import plan_to_plain
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One training.

    Args:
        plan: what is changed.
        seed: seed of weights, data order and dropout.
        epochs: epochs to train, at least 1.
        held_out: whether the model meets the held-out part.
        watched: whether gradients are recorded.
        rows: digest of the data, empty for those of the program.
    """

    plan: Plan
    seed: int
    epochs: int
    held_out: bool = False
    watched: bool = True
    rows: str = ""

    @property
    def key(self) -> str:
        """What decides the weights: the edits of the plan, seed, epochs and rows."""
        return self.key_by(LayerNames({}))

    def key_by(self, names: LayerNames) -> str:
        """The key with the places of layers in place of their names."""
        edits = [fix["edits"] for fix in plan_to_plain(self.plan)["fixes"]]
        decides = ([one for fix in edits for one in fix], self.seed, self.epochs, self.rows)
        text = json.dumps(names.as_places(decides))
        return hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()

    @property
    def keeps_weights(self) -> bool:
        """Whether its model may be the one that is delivered."""
        return self.held_out and self.plan.name != UNCHANGED.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a task.

    Args:
        trial: the trial.
        model: its model, if it was trained in this process; None if it could not be trained.
        weights: values of the model's and the optimizer's variables, if they are kept.
        by_machine: whether it failed for a reason that may not come again: a crash, a lack of
            memory, no sign of life. Such a trial is not kept from run to run.
        is_whole: False if time was up before its last epoch.
    """

    trial: Trial
    model: Any = None
    weights: tuple[np.ndarray, ...] | None = None
    by_machine: bool = False
    is_whole: bool = True
