"""Put dropout between the hidden layers."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import block, downstream, hidden_layers, is_batch_norm, passage, role
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, InsertDropout, SetDropout
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind


@dataclass(frozen=True, kw_only=True)
class AddDropout(StructuralFix):
    """Put dropout after each hidden activation, and into recurrent layers.

    It goes after dense layers, as spatial dropout after convolutions, and as the `dropout`
    argument of recurrent layers.

    When: training loss keeps falling while validation loss rises.
    Refused when: the model cannot be rebuilt, or no place is left: never after the last layer,
        before a batch normalisation (its statistics would not hold at inference), in a frozen
        part, or where there is dropout already.
    Risk: training takes longer; a small model underfits.
    Source: Srivastava et al. 2014, JMLR 15; Tompson et al. 2015, arXiv:1411.4280 (spatial); Gal
        and Ghahramani 2016, arXiv:1512.05287 (recurrent); Li et al. 2019, arXiv:1801.05134 (not
        before batch normalisation).
    """

    name: ClassVar[str] = "add-dropout"
    kind: ClassVar[FixKind] = FixKind.ADD_REGULARIZATION
    reason: ClassVar[str] = "Units that are left out at random cannot learn rows by heart together."
    risk: ClassVar[str] = "Training takes longer, and a small model may underfit."

    rate: float = 0.3  # share of dense units left out
    convolution_rate: float = 0.2  # share of feature maps left out
    recurrent_rate: float = 0.2  # share of inputs of a recurrent layer left out

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if setup.edits_of(SetDropout):
            raise self.refuse(
                given="a plan that weakens dropout",
                expected="a plan that does not",
                do="try the two in different plans",
            )
        rates = {
            LayerKind.DENSE: self.rate,
            LayerKind.CONV: self.convolution_rate,
            LayerKind.RECURRENT: self.recurrent_rate,
        }
        edits = tuple(
            InsertDropout(layer=_place(model, layer), rate=rates[role(layer)])
            for layer in hidden_layers(model, *rates)
            if _is_open(model, layer)
        )
        if not edits:
            raise self.refuse(
                given="a model without a hidden layer that dropout may follow",
                expected="a trained hidden dense, convolutional or recurrent layer without "
                "dropout and without batch normalisation after it",
                do="use a weight penalty or early stopping",
            )
        return edits


def _place(model: ModelDescription, layer: LayerDescription) -> str:
    """The layer to put dropout after: the activation of the block where it stands alone."""
    if role(layer) is LayerKind.RECURRENT:
        return layer.path
    written = [one for one in block(model, layer.path) if "+" not in one.path]
    return written[-1].path


def _is_open(model: ModelDescription, layer: LayerDescription) -> bool:
    if layer.dropout > 0:
        return False
    if any(one.kind is LayerKind.DROPOUT for one in passage(model, layer.path)):
        return False
    end = block(model, layer.path)[-1]
    return not any(is_batch_norm(one) for one in downstream(model, end.path))
