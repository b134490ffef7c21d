"""Single lines of Keras progress output, Keras 1 to 3 and tqdm, as plain values."""

import re
from dataclasses import dataclass

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\[(?:\d{1,2}(?:;\d{1,2})*)m")
_HEADER = re.compile(r"^[#>*\s]*Epoch:?\s*(\d+)(?:\s*(?:/|of)\s*(\d+))?\s*$", re.IGNORECASE)
_INNER_HEADER = re.compile(r"(?:(?<=\s)|^)(Epoch \d+/\d+)(?=[ \t\r\n]|$)", re.MULTILINE)
_BAR = re.compile(r"(?<![\d/])(\d+)\s*/\s*(\d+|Unknown)(?![\d/])")
_NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)"
_VALUE = re.compile(
    rf"(?:^|[\s\]])(?:- )?([A-Za-z_][\w.@/+-]*) ?: ?({_NUMBER})(?![\d:])", re.IGNORECASE
)
_DECIMAL_COMMA = re.compile(r"(?<=: )(\d+),(?=\d)")
_OWN_LINE = re.compile(r"^\W*Epoch\W*(\d+)(?:\s*(?:/|of)\s*(\d+))?\W+(.*)$", re.IGNORECASE)
_OWN_VALUE = re.compile(
    rf"((?:(?:train|training|val|valid|validation|test)[ _])?[A-Za-z_]\w*)\s*[:=]?\s*({_NUMBER})"
    r"(?![\w:])",
    re.IGNORECASE,
)
_TQDM_VALUE = re.compile(rf"[,\s]([A-Za-z_]\w*)=({_NUMBER})(?=[,\]\s])", re.IGNORECASE)
_TQDM = re.compile(r"\d+%\|.*\[.*<.*[,\]]")
_STOPPED = re.compile(r"Invalid loss, terminating training|Epoch \d+: early stopping")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """An `Epoch 3/10` line; `total` is None where the line does not say."""

    number: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Losses and metrics of one line.

    Args:
        values: name to value.
        done: batches done, None where the line has no bar.
        total: batches in the epoch, None if unknown.
        finished: whether the line is the end of an epoch, as far as it tells.
        foreign: whether the line is of the user's own making, not of Keras.
    """

    values: dict[str, float]
    done: int | None
    total: int | None
    finished: bool
    foreign: bool = False

    @property
    def validated(self) -> bool:
        """Whether there are validation values."""
        return any(name.startswith("val_") for name in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A message that training was stopped."""

    message: str


def split_lines(text: str) -> list[str]:
    """Lines as they were printed: a return, backspaces or an `Epoch 1/9` begin a new one."""
    apart = _INNER_HEADER.sub(r"\n\1\n", _ANSI.sub("", text))
    return re.split(r"\r\n|\n|\r|\x08+", apart)


def read_line(line: str) -> list[Header | Values | Stopped]:
    """What one line tells; empty for any other text."""
    header = _HEADER.match(line)
    if header:
        total = int(header[2]) if header[2] else None
        return [Header(number=int(header[1]), total=total)]
    found: list[Header | Values | Stopped] = []
    own = _OWN_LINE.match(line)
    values = _own_values(own[3]) if own else _values(_DECIMAL_COMMA.sub(r"\1.", line))
    if own and values is not None:
        found.append(Header(number=int(own[1]), total=int(own[2]) if own[2] else None))
    if values is not None:
        found.append(values)
    stopped = _STOPPED.search(line)
    if stopped:
        found.append(Stopped(message=stopped[0]))
    return found


def _values(line: str) -> Values | None:
    pattern = _TQDM_VALUE if _TQDM.search(line) else _VALUE
    pairs = {name: float(value) for name, value in pattern.findall(line) if name != "ETA"}
    names = [name for name in pairs if "loss" in name.lower()]
    if not names or not (_BAR.search(line) or " - " in line or line.lstrip().startswith("loss:")):
        return None
    bar = _BAR.search(line)
    done = int(bar[1]) if bar else None
    total = int(bar[2]) if bar and bar[2].isdigit() else None
    validated = any(name.startswith("val_") for name in pairs)
    finished = validated or ("ETA" not in line and (bar is None or done == total or total is None))
    return Values(values=pairs, done=done, total=total, finished=finished)


def _own_values(text: str) -> Values | None:
    """Scores of a line that a user's own code prints for an epoch; None if there is no loss."""
    pairs = {name: float(value) for name, value in _OWN_VALUE.findall(text)}
    if not any(re.fullmatch(r"(\w+[ _])?loss", name, re.IGNORECASE) for name in pairs):
        return None
    return Values(values=pairs, done=None, total=None, finished=True, foreign=True)
