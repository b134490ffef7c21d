"""Who may import whom, and where TensorFlow may be."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "keras_debugger"
FILES = sorted(PACKAGE.rglob("*.py"))
ROOMS = {
    "types": set(),
    "recording": {"types"},
    "checks": {"types"},
    "causes": {"types"},
    "rewriting": {"types"},
    "fixes": {"types", "rewriting"},
    "training": {"types", "recording", "rewriting"},
    "proof": {"types", "training"},
    "report": {"types"},
}
ROOMS["stages"] = {"backend", "workflow", *ROOMS}  # autofix, which walks through all of them
MAY_ALSO = {
    "recording/live.py": {"checks"},
    "recording/live_steps.py": {"checks"},
    "recording/recorder.py": {"backend"},
    "causes/experiments.py": {"training"},
}
WITH_KERAS = {"recording", "rewriting", "training"}
KERAS_AT_THE_DOOR = {"backend.py", "demo.py"}


def imports(path: Path) -> list[str]:
    """Modules that a file imports, also inside functions and for type checking."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.append(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may(path):
    place = path.relative_to(PACKAGE)
    room = place.parts[0] if len(place.parts) > 1 else None
    modules = imports(path)
    if room is not None:
        allowed = ROOMS[room] | {room, "errors", "version"} | MAY_ALSO.get(place.as_posix(), set())
        ours = {m.split(".")[1] for m in modules if m.startswith("keras_debugger.")}
        assert ours <= allowed
    heavy = {m.split(".")[0] for m in modules} & {"tensorflow", "keras"}
    if room not in WITH_KERAS and place.name not in KERAS_AT_THE_DOOR:
        assert not heavy


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_public_keras_and_no_unsafe_loading(path):
    text = path.read_text(encoding="utf-8")
    assert "keras.src" not in text
    assert not re.search(r"safe_mode=False|enable_unsafe_deserialization|allow_pickle=True", text)
    assert not re.search(r"^\s*import (pickle|cloudpickle)", text, flags=re.MULTILINE)


def test_every_room_of_the_architecture_is_there():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == set(ROOMS)
