"""How large a record is."""

from dataclasses import fields, is_dataclass

import numpy as np


def bytes_of(value: object) -> int:
    """Bytes of all arrays in a value made of dataclasses, mappings and tuples."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value):
        return sum(bytes_of(getattr(value, part.name)) for part in fields(value))
    if isinstance(value, tuple | list):
        return sum(bytes_of(part) for part in value)
    if hasattr(value, "values") and callable(value.values):
        return sum(bytes_of(part) for part in value.values())
    return 0
