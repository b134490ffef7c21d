"""Let signals and gradients go round pairs of layers."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from keras_debugger.fixes.flow import block, hidden_layers, next_layers, passage
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import AddSkip, Edit, SetUnits
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind


@dataclass(frozen=True, kw_only=True)
class ResidualConnections(StructuralFix):
    """Add to every second hidden layer of a deep chain what came out two layers before.

    A Sequential model becomes a functional one of the same layers.

    When: gradients shrink from layer to layer in a deep stack, so that early layers stand still.
    Refused when: the model cannot be rebuilt; no eight trained dense or convolutional layers of
        one output shape follow each other alone, called once each and in the same model; the plan
        has changed widths or added connections.
    Risk: without normalisation the signal grows from sum to sum; each layer learns a change of
        its input only.
    Source: He et al. 2016, arXiv:1512.03385; Zhang et al. 2019, arXiv:1901.09321, on the growth.
        The least depth is a judgement: shallower stacks train without.
    """

    name: ClassVar[str] = "residual-connections"
    kind: ClassVar[FixKind] = FixKind.ADD_SKIPS
    reason: ClassVar[str] = "Gradients reach early layers along sums that do not weaken them."
    risk: ClassVar[str] = "Without normalisation the signal grows from sum to sum."

    least_depth: int = 8  # layers of one shape that follow each other
    span: int = 2  # layers that a connection goes round

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if setup.edits_of(AddSkip) or setup.edits_of(SetUnits):
            raise self.refuse(
                given="a plan that changes the connections or the widths of layers already",
                expected="a plan that does not",
                do="try the two in different plans",
            )
        assert setup.graph is not None
        once = {call.layer for call in setup.graph.calls if call.index == 0}
        once -= {call.layer for call in setup.graph.calls if call.index > 0}
        edits: list[Edit] = []
        for chain in _chains(model):
            ends = [_end(model, layer) for layer in chain if layer.path in once]
            if len(ends) >= max(self.least_depth, self.span + 1):
                places = ends[:: self.span]
                edits += [AddSkip(layer=two, source=one) for one, two in pairwise(places)]
        if not edits:
            raise self.refuse(
                given="a model without a deep chain of layers of one shape",
                expected=f"{self.least_depth} trained dense or convolutional layers of one output "
                "shape, one after the other",
                do="use batch normalisation or another activation",
            )
        return tuple(edits)


def _chains(model: ModelDescription) -> list[list[LayerDescription]]:
    """Runs of hidden layers of one shape that follow each other alone in the same model."""
    chains: list[list[LayerDescription]] = []
    for layer in hidden_layers(model, LayerKind.DENSE, LayerKind.CONV):
        last = chains[-1][-1] if chains else None
        if last is not None and _follows(model, last, layer):
            chains[-1].append(layer)
        else:
            chains.append([layer])
    return chains


def _follows(model: ModelDescription, one: LayerDescription, two: LayerDescription) -> bool:
    after = next_layers(model, passage(model, one.path)[-1].path)
    return (
        [layer.path for layer in after] == [two.path]
        and one.output_shape == two.output_shape
        and one.output_shape is not None
        and one.path.rpartition("/")[0] == two.path.rpartition("/")[0]
    )


def _end(model: ModelDescription, layer: LayerDescription) -> str:
    """The layer behind which a block ends: its activation where that stands alone."""
    written = [one for one in block(model, layer.path) if "+" not in one.path]
    return written[-1].path
