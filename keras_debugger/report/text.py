"""Diagnoses and results as plain text."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from keras_debugger.report.comparison_story import Row
from keras_debugger.report.experiment_story import experiment_lines
from keras_debugger.report.result_story import ResultStory
from keras_debugger.report.story import DiagnosisStory

WIDTH = 88


def diagnosis_text(story: DiagnosisStory) -> str:
    """A diagnosis as plain text, 88 columns wide."""
    return "\n".join(_diagnosis(story))


def result_text(story: ResultStory) -> str:
    """A result as plain text, 88 columns wide."""
    lines = [*_wrap(f"{story.badge.upper()}: {story.headline}"), *_wrap(story.meaning)]
    if story.before.findings:
        lines += ["", *_heading("What was found"), *_findings(story.before)]
    if story.before.causes:
        lines += ["", *_heading("Why"), *_causes(story.before)]
    lines += _experiments(story.before)
    if story.fixes:
        words = "The fix" if story.proven else "The fix that came nearest"
        lines += ["", *_heading(words), *_fixes(story)]
    if story.seeds:
        lines += ["", *_heading("Before and after, on held-out rows")]
        lines += table(("", "before", "after", "change"), story.seeds)
        lines += _wrap(story.interval.words) if story.interval else []
    if story.endings:
        lines += ["", *table(("", "before", "after"), story.endings), *_wrap(story.endings_note)]
    if story.recommendations:
        lines += ["", *_heading("Recommended, best first")]
    for rank, (text, why, label) in enumerate(story.recommendations, start=1):
        lines += [*_wrap(f"{text} [{label}]", f"  {rank}. ", "     "), *_wrap(why, "     ")]
    if story.tried:
        head = ("candidate", "selection score", "trained", "cost", "")
        lines += ["", *_heading("What was tried"), *table(head, story.tried)]
    lines += ["", *_heading("How it was measured")]
    lines += [
        line for text in (*story.method, *story.notes) for line in _wrap(text, "  - ", "    ")
    ]
    return "\n".join([*lines, *_unjudged(story.before)])


def table(head: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """A table in columns as wide as their longest cell; the first one to the left."""
    cells = [tuple(head), *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for row in cells:
        first = row[0].ljust(widths[0])
        others = (cell.ljust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  " + "  ".join((first, *others)).rstrip())
    return lines


def _diagnosis(story: DiagnosisStory) -> Iterator[str]:
    yield from _wrap(story.headline)
    if story.causes:
        yield from _wrap(f"{story.badge} found. {story.checked}")
    if story.facts:
        yield ""
        yield from table(("", ""), story.facts)[1:]
    if story.findings:
        yield from ("", *_heading("What was found"), *_findings(story))
    if story.causes:
        yield from ("", *_heading("Why"), *_causes(story))
    yield from _experiments(story)
    yield from _unjudged(story)
    if story.notes:
        yield from ("", *_heading("About the record"))
        for note in story.notes:
            yield from _wrap(note, "  - ", "    ")


def _findings(story: DiagnosisStory) -> Iterator[str]:
    for finding in story.findings:
        yield f"  [{finding.severity}] {finding.title} ({finding.code})"
        yield from _wrap(finding.sentence, "      ")
        yield from _wrap("; ".join(finding.evidence), "      ")


def _causes(story: DiagnosisStory) -> Iterator[str]:
    for rank, cause in enumerate(story.causes, start=1):
        yield from _wrap(f"{cause.title}: {cause.confidence}", f"  {rank}. ", "     ")
        if cause.rests_on:
            yield from _wrap(f"rests on {cause.rests_on}", "     ")
        for text in cause.evidence:
            yield from _wrap(text, "     - ", "       ")
        if cause.fixes:
            yield from _wrap(f"would mend it: {', '.join(cause.fixes)}", "     ")
        if not cause.repairable:
            yield "     No change of the model can mend this."
    if story.others:
        yield from _wrap(f"Less likely: {story.others}.", "  ")


def _experiments(story: DiagnosisStory) -> Iterator[str]:
    for heading, lines in experiment_lines(story.experiments, story.next_experiments):
        yield from ("", *_heading(heading))
        for line in lines:
            yield from _wrap(line, "  - ", "    ")


def _fixes(story: ResultStory) -> Iterator[str]:
    for fix in story.fixes:
        yield f"  {fix.title} ({fix.name})"
        yield from _wrap(fix.reason, "      ")
        yield from _wrap(f"Risk: {fix.risk}", "      ")
    if story.code:
        yield from ("", *(f"    {line}".rstrip() for line in story.code.splitlines()))
    if story.summary:
        yield from ("", "  The model, before (-) and after (+):", "")
        yield from (f"    {line}" for line in story.summary.splitlines())


def _unjudged(story: DiagnosisStory) -> Iterator[str]:
    if story.unjudged:
        yield from ("", *_heading("What could not be judged"))
    for group in story.unjudged:
        yield from _wrap(group.sentence, "  - ", "    ")
        yield from _wrap(group.hint, "    ")
    if story.crashed:
        yield from ("", *_heading("Parts of keras_debugger that failed (our error)"))
    for code, traceback in story.crashed:
        last = traceback.strip().splitlines()[-1:] or [""]
        yield from _wrap(f"{code}: {last[0]}", "  - ", "    ")


def _heading(text: str) -> tuple[str, str]:
    return text, "-" * len(text)


def _wrap(text: str, first: str = "", later: str | None = None) -> list[str]:
    if not text:
        return []
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if later is None else later,
        break_on_hyphens=False,
    )
