"""Make the hidden layers narrower."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.fixes.width import width_groups
from keras_debugger.types.edit import AddSkip, Edit, SetUnits
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class LessCapacity(StructuralFix):
    """Give the hidden layers half of their units or filters.

    Layers whose outputs are added to each other change together; the last layers keep their units.

    When: training loss keeps falling while validation loss rises, and the model has more weights
        than the rows can determine.
    Refused when: the model cannot be rebuilt; no hidden dense, convolutional or recurrent layer is
        wide enough and free: its width is fixed by an output, an operation, an attention, a frozen
        layer or a layer that we do not know; the plan has changed widths or added skips.
    Risk: the model underfits; pretrained weights of another shape cannot be kept, so it is refused
        where there are any.
    Source: Geman et al. 1992, Neural Computation 4 (variance grows with the number of weights);
        Srivastava et al. 2014, JMLR 15, section 7.3 (fewer units against dropout).
    """

    name: ClassVar[str] = "less-capacity"
    kind: ClassVar[FixKind] = FixKind.ADD_REGULARIZATION
    reason: ClassVar[str] = "Fewer weights cannot learn as many rows by heart."
    risk: ClassVar[str] = "The model may underfit."

    factor: float = 0.5  # of the units
    least_units: int = 8  # units of a layer that is made narrower
    most_units: int = 1_000_000  # units of a layer that is still changed

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if setup.edits_of(SetUnits) or setup.edits_of(AddSkip):
            raise self.refuse(
                given="a plan that changes the widths or the connections of layers already",
                expected="a plan that does not",
                do="try the two in different plans",
            )
        edits = tuple(
            SetUnits(layer=layer.path, units=max(1, round(self.factor * layer.units)))
            for group in width_groups(setup, model)
            for layer in group
            if layer.units is not None and self.least_units <= layer.units <= self.most_units
        )
        if not edits:
            raise self.refuse(
                given="a model without a hidden layer whose width can change",
                expected=f"a trained hidden layer of {self.least_units} to {self.most_units} units "
                "on whose width nothing else depends",
                do="change the number of units where you make the model",
            )
        return edits
