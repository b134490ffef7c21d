"""Diagnoses, results and progress in a terminal: colours where there are any, never an error."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.report.console import (
    make_console,
    print_code,
    print_heading,
    print_indented,
    print_list,
    print_table,
    print_verdict,
)
from keras_debugger.report.experiment_story import experiment_lines
from keras_debugger.report.progress import SilentProgress, TerminalProgress
from keras_debugger.report.result_story import ResultStory, tell_result
from keras_debugger.report.story import DiagnosisStory, tell

if TYPE_CHECKING:
    from keras_debugger.report.result import AutofixResult
    from keras_debugger.types.diagnosis import Diagnosis
    from keras_debugger.types.progress import Progress

__all__ = ["SilentProgress", "TerminalProgress", "make_progress", "show_diagnosis", "show_result"]

_SEVERITIES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}


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
    return TerminalProgress(make_console(file), every_epoch=verbose == 2)


def show_diagnosis(diagnosis: Diagnosis, file: IO[str] | None = None) -> None:
    """Show a diagnosis.

    Args:
        diagnosis: the diagnosis.
        file: where to write; standard output if None.
    """
    console, story = make_console(file), tell(diagnosis)
    print_verdict(console, story.badge, story.headline, story.checked, story.tone)
    if story.facts:
        print_table(console, ("", ""), story.facts, header=False)
    _findings(console, story)
    _causes(console, story)
    _experiments(console, story)
    _unjudged(console, story)
    print_list(console, "About the record", story.notes)


def show_result(result: AutofixResult, file: IO[str] | None = None) -> None:
    """Show the result of autofix.

    Args:
        result: the result.
        file: where to write; standard output if None.
    """
    console, story = make_console(file), tell_result(result)
    print_verdict(console, story.badge, story.headline, story.meaning, story.tone)
    _findings(console, story.before)
    _causes(console, story.before)
    _experiments(console, story.before)
    _fix(console, story)
    if story.seeds:
        print_heading(console, "Before and after, on held-out rows")
        print_table(console, (story.metric, "before", "after", "change"), story.seeds)
        if story.interval:
            console.print(Padding(Text(story.interval.words), (0, 0, 0, 2), expand=False))
    if story.endings:
        print_table(console, ("mean over seeds", "before", "after"), story.endings)
        console.print(Padding(Text(story.endings_note, style="dim"), (0, 0, 0, 2), expand=False))
    _recommendations(console, story)
    if story.tried:
        print_heading(console, "What was tried")
        print_table(console, ("candidate", "selection score", "trained", "cost", ""), story.tried)
    print_list(console, "How it was measured", (*story.method, *story.notes))
    _unjudged(console, story.before)


def _findings(console: Console, story: DiagnosisStory) -> None:
    if story.findings:
        print_heading(console, "What was found")
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
        print_heading(console, "Why")
    for rank, cause in enumerate(story.causes, start=1):
        head = Text.assemble((cause.title, "bold"), f", {cause.confidence}")
        print_indented(console, head, f"{rank}. ", 2)
        for text in cause.evidence:
            print_indented(console, Text(text), "- ", 5)
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
        print_list(console, heading, lines)


def _fix(console: Console, story: ResultStory) -> None:
    if story.fixes:
        print_heading(console, "The fix" if story.proven else "The fix that came nearest")
    for fix in story.fixes:
        head = Text.assemble((fix.title, "bold"), " ", (f"({fix.name})", "dim"))
        console.print(Padding(head, (0, 0, 0, 2), expand=False))
        console.print(Padding(Text(fix.reason), (0, 0, 0, 4), expand=False))
        console.print(Padding(Text(f"Risk: {fix.risk}", style="dim"), (0, 0, 0, 4), expand=False))
    if story.code:
        console.print()
        print_code(console, story.code, "python")
    if story.summary:
        console.print()
        console.print(Padding(Text("The model, before (-) and after (+):"), (0, 0, 0, 2)))
        print_code(console, story.summary, "diff")


def _recommendations(console: Console, story: ResultStory) -> None:
    if story.recommendations:
        print_heading(console, "Recommended, best first")
    for rank, (text, why, label) in enumerate(story.recommendations, start=1):
        print_indented(console, Text.assemble(text, " ", (label, "cyan")), f"{rank}. ", 2)
        print_indented(console, Text(why, style="dim"), "   ", 2)


def _unjudged(console: Console, story: DiagnosisStory) -> None:
    print_list(
        console,
        "What could not be judged",
        [f"{group.sentence} {group.hint}" for group in story.unjudged],
    )
    failed = (
        f"{code}: {(trace.strip().splitlines() or [''])[-1]}" for code, trace in story.crashed
    )
    print_list(console, "Parts of keras_debugger that failed (our error)", failed)
