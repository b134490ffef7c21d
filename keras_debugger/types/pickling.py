"""Values with read-only mappings that can be sent to another process."""

from dataclasses import fields
from types import MappingProxyType
from typing import Any


class WithMappings:
    """Base of frozen dataclasses whose fields may be `MappingProxyType`, which cannot be pickled.

    They are pickled and copied as dicts and are read-only mappings again in the copy.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        mappings = [name for name, value in values.items() if type(value) is MappingProxyType]
        plain = {name: dict(values[name]) if name in mappings else values[name] for name in values}
        return _made_again, (type(self), plain, mappings)


def _made_again(kind: type, values: dict[str, Any], mappings: list[str]) -> Any:
    frozen = {name: MappingProxyType(values[name]) for name in mappings}
    return kind(**(values | frozen))
