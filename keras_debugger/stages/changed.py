"""The fixed model -> what reports tell of it: its summary and the code that makes it."""

from typing import Any

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.source import source_of
from keras_debugger.types.changed_model import ChangedModel


def changed_model(model: Any) -> ChangedModel | None:
    """Describe a fixed model, with its source where it is made of layers of Keras."""
    if model is None:
        return None
    try:
        source = source_of(model)
    except UnsupportedModelError:
        source = ""
    return ChangedModel(description=describe_model(model), source=source)
