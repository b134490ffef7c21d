"""One file for plain values and arrays: a zip of JSON text and `.npy` entries; no pickle."""

import json
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np


def write_archive(file: BinaryIO, entry: str, plain: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Write values and arrays; NumPy reads the arrays as those of any `.npz`.

    Args:
        file: an open file.
        entry: name of the JSON text inside.
        plain: what JSON can hold.
        arrays: the arrays by name.
    """
    text = json.dumps(plain, allow_nan=False, ensure_ascii=False, indent=1)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(entry, text)
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as opened:
                np.lib.format.write_array(opened, array, allow_pickle=False)


def read_archive(file: BinaryIO, entry: str) -> tuple[Any, dict[str, np.ndarray]]:
    """The values and arrays that `write_archive` was given; reading runs no code.

    Args:
        file: an open file.
        entry: name of the JSON text inside.
    """
    with zipfile.ZipFile(file) as archive:
        plain = json.loads(archive.read(entry))
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return plain, {name: arrays[name] for name in arrays.files if name != entry}
