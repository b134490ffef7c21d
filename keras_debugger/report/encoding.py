"""Text for files and terminals that cannot show every letter (Windows code pages, C locale)."""

import sys
from typing import IO

_PLAIN = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{BULLET}": "*",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)


def printable(text: str, encoding: str | None = None) -> str:
    """The text, with escapes for letters that the encoding lacks.

    Args:
        text: any text.
        encoding: name of an encoding; that of standard output if None.

    Returns:
        Text that can be encoded without an error.
    """
    encoding = encoding or getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        plain = text.translate(_PLAIN)
        try:
            return plain.encode(encoding, "backslashreplace").decode(encoding)
        except LookupError:
            return plain.encode("ascii", "backslashreplace").decode("ascii")
    return text


class EncodableFile:
    """A text file that writes what its encoding can hold, and never raises for the rest.

    Args:
        file: an open text file; standard output of the moment if None.
    """

    def __init__(self, file: IO[str] | None = None) -> None:
        self._file = file if file is not None else sys.stdout
        self.encoding = getattr(self._file, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write text; the letters that the encoding lacks become escapes."""
        return self._file.write(printable(text, self.encoding))

    def flush(self) -> None:
        """Flush the file."""
        self._file.flush()

    def isatty(self) -> bool:
        """Whether the file is a terminal."""
        return bool(getattr(self._file, "isatty", lambda: False)())

    def fileno(self) -> int:
        """Descriptor of the file."""
        return self._file.fileno()
