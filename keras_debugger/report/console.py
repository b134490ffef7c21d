"""What a page in a terminal is made of: a frame, headings, lists, tables and code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, cast

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from keras_debugger.report.comparison_story import Row
from keras_debugger.report.encoding import EncodableFile

_TONES = {"good": "green", "fair": "yellow", "bad": "red", "neutral": "cyan"}
_WIDEST = 110


def make_console(file: IO[str] | None) -> Console:
    """A console on a file, standard output if None, that no letter can bring to an error."""
    console = Console(file=cast("IO[str]", EncodableFile(file)), highlight=False, emoji=False)
    if console.width > _WIDEST:
        console.width = _WIDEST
    return console


def print_verdict(console: Console, badge: str, headline: str, more: str, tone: str) -> None:
    """The verdict in a frame of its colour."""
    colour = _TONES[tone]
    words = Text.assemble((headline, "bold"), "\n" if more else "", (more, "dim"))
    console.print(
        Panel(
            words,
            title=Text(f" {badge.upper()} ", style=f"bold {colour}"),
            title_align="left",
            border_style=colour,
            padding=(0, 1),
        )
    )


def print_heading(console: Console, text: str) -> None:
    """A heading with a line free above it."""
    console.print()
    console.print(Text(text, style="bold underline"))


def print_list(console: Console, heading: str, texts: Iterable[str]) -> None:
    """A heading and its points; nothing if there are none."""
    texts = list(texts)
    if texts:
        print_heading(console, heading)
    for text in texts:
        print_indented(console, Text(text), "- ", 2)


def print_indented(console: Console, text: Text, mark: str, indent: int) -> None:
    """A paragraph whose later lines stand below its first word."""
    grid = Table.grid(padding=0)
    grid.add_column(width=len(mark), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark), text)
    console.print(Padding(grid, (0, 0, 0, indent), expand=False))


def print_code(console: Console, code: str, language: str) -> None:
    """Code with whole lines, however narrow the terminal is, so that it can be copied."""
    shown = Syntax("", language, theme="ansi_dark", background_color="default").highlight(code)
    for line in shown.split(allow_blank=False):
        console.print(Text("    ").append_text(line), soft_wrap=True)


def print_table(
    console: Console, head: Sequence[str], rows: Iterable[Row], *, header: bool = True
) -> None:
    """A table whose first column stands back; cells fold where the terminal is narrow."""
    table = Table(box=box.SIMPLE_HEAD if header else None, show_header=header, pad_edge=True)
    for i, words in enumerate(head):
        table.add_column(Text(words), style="" if i else "dim", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
