"""Stop when the selection loss no longer falls."""

import math
from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.types.edit import Edit, SetEpochs, StopEarly
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class EarlyStopping(Fix):
    """Stop when the selection loss has not fallen for a tenth of the epochs; keep the best weights.

    When: validation loss has a clear minimum before the end.
    Refused when: an EarlyStopping callback is there already; training has fewer than four epochs;
        the plan trains longer.
    Risk: a noisy selection loss stops too early; it treats overfitting without curing it.
    Source: Prechelt 1998, Neural Networks 11.
    """

    name: ClassVar[str] = "early-stopping"
    kind: ClassVar[FixKind] = FixKind.ADD_REGULARIZATION
    reason: ClassVar[str] = "Training ends before the model learns rows by heart."
    risk: ClassVar[str] = "A noisy selection loss stops too early."

    patience_share: float = 0.1  # of the epochs
    least_patience: int = 3  # epochs
    least_epochs: int = 4

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        given = ""
        if "EarlyStopping" in setup.fit.callbacks or setup.edits_of(StopEarly):
            given = "a run that stops early already"
        elif setup.epochs < self.least_epochs:
            given = f"a run of {setup.epochs} epochs"
        elif setup.edits_of(SetEpochs):
            given = "a plan that trains longer"
        if given:
            raise self.refuse(
                given=given,
                expected=f"a run of at least {self.least_epochs} epochs without early stopping",
                do="lower the patience that you have, or regularise the model",
            )
        patience = max(self.least_patience, math.ceil(self.patience_share * setup.epochs))
        return (StopEarly(patience=patience),)
