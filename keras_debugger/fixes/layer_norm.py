"""Put layer normalisation after hidden layers."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.batch_norm import is_normalized
from keras_debugger.fixes.flow import hidden_layers
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, InsertLayerNormalization
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind


@dataclass(frozen=True, kw_only=True)
class LayerNorm(StructuralFix):
    """Put layer normalisation after hidden dense and recurrent layers.

    When: signals shrink or grow from layer to layer, and batches are too small or rows are
        sequences, so that batch normalisation does not fit.
    Refused when: the model cannot be rebuilt, or each trained hidden dense or recurrent layer is
        normalised already or has fewer than four units.
    Risk: the overall size of a row's signal is lost to the next layer.
    Source: Ba et al. 2016, arXiv:1607.06450.
    """

    name: ClassVar[str] = "layer-norm"
    kind: ClassVar[FixKind] = FixKind.ADD_BATCH_NORM
    reason: ClassVar[str] = "Each row's signal gets one scale, whatever the batch holds."
    risk: ClassVar[str] = "The overall size of a row's signal is lost."

    least_units: int = 4  # units of a layer; fewer have no scale to speak of

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        edits = tuple(
            InsertLayerNormalization(layer=layer.path)
            for layer in hidden_layers(model, LayerKind.DENSE, LayerKind.RECURRENT)
            if layer.parameters
            and (layer.units is None or layer.units >= self.least_units)
            and not is_normalized(model, layer)
        )
        if not edits:
            raise self.refuse(
                given="a model without a hidden layer that is not normalised",
                expected="a trained hidden dense or recurrent layer without normalisation",
                do="look at the initial weights and the learning rate instead",
            )
        return edits
