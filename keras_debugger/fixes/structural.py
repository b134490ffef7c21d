"""Fixes that need another model, and so a model that can be rebuilt."""

from abc import abstractmethod
from dataclasses import dataclass

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.types.edit import Edit
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup


@dataclass(frozen=True, kw_only=True)
class StructuralFix(Fix):
    """Base of the fixes that change layers; they are refused where the model cannot be rebuilt."""

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits to the layers; raises NotApplicableError."""
        if setup.graph is None:
            raise self.refuse(
                given=setup.refusal or "a model that cannot be rebuilt layer by layer",
                expected="a Sequential or Functional model whose layers can be rebuilt",
                do="make this change in the function that you pass as build=...",
            )
        return self.changes(setup, edited_model(setup))

    @abstractmethod
    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits, given the model as earlier edits leave it; raises NotApplicableError."""
