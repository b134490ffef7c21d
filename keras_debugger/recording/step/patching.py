"""Replace an attribute of an instance for a while, without Keras noticing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ABSENT = object()


@contextmanager
def patched(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Set an instance attribute and take it off again, also after an exception.

    The instance dictionary is written directly, so Keras neither tracks the value nor stores it in
    checkpoints.
    """
    before = owner.__dict__.get(name, _ABSENT)
    owner.__dict__[name] = value
    try:
        yield
    finally:
        if before is _ABSENT:
            owner.__dict__.pop(name, None)
        else:
            owner.__dict__[name] = before
