"""Which columns of an activation log a check may look at."""

import numpy as np

from keras_debugger.types.record import LayerDescription, TrainingRecord


def describe_column(record: TrainingRecord, column: int) -> LayerDescription | None:
    """The layer of one column of the activation log, None if the model is not known."""
    if record.model_description is None:
        return None
    name = record.activations.layers[column]
    for layer in record.model.layers:
        if layer.path == name:
            return layer
    for layer in record.model.layers:
        if layer.name == name:
            return layer
    return None


def hidden_columns(record: TrainingRecord) -> np.ndarray:
    """Columns of layers that do not make an output; all but the last if the model is not known."""
    count = len(record.activations.layers)
    if record.model_description is None:
        return np.arange(max(count - 1, 0))
    heads = {output.layer for output in record.model.outputs}
    hidden = []
    for column in range(count):
        layer = describe_column(record, column)
        if layer is None or not (layer.is_output or layer.path in heads):
            hidden.append(column)
    return np.asarray(hidden, dtype=int)
