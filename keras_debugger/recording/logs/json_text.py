"""JSON, printed Python dicts and lists with names, alone or inside other text."""

import json
import re
from collections.abc import Sequence
from typing import Any

_LOSS_LIST = re.compile(r"loss\w*['\"\]]*\s*(?:[:=]|<-)\s*(?:[\w.]*[\[({]+|- )", re.IGNORECASE)
_LISTS = (  # `loss = [2.1, 1.6]`, `'loss': array([2.1, 1.6])`, `loss <- c(2.1, 1.6)`; YAML
    re.compile(
        r"([A-Za-z_][\w ./-]*?)['\"\]]*\s*(?:[:=]|<-)\s*(?:(?:[\w.]+\()?\[|c\()([^\[\]()]*)"
    ),
    re.compile(r"([A-Za-z_][\w ./-]*?)['\"]?:[ \t]*\n((?:[ \t]*- [^\s:]+[ \t]*(?:\n|\Z))+)"),
)
_FLOAT = re.compile(r"(?:np\.|numpy\.)?float(?:16|32|64)?\(([^()]*)\)")
_NUMBER = re.compile(r"[-+]?(\.?nan|\.?inf|infinity|\d+\.?\d*(e[-+]?\d+)?)", re.IGNORECASE)


def parse_json(text: str) -> Any:
    """What a JSON text, lines of JSON or a printed Python dict hold; None if it is none of them."""
    try:
        return _parse(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [_parse(line) for line in lines[:-1]] + parse_lines(lines[-1:]) or None
    except ValueError:
        return None


def parse_lines(lines: Sequence[str]) -> list[Any]:
    """The objects that stand in lines."""
    found = []
    for line in (line for line in lines if "{" in line):
        try:
            found.append(_parse(line[line.index("{") : line.rindex("}") + 1]))
        except ValueError:
            continue
    return found


def parse_lists(text: str) -> dict[str, list[float]] | None:
    """Lists of numbers with their names; None if no loss has one."""
    if not _LOSS_LIST.search(text):
        return None
    text = _FLOAT.sub(r"\1", text)
    found: dict[str, list[float]] = {}
    for name, listed in (pair for pattern in _LISTS for pair in pattern.findall(text)):
        cells = [cell.strip("'\"") for cell in re.sub(r"(?m)^\s*- ", " ", listed).split()]
        cells = [cell for cell in re.split(r"[,\s]+", " ".join(cells)) if cell not in ("", "...")]
        if cells and all(map(_NUMBER.fullmatch, cells)):
            found.setdefault(name.strip(), [float(cell.lstrip(".")) for cell in cells])
    return found or None


def _parse(text: str) -> Any:
    """JSON, or a Python dict of numbers as `print` shows it; ValueError for anything else."""
    try:
        return json.loads(text)
    except ValueError:
        if not text.strip().startswith("{"):
            raise
    plain = re.sub(r"\bnan\b", "NaN", re.sub(r"\binf\b", "Infinity", _FLOAT.sub(r"\1", text)))
    plain = re.sub(r"\bNone\b", "null", plain.replace("'", '"'))
    return json.loads(re.sub(r",\s*([]}])", r"\1", plain))
