"""From the bytes of a log file to plain text."""

import codecs

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAIN = str.maketrans(  # what web pages, editors and printed tables put for plain characters
    {"\xa0": " ", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2502": "|", "\u200b": None}
)


def plain_text(content: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 or UTF-32, with plain spaces, dashes and bars."""
    text = content.decode(_encoding(content), errors="replace").translate(_PLAIN)
    text = text.replace("\\_", "_").replace("**", "")  # as Markdown writes it
    if "\n" in text or text.lstrip().startswith(("{", "[")):
        return text
    return text.replace("\\r", "\n").replace("\\n", "\n")


def _encoding(content: bytes) -> str:
    """Encoding by the mark at the beginning, else by the zeros of Latin letters in UTF-16."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:1000]
    if len(head) > 1 and head[1::2].count(0) > 0.4 * len(head):
        return "utf-16-le"
    if len(head) > 1 and head[::2].count(0) > 0.4 * len(head):
        return "utf-16-be"
    return "utf-8"
