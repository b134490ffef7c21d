"""Messages between two processes over a pipe: a JSON header and blocks of bytes."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

import numpy as np

_LENGTH = struct.Struct(">Q")


def write_message(stream: BinaryIO, header: dict[str, Any], *blocks: bytes) -> None:
    """Write a message as a whole."""
    told = {**header, "blocks": [len(block) for block in blocks]}
    text = json.dumps(told).encode("utf-8")
    stream.write(_LENGTH.pack(len(text)) + text)
    for block in blocks:
        stream.write(block)
    stream.flush()


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next message; None at the end of the stream, also in the middle of a message."""
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(length)[0]
    text = stream.read(size)
    if len(text) < size:
        return None
    header = json.loads(text)
    blocks = [stream.read(size) for size in header["blocks"]]
    if [len(block) for block in blocks] != header["blocks"]:
        return None
    return header, blocks


def arrays_to_blocks(arrays: tuple[np.ndarray, ...]) -> tuple[list[list[Any]], list[bytes]]:
    """Types and shapes, for a header, and the bytes of arrays."""
    told = [[array.dtype.str, list(array.shape)] for array in arrays]
    return told, [np.ascontiguousarray(array).tobytes() for array in arrays]


def arrays_from_blocks(told: list[list[Any]], blocks: list[bytes]) -> tuple[np.ndarray, ...]:
    """The arrays that `arrays_to_blocks` was given; they are read-only."""
    return tuple(
        np.frombuffer(block, dtype=dtype).reshape(shape)
        for (dtype, shape), block in zip(told, blocks, strict=True)
    )
