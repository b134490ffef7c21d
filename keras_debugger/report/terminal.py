"""Diagnoses, results and progress in a terminal: colours where there are any, never an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, cast

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.report.comparison_story import Row
from keras_debugger.report.encoding import EncodableFile
from keras_debugger.report.experiment_story import experiment_lines
from keras_debugger.report.progress import SilentProgress, TerminalProgress
from keras_debugger.report.result_story import ResultStory, tell_result
from keras_debugger.report.story import DiagnosisStory, tell

if TYPE_CHECKING:
    from keras_debugger.report.result import AutofixResult
    from keras_debugger.types.diagnosis import Diagnosis
    from keras_debugger.types.progress import Progress

__all__ = ["SilentProgress", "TerminalProgress", "make_progress", "show_diagnosis", "show_result"]

_TONES = {"good": "green", "fair": "yellow", "bad": "red", "neutral": "cyan"}
_SEVERITIES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_WIDEST = 110


def make_progress(verbose: int | str = 1, file: IO[str] | None = None) -> Progress:
    """The progress display for a level of talking.

    Args:
        verbose: 0 is silent, 1 or "auto" shows progress, 2 also shows every epoch on a line.
        file: where to show it; standard output if None.

    Returns:
        Something that listens to a long piece of work.

    Raises:
        InvalidArgumentError: there is no such level.
    """
    if verbose not in (0, 1, 2, "auto"):
        raise InvalidArgumentError(
            given=f"verbose={verbose!r}",
            expected='0, 1, 2 or "auto"',
            do="use 0 for silence, 1 for progress, 2 for every epoch on a line",
        )
    if verbose == 0:
        return SilentProgress()
    return TerminalProgress(_console(file), every_epoch=verbose == 2)


def show_diagnosis(diagnosis: Diagnosis, file: IO[str] | None = None) -> None:
    """Show a diagnosis.

    Args:
        diagnosis: the diagnosis.
        file: where to write; standard output if None.
    """
    console, story = _console(file), tell(diagnosis)
    _verdict(console, story.badge, story.headline, story.checked, story.tone)
    if story.facts:
        _table(console, ("", ""), story.facts, header=False)
    _findings(console, story)
    _causes(console, story)
    _experiments(console, story)
    _unjudged(console, story)
    _list(console, "About the record", story.notes)


def show_result(result: AutofixResult, file: IO[str] | None = None) -> None:
    """Show the result of autofix.

    Args:
        result: the result.
        file: where to write; standard output if None.
    """
    console, story = _console(file), tell_result(result)
    _verdict(console, story.badge, story.headline, story.meaning, story.tone)
    _findings(console, story.before)
    _causes(console, story.before)
    _experiments(console, story.before)
    _fix(console, story)
    if story.seeds:
        _heading(console, "Before and after, on held-out rows")
        _table(console, (story.metric, "before", "after", "change"), story.seeds)
        if story.interval:
            console.print(Padding(Text(story.interval.words), (0, 0, 0, 2), expand=False))
    if story.endings:
        _table(console, ("mean over seeds", "before", "after"), story.endings)
        console.print(Padding(Text(story.endings_note, style="dim"), (0, 0, 0, 2), expand=False))
    _recommendations(console, story)
    if story.tried:
        _heading(console, "What was tried")
        _table(console, ("candidate", "selection score", "trained", "cost", ""), story.tried)
    _list(console, "How it was measured", (*story.method, *story.notes))
    _unjudged(console, story.before)


def _console(file: IO[str] | None) -> Console:
    console = Console(file=cast("IO[str]", EncodableFile(file)), highlight=False, emoji=False)
    if console.width > _WIDEST:
        console.width = _WIDEST
    return console


def _verdict(console: Console, badge: str, headline: str, more: str, tone: str) -> None:
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


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold underline"))


def _list(console: Console, heading: str, texts: Iterable[str]) -> None:
    texts = list(texts)
    if texts:
        _heading(console, heading)
    for text in texts:
        _indented(console, Text(text), "- ", 2)


def _indented(console: Console, text: Text, mark: str, indent: int) -> None:
    """A paragraph whose later lines stand below its first word."""
    grid = Table.grid(padding=0)
    grid.add_column(width=len(mark), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark), text)
    console.print(Padding(grid, (0, 0, 0, indent), expand=False))


def _findings(console: Console, story: DiagnosisStory) -> None:
    if story.findings:
        _heading(console, "What was found")
    for finding in story.findings:
        head = Text.assemble(
            (finding.severity, _SEVERITIES[finding.severity]),
            f"  {finding.title} ",
            (finding.code, "dim"),
        )
        console.print(Padding(head, (0, 0, 0, 2), expand=False))
        console.print(Padding(Text(finding.sentence), (0, 0, 0, 4), expand=False))
        console.print(
            Padding(Text("; ".join(finding.evidence), style="dim"), (0, 0, 0, 4), expand=False)
        )


def _causes(console: Console, story: DiagnosisStory) -> None:
    if story.causes:
        _heading(console, "Why")
    for rank, cause in enumerate(story.causes, start=1):
        head = Text.assemble((cause.title, "bold"), f", {cause.confidence}")
        _indented(console, head, f"{rank}. ", 2)
        for text in cause.evidence:
            _indented(console, Text(text), "- ", 5)
        if cause.fixes:
            fixes = Text(f"would mend it: {', '.join(cause.fixes)}", style="dim")
            console.print(Padding(fixes, (0, 0, 0, 5), expand=False))
        if not cause.repairable:
            console.print(
                Padding(Text("No change of the model can mend this."), (0, 0, 0, 5), expand=False)
            )
    if story.others:
        rest = Text(f"Less likely: {story.others}.", style="dim")
        console.print(Padding(rest, (0, 0, 0, 2), expand=False))


def _experiments(console: Console, story: DiagnosisStory) -> None:
    for heading, lines in experiment_lines(story.experiments, story.next_experiments):
        _list(console, heading, lines)


def _fix(console: Console, story: ResultStory) -> None:
    if story.fixes:
        _heading(console, "The fix" if story.proven else "The fix that came nearest")
    for fix in story.fixes:
        head = Text.assemble((fix.title, "bold"), " ", (f"({fix.name})", "dim"))
        console.print(Padding(head, (0, 0, 0, 2), expand=False))
        console.print(Padding(Text(fix.reason), (0, 0, 0, 4), expand=False))
        console.print(Padding(Text(f"Risk: {fix.risk}", style="dim"), (0, 0, 0, 4), expand=False))
    if story.code:
        console.print()
        _code(console, story.code, "python")
    if story.summary:
        console.print()
        console.print(Padding(Text("The model, before (-) and after (+):"), (0, 0, 0, 2)))
        _code(console, story.summary, "diff")


def _code(console: Console, code: str, language: str) -> None:
    """Code with whole lines, however narrow the terminal is, so that it can be copied."""
    shown = Syntax("", language, theme="ansi_dark", background_color="default").highlight(code)
    for line in shown.split(allow_blank=False):
        console.print(Text("    ").append_text(line), soft_wrap=True)


def _recommendations(console: Console, story: ResultStory) -> None:
    if story.recommendations:
        _heading(console, "Recommended, best first")
    for rank, (text, why, label) in enumerate(story.recommendations, start=1):
        _indented(console, Text.assemble(text, " ", (label, "cyan")), f"{rank}. ", 2)
        _indented(console, Text(why, style="dim"), "   ", 2)


def _unjudged(console: Console, story: DiagnosisStory) -> None:
    _list(
        console,
        "What could not be judged",
        [f"{group.sentence} {group.hint}" for group in story.unjudged],
    )
    failed = (
        f"{code}: {(trace.strip().splitlines() or [''])[-1]}" for code, trace in story.crashed
    )
    _list(console, "Parts of keras_debugger that failed (our error)", failed)


def _table(
    console: Console, head: Sequence[str], rows: Iterable[Row], *, header: bool = True
) -> None:
    table = Table(box=box.SIMPLE_HEAD if header else None, show_header=header, pad_edge=True)
    for i, words in enumerate(head):
        table.add_column(Text(words), style="" if i else "dim", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
