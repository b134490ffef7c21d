"""Writes the pages of all checks and fixes from their docstrings: `python docs/make.py`."""

import inspect
from pathlib import Path

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.fixes import ALL_FIXES

HERE = Path(__file__).parent


def pages() -> dict[str, str]:
    """Path under docs/ to text of each generated page."""
    made = {"checks.md": _check_table(), "fixes.md": _fix_table()}
    for check in ALL_CHECKS:
        title = f"# {check.code} {check.name}"
        made[f"checks/{check.code}.md"] = f"{title}\n\n{_page(type(check))}"
    for fix in _fix_classes():
        made[f"fixes/{fix.name}.md"] = f"# {fix.name}\n\n{_page(fix)}"
    return made


def _fix_classes() -> list[type]:
    return list(dict.fromkeys(type(fix) for fix in ALL_FIXES))


def _page(kind: type) -> str:
    """A docstring as Markdown: its sections become bold words, their text a paragraph each."""
    lines = []
    for line in (inspect.getdoc(kind) or "").splitlines():
        head, colon, rest = line.partition(":")
        if colon and head[:1].isupper() and len(head) < 20 and not line.startswith(" "):
            lines += ["", f"**{head}**:{rest}"]
        else:
            lines.append(line.strip())
    text = "\n".join(lines).strip()
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return f"{text}\n"


def _check_table() -> str:
    rows = ["| code | name | what it sees | needs |", "| --- | --- | --- | --- |"]
    for check in ALL_CHECKS:
        first = (inspect.getdoc(type(check)) or "").splitlines()[0]
        needs = ", ".join(sorted(check.needs))
        rows.append(
            f"| [{check.code}](checks/{check.code}.md) | {check.name} | {first} | {needs} |"
        )
    return "# Checks\n\n" + "\n".join(rows) + "\n"


def _fix_table() -> str:
    rows = ["| fix | what it does | edits | risk |", "| --- | --- | --- | --- |"]
    for fix in _fix_classes():
        first = (inspect.getdoc(fix) or "").splitlines()[0]
        link = f"[{fix.name}](fixes/{fix.name}.md)"
        rows.append(f"| {link} | {first} | {fix.kind.value} | {fix.risk} |")
    return "# Fixes\n\n" + "\n".join(rows) + "\n"


def main() -> None:
    """Write the pages, and take away those of checks and fixes that are gone."""
    made = pages()
    for folder in ("checks", "fixes"):
        for old in (HERE / folder).glob("*.md"):
            if f"{folder}/{old.name}" not in made:
                old.unlink()
    for name, text in made.items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
