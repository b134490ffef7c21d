"""Let the optimizer shrink the weights apart from the gradient."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.fixes.learning_rate import compiled_optimizer
from keras_debugger.types.edit import Edit, SetL2, SetWeightDecay
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class WeightDecay(Fix):
    """Use decoupled weight decay: the `weight_decay` argument of the optimizer, as in AdamW.

    Each step takes 0.05 / sqrt(steps of the training) of each weight away, so longer trainings
    decay less a step. Adam scales an L2 penalty by its gradients; decay is not scaled by them.

    When: training loss keeps falling while validation loss rises, above all under Adam.
    Refused when: the optimizer decays weights already; a layer has a weight penalty, or the plan
        adds one; the model is not compiled; the learning rate is not above zero.
    Risk: the model underfits; biases and the scales of normalisations shrink too, since Keras
        decays all variables.
    Source: Loshchilov and Hutter 2019, arXiv:1711.05101: decoupled decay, and a decay normalised
        by the square root of the steps (appendix B.1). The factor is ours.
    """

    name: ClassVar[str] = "weight-decay"
    kind: ClassVar[FixKind] = FixKind.ADD_REGULARIZATION
    reason: ClassVar[str] = "Weights that the loss does not need shrink, whatever their gradients."
    risk: ClassVar[str] = "The model may underfit, and biases shrink too."

    factor: float = 0.05  # of a weight, times sqrt(steps), that a training takes away

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        optimizer = compiled_optimizer(self, setup)
        given = ""
        if optimizer.weight_decay:
            given = f"an optimizer with weight decay {optimizer.weight_decay:g}"
        elif setup.edits_of(SetL2) or any(one.l1 or one.l2 for one in edited_model(setup).layers):
            given = "a model with weight penalties, or a plan that changes them"
        elif not setup.learning_rate > 0:
            given = "a model whose learning rate is not known"
        if given:
            raise self.refuse(
                given=given,
                expected="a known learning rate, no weight decay and no weight penalty",
                do="change the penalty or decay that you have",
            )
        return (SetWeightDecay(factor=self.factor),)
