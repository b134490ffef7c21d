"""Cases are read from a file or a folder of files, each with a tuple `CASES`."""

import importlib.util
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

OWN_FOLDER = Path(__file__).resolve().parent / "cases"
HAS_CASES = re.compile(r"^CASES\b", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class CaseFiles:
    """What was read: cases by name, and the files that could not be loaded with the reason."""

    cases: dict[str, Any] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)


def load_cases(place: Path) -> CaseFiles:
    """The cases of a file, or of all files of a folder that define `CASES`.

    The folder, and behind it the folder of our own cases, are put first on the path, so that a file
    of further cases finds `corpus` and `blocks`. A case that several files list is taken once.
    """
    place = place.resolve()
    folder = place if place.is_dir() else place.parent
    sys.path[:0] = [str(folder), str(OWN_FOLDER)]
    files = sorted(folder.glob("*.py")) if place.is_dir() else [place]
    loaded = CaseFiles()
    for file in files:
        if place.is_dir() and not HAS_CASES.search(file.read_text(encoding="utf-8")):
            continue
        try:
            for case in load_module(file).CASES:
                loaded.cases.setdefault(case.name, case)
        except Exception as error:
            loaded.unreadable[file.name] = f"{type(error).__name__}: {error}"
    return loaded


def load_module(file: Path) -> ModuleType:
    """The module of a file; under its own name, so that files can import each other."""
    present = sys.modules.get(file.stem)
    if present is not None and getattr(present, "__file__", None) == str(file):
        return present
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    if present is None:
        sys.modules[file.stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        if present is None:
            del sys.modules[file.stem]
        raise
    return module
