"""Make frozen layers trainable."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, SetTrainable
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind


@dataclass(frozen=True, kw_only=True)
class UnfreezeLayers(StructuralFix):
    """Make all frozen layers with weights trainable; preprocessing layers stay as they are.

    When: the model does not learn, and most of what must learn is frozen.
    Refused when: the model cannot be rebuilt, or nothing is frozen.
    Risk: pretrained weights are overwritten; use a low learning rate for them.
    Source: Yosinski et al. 2014, arXiv:1411.1792 (frozen against fine-tuned layers).
    """

    name: ClassVar[str] = "unfreeze"
    kind: ClassVar[FixKind] = FixKind.UNFREEZE
    reason: ClassVar[str] = "A layer that is not trained keeps its initial weights for ever."
    risk: ClassVar[str] = "Pretrained weights are overwritten."

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        edits = tuple(
            SetTrainable(layer=layer.path, trainable=True)
            for layer in model.layers
            if layer.parameters > 0
            and not layer.trainable
            and layer.kind is not LayerKind.PREPROCESSING
        )
        if not edits:
            raise self.refuse(
                given="a model without frozen layers",
                expected="a layer with weights and trainable=False",
                do="look for another reason why it does not learn",
            )
        return edits
