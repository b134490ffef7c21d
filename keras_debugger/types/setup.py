"""TrainingSetup: everything that decides a training, as a value that fixes map to a new one."""

from dataclasses import dataclass, replace

from keras_debugger.types.edit import Edit, ScaleLearningRate, SetEpochs, SetOptimizer
from keras_debugger.types.graph import ModelGraph
from keras_debugger.types.record import DataProfile, FitDescription, ModelDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSetup:
    """The user's program, and the edits to it so far.

    Args:
        model: the user's model and what it was compiled with.
        data: the training data.
        fit: arguments of fit; `epochs` and `batch_size` are always known here.
        graph: the calls of the model; None if it cannot be rebuilt layer by layer, then only
            compile and fit edits are possible.
        refusal: why the model cannot be rebuilt, empty if it can.
        edits: changes to the above, in order.
        can_split_anew: whether the selection rows were cut off the training data by their place
            alone, so that another choice of rows is as good: no order of time, no groups.
    """

    model: ModelDescription
    data: DataProfile
    fit: FitDescription
    graph: ModelGraph | None = None
    refusal: str = ""
    edits: tuple[Edit, ...] = ()
    can_split_anew: bool = False

    def with_edits(self, *edits: Edit) -> "TrainingSetup":
        """The same set-up with further edits."""
        return replace(self, edits=(*self.edits, *edits))

    def edits_of(self, kind: type[Edit]) -> tuple[Edit, ...]:
        """The edits of one kind."""
        return tuple(edit for edit in self.edits if isinstance(edit, kind))

    @property
    def epochs(self) -> int:
        """Epochs to train for, after the edits."""
        epochs = self.fit.epochs or 1
        for edit in self.edits:
            if isinstance(edit, SetEpochs):
                epochs = edit.epochs
        return epochs

    @property
    def learning_rate(self) -> float:
        """Learning rate at the first step, after the edits; NaN if not known."""
        rate = self.model.optimizer.learning_rate if self.model.optimizer else float("nan")
        for edit in self.edits:
            if isinstance(edit, SetOptimizer):
                rate = edit.learning_rate
            elif isinstance(edit, ScaleLearningRate):
                rate *= edit.factor
        return rate
