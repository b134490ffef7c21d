"""Single lines of Keras progress output, Keras 1 to 3 and tqdm, as plain values."""

import re
from dataclasses import dataclass

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\[(?:\d{1,2}(?:;\d{1,2})*)m")
_HEADER = re.compile(r"^[#>*\s]*Epoch:?\s*(\d+)(?:\s*(?:/|of)\s*(\d+))?\s*$", re.IGNORECASE)
_INNER_HEADER = re.compile(r"(Epoch(?<![^\s:>\]|]Epoch) \d+/\d+)(?!\S)")
_BAR = re.compile(r"(?<![\d/])(\d+)\s*/\s*(\d+|Unknown)(?![\d/])")
NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)(?![\d.]*\d|:\d)"
_VALUE = re.compile(
    r"(?:^|[-,;|] |\] ?|/\d+ )\s*(?:- )?([A-Za-z_][\w.@/+()-]*(?: [\w.@/+()-]+){0,2}?) ?: ?"
    rf"({NUMBER})",
    re.IGNORECASE,
)
_VALIDATION = re.compile(r"\bval\. (?=[a-z])")  # of Keras 0
_DECIMAL_COMMA = re.compile(r"(?<=: )(\d+),(?=\d)")
_OWN = re.compile(r"(?<![\w/])epoch\W{0,4}\d|^\s*\[\d+/\d+\]", re.IGNORECASE)
_OVERPRINTED = re.compile(r"(?<=[^\d\s])(?=\d+/\d+ \[[=>.]{9})")
_ETA = " - ETA: "
_START = re.compile(r"^\W*\d+/(?:\d+|Unknown)\s|^\s*(?:- )?\d+s - ")
_MORE = re.compile(r"(?:^|\s)- [\w.@/]+: ?\S")
_FRAGMENT = re.compile(r"\s?[\w.@/]*(?: ?: ?)?[\w.+-]+\s*")
_DONE = re.compile(r": -?(?:\d+\.\d{4,}(?:e[-+]\d\d)?|nan|inf)\s*$")
_TQDM_VALUE = re.compile(rf"[,\s]([A-Za-z_]\w*)=({NUMBER})(?=[,\]\s])", re.IGNORECASE)
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
    """

    values: dict[str, float]
    done: int | None
    total: int | None
    finished: bool

    @property
    def validated(self) -> bool:
        """Whether there are validation values."""
        return any(name.startswith("val_") for name in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A message that training was stopped."""

    message: str


def split_lines(text: str) -> list[str]:
    """Lines as they were printed: a return, backspaces, `Epoch 1/9` or a bar begin a new one.

    Lines that a console broke are whole again; of bars one over the other the last is kept.
    """
    apart = _INNER_HEADER.sub(r"\n\1\n", _ANSI.sub("", text))
    lines = [bar for line in re.split(r"\r\n|\n|\r|\x08+", apart) for bar in _bars(line)]
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    return _whole([line for line, after in pairs if not _is_overwritten(line, after)])


def _is_overwritten(line: str, after: str) -> bool:
    return _ETA in line and _ETA in after and "terminating" not in line


def _bars(line: str) -> list[str]:
    """The parts of a line of which each begins with a bar, where one was printed over another."""
    return _OVERPRINTED.split(line) if line.count(" [") > 1 else [line]


def _whole(lines: list[str]) -> list[str]:
    """Lines, each progress line with its rest where a console broke it."""
    found: list[str] = []
    broken = False
    for line in lines:
        starts = _START.match(line) is not None
        broken = starts or (broken and _continues(found[-1], line))
        if starts or not broken:
            found.append(line)
        else:
            apart = re.search(r"[^e]-$|:$", found[-1]) or line.startswith(("-", " "))
            found[-1] = f"{found[-1]} {line.strip()}" if apart else found[-1] + line
    return found


def _continues(before: str, line: str) -> bool:
    """Whether a line goes on with a progress line: more scores, or the rest of one."""
    if _OWN.search(line) or _HEADER.match(line):
        return False
    return bool(_MORE.search(line) or (_FRAGMENT.fullmatch(line) and not _DONE.search(before)))


def read_line(line: str) -> list[Header | Values | Stopped]:
    """What one line tells; empty for any other text."""
    words = line.lower()
    header = _HEADER.match(line) if "epoch" in words else None
    if header:
        total = int(header[2]) if header[2] else None
        return [Header(number=int(header[1]), total=total)]
    found: list[Header | Values | Stopped] = []
    values = _values(line) if "loss" in words and not _OWN.search(line) else None
    if values is not None:
        found.append(values)
    stopped = _STOPPED.search(line)
    if stopped:
        found.append(Stopped(message=stopped[0]))
    return found


def _values(line: str) -> Values | None:
    if "%|" in line and _TQDM.search(line):
        pattern = _TQDM_VALUE
    else:
        pattern = _VALUE
        line = _VALIDATION.sub("val_", _DECIMAL_COMMA.sub(r"\1.", line))
    found = pattern.findall(line)
    pairs = {name.rstrip("."): float(value) for name, value in found if name != "ETA"}
    if not any("loss" in name.lower() for name in pairs):
        return None
    if pattern is _VALUE and not (
        " - " in line or (len(pairs) > 1 and line.lstrip().startswith("loss:"))
    ):
        return None
    bar = _BAR.search(line)
    done = int(bar[1]) if bar else None
    total = int(bar[2]) if bar and bar[2].isdigit() else None
    validated = any(name.startswith("val_") for name in pairs)
    finished = validated or ("ETA" not in line and (bar is None or done == total or total is None))
    return Values(values=pairs, done=done, total=total, finished=finished)
