"""What a Keras object says of itself, where it says anything."""

from typing import Any


def configured(thing: Any) -> dict[str, Any]:
    """The config of a layer or a loss; empty if its class cannot tell it."""
    try:
        return dict(thing.get_config())
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return {}
