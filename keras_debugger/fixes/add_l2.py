"""Penalise large weights."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import hidden_layers, role
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, SetDropout, SetL2
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind


@dataclass(frozen=True, kw_only=True)
class AddL2(StructuralFix):
    """Add an L2 penalty of 0.01 to the kernels of the hidden dense and convolutional layers.

    A model that is only a head gets it there. Biases, normalisations and embeddings get none.

    When: training loss keeps falling while validation loss rises.
    Refused when: the model cannot be rebuilt; the optimizer decays weights already; each kernel
        is penalised or frozen already.
    Risk: the model underfits; after batch normalisation the penalty acts on the effective
        learning rate instead (van Laarhoven 2017, arXiv:1706.05350).
    Source: Krogh and Hertz 1992, NeurIPS 4; Loshchilov and Hutter 2019, arXiv:1711.05101 (why not
        together with decoupled decay).
    """

    name: ClassVar[str] = "add-l2"
    kind: ClassVar[FixKind] = FixKind.ADD_REGULARIZATION
    reason: ClassVar[str] = "Small weights make a smoother function that fits noise less."
    risk: ClassVar[str] = "The model may underfit."

    factor: float = 0.01  # loss per squared weight

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if model.optimizer is not None and model.optimizer.weight_decay:
            raise self.refuse(
                given=f"an optimizer with weight decay {model.optimizer.weight_decay:g}",
                expected="an optimizer without weight decay",
                do="raise the weight decay that you have",
            )
        if setup.edits_of(SetL2) or setup.edits_of(SetDropout):
            raise self.refuse(
                given="a plan that changes the weight penalties or weakens dropout already",
                expected="a plan that does not",
                do="try the two in different plans",
            )
        kinds = (LayerKind.DENSE, LayerKind.CONV)
        layers = hidden_layers(model, *kinds)
        if not model.hidden:
            heads = {output.layer for output in model.outputs}
            layers = tuple(
                layer
                for layer in model.layers
                if layer.path in heads and role(layer) in kinds and layer.trainable
            )
        edits = tuple(
            SetL2(layer=layer.path, factor=self.factor)
            for layer in layers
            if layer.parameters and not layer.l1 and not layer.l2
        )
        if not edits:
            raise self.refuse(
                given="a model without a kernel that is trained and not yet penalised",
                expected="a trained dense or convolutional layer without a weight penalty",
                do="raise the penalty that you have, or use dropout",
            )
        return edits


@dataclass(frozen=True, kw_only=True)
class AddL2Gently(AddL2):
    """Add an L2 penalty of 0.001 to the kernels of the hidden dense and convolutional layers.

    When: a penalty of 0.01 makes the model underfit.
    Refused when: as for 0.01.
    Risk: too weak for very few rows.
    Source: Krogh and Hertz 1992, NeurIPS 4.
    """

    name: ClassVar[str] = "add-l2-gently"

    factor: float = 1e-3


@dataclass(frozen=True, kw_only=True)
class AddL2Slightly(AddL2):
    """Add an L2 penalty of 0.0001 to the kernels of the hidden dense and convolutional layers.

    When: a penalty of 0.001 makes the model underfit, as in large convolutional networks.
    Refused when: as for 0.01.
    Risk: too weak for few rows.
    Source: He et al. 2016, arXiv:1512.03385, train convolutional networks with 0.0001.
    """

    name: ClassVar[str] = "add-l2-slightly"

    factor: float = 1e-4
