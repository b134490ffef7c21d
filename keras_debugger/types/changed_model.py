"""The fixed model as plain values, for reports."""

from dataclasses import dataclass

from keras_debugger.types.record import ModelDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedModel:
    """What a model became by a plan.

    Args:
        description: the changed model.
        source: Python code that makes it; empty if it holds code of the user's own.
    """

    description: ModelDescription
    source: str = ""
