"""Python code with colours, as HTML without scripts."""

import io
import keyword
import token
import tokenize

from markupsafe import Markup, escape

_KINDS = {token.COMMENT: "c", token.STRING: "s", token.NUMBER: "n"}


def highlight(code: str) -> Markup:
    """Code as HTML in which comments, texts, numbers and keywords have classes of their own."""
    pieces: list[Markup] = []
    rows = code.splitlines(keepends=True)
    row, column = 1, 0
    try:
        for part in tokenize.generate_tokens(io.StringIO(code).readline):
            kind = _KINDS.get(part.type)
            if part.type == token.NAME and keyword.iskeyword(part.string):
                kind = "k"
            if kind is None or part.start[0] != part.end[0]:
                continue
            pieces.append(escape(_between(rows, (row, column), part.start)))
            pieces.append(Markup('<span class="{}">{}</span>').format(kind, part.string))
            row, column = part.end
    except (tokenize.TokenError, SyntaxError):
        return escape(code)
    pieces.append(escape(_between(rows, (row, column), (len(rows) + 1, 0))))
    return Markup("").join(pieces)


def _between(rows: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return rows[start[0] - 1][start[1] : end[1]] if start[0] <= len(rows) else ""
    first = rows[start[0] - 1][start[1] :] if start[0] <= len(rows) else ""
    last = rows[end[0] - 1][: end[1]] if end[0] <= len(rows) else ""
    return first + "".join(rows[start[0] : end[0] - 1]) + last
