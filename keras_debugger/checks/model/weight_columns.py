"""The initial weights of hidden layers, as far as they were recorded."""

from keras_debugger.types.record import LayerDescription, TrainingRecord, VariableDescription
from keras_debugger.types.vocabulary import VariableRole

KERNELS = frozenset({VariableRole.KERNEL, VariableRole.RECURRENT_KERNEL})


def described_variables(
    record: TrainingRecord,
) -> tuple[tuple[VariableDescription, LayerDescription], ...]:
    """Trainable variables with the description of their layer, in order."""
    by_name = {layer.name: layer for layer in record.model.layers}
    pairs = ((variable, by_name.get(variable.layer)) for variable in record.gradients.variables)
    return tuple((variable, layer) for variable, layer in pairs if layer is not None)


def head_paths(record: TrainingRecord) -> frozenset[str]:
    """Paths of the layers with the last weights before each output."""
    return frozenset(output.layer for output in record.model.outputs)
