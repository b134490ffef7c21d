"""Lines that a user's own training loop prints: epoch numbers and scores with their names."""

import re

from keras_debugger.recording.logs.log_columns import keras_name, looks_like_scores
from keras_debugger.recording.logs.progress_lines import NUMBER, Header, Values

_EPOCH = re.compile(
    r"(?<![\w/])(?:ep(?:och)?|E(?=\d))\W{0,4}(\d+)(?!\.?\d)(?:\s*(?:/|of)\s*(\d+))?", re.IGNORECASE
)
_COUNT = re.compile(r"^\s*\[?(\d+)(?:\s*/\s*(\d+))?(?:\]|:(?!\d)|\s\|)")  # `[3/10]`, `3:`, `3 |`
_PAIR = re.compile(
    r"(?:\b(?P<part>train(?:ing)?|val(?:id(?:ation)?)?|dev|eval(?:uation)?|test(?:ing)?)"
    r"(?:[ _/-]|\.? |: ?))?(?:(?:set|avg|average|mean|total)\W{1,2})*"
    r"\b(?P<name>[A-Za-z_]\w*+)(?: over epoch)?['\"]?\s*(?:[:=]|->|\u2192)?\s*"
    rf"(?P<number>{NUMBER})(?![\w/])",
    re.IGNORECASE,
)
_TRAIN = re.compile(r"train(ing)?_", re.IGNORECASE)
_MESSAGE = re.compile(r"\bbest\b|improv|sav(?:ed|ing)|early.?stop|restor|reduc", re.IGNORECASE)


def read_own_lines(text: str) -> list[Header | Values]:
    """Epochs and scores of lines such as `Epoch 3 | train loss 0.31 | val loss 0.44`.

    An epoch begins where its number changes. Lines without a number belong to the epoch before
    them; they add to what a line with a number told, and replace what lines before them told.
    A name without `train` or `val` is of the same data as the name before it in the line.

    Args:
        text: the whole text.

    Returns:
        Epochs and their scores in order; empty if no epoch comes with a loss.
    """
    lines = [line for line in text.splitlines() if not _MESSAGE.search(line)]
    marker = _EPOCH if any(map(_EPOCH.search, lines)) else _COUNT
    parts: list[Header | Values] = []
    scores: dict[str, float] = {}
    fixed: set[str] = set()
    number: str | None = None
    for line in lines:
        found = marker.search(line)
        told = _scores(line)
        if found and found[1] != number:
            number, scores, fixed = found[1], {}, set(told)
            parts.append(Header(number=int(number), total=int(found[2]) if found[2] else None))
            parts.append(Values(values=scores, done=None, total=None, finished=True))
        if number is not None:
            scores |= told if found else {k: v for k, v in told.items() if k not in fixed}
    epochs = [part.values for part in parts if isinstance(part, Values)]
    for scores in epochs:
        for bare in {keras_name(name) for name in scores if _TRAIN.match(name)} & set(scores):
            del scores[bare]  # of a step
    named = any(re.search(r"loss$", name, re.IGNORECASE) for scores in epochs for name in scores)
    return parts if named else []


def _scores(line: str) -> dict[str, float]:
    """Name to value of the scores in a line."""
    pairs = [pair for pair in _PAIR.finditer(line) if looks_like_scores([pair["name"]])]
    told = {_name(pair["part"], pair["name"]): float(pair["number"]) for pair in pairs}
    found: dict[str, float] = {}
    part = None
    for pair in pairs:
        part = pair["part"] or part
        name = _name(part, pair["name"])
        taken = name in found or (pair["part"] is None and name in told)
        found[pair["name"] if taken else name] = float(pair["number"])
    return found


def _name(part: str | None, name: str) -> str:
    return f"{part}_{name}" if part else name
