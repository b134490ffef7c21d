"""Diagnoses and results as Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence

from keras_debugger.report.comparison_story import Row
from keras_debugger.report.experiment_story import experiment_lines
from keras_debugger.report.result_story import ResultStory
from keras_debugger.report.story import DiagnosisStory

_SPECIAL = re.compile(r"([\\`*\[\]<>|~#&$!])")
_OPENING = re.compile(r"^(\s*\d*)([-+=.)])(?=\s|$)")
_EDGE_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def escape(text: str) -> str:
    """Text that Markdown shows as it stands: no markup, no HTML, no links, no table breaks."""
    words = _SPECIAL.sub(r"\\\1", text)
    words = _EDGE_UNDERSCORE.sub(r"\_", words)
    words = words.replace("://", r"\://").replace("www.", r"www\.").replace("@", r"\@")
    return _OPENING.sub(r"\1\\\2", words)


def diagnosis_markdown(story: DiagnosisStory) -> str:
    """A diagnosis as a Markdown page."""
    return _page(
        "# What is wrong with this training run",
        f"**{escape(story.headline)}**",
        escape(story.checked),
        *_facts(story),
        *_diagnosis(story),
    )


def result_markdown(story: ResultStory, *, picture: str, files: Sequence[Row]) -> str:
    """A result as a Markdown page.

    Args:
        story: the result in words.
        picture: name of the picture file beside the page.
        files: rows (name, what it holds) of the files beside the page.
    """
    parts = [
        f"# {story.badge.capitalize()}",
        f"**{escape(story.headline)}**",
        escape(story.meaning),
        f"![Loss, metric, gradient norm and learning rate before and after]({picture})",
        *_findings(story.before),
        *_causes(story.before),
        *_experiments(story.before),
        *_fix(story),
        *_comparison(story),
    ]
    if story.recommendations:
        lines = (
            f"{rank}. {escape(text)} ({escape(label)}) *{escape(why)}*"
            for rank, (text, why, label) in enumerate(story.recommendations, start=1)
        )
        parts += ["## Recommendations, best first", "\n".join(lines)]
    if story.tried:
        head = ("Candidate", "Selection score", "Trained", "Cost", "")
        parts += ["## What was tried", _table(head, story.tried)]
    parts += ["## How it was measured", _bullets((*story.method, *story.notes))]
    if story.after is not None:
        parts += ["## What is left after the fix", escape(story.after.headline)]
    parts += _unjudged(story.before)
    parts += ["## Files", _table(("File", "What it holds"), files)]
    return _page(*parts)


def _page(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _diagnosis(story: DiagnosisStory) -> Iterator[str]:
    yield from _findings(story)
    yield from _causes(story)
    yield from _experiments(story)
    yield from _unjudged(story)
    if story.notes:
        yield from ("## About the record", _bullets(story.notes))


def _facts(story: DiagnosisStory) -> Iterator[str]:
    if story.facts:
        yield "\n".join(f"- {escape(fact)}: {escape(words)}" for fact, words in story.facts)


def _findings(story: DiagnosisStory) -> Iterator[str]:
    if story.findings:
        yield "## What was found"
    for finding in story.findings:
        yield f"### {escape(finding.title)} ({escape(finding.code)}, {finding.severity})"
        yield escape(finding.sentence)
        yield _bullets(finding.evidence)


def _causes(story: DiagnosisStory) -> Iterator[str]:
    if story.causes:
        yield "## Why"
    for rank, cause in enumerate(story.causes, start=1):
        lines = [f"{rank}. **{escape(cause.title)}**, {cause.confidence}"]
        lines += [f"   - {escape(text)}" for text in cause.evidence]
        if cause.rests_on:
            lines.append(f"   - Rests on {escape(cause.rests_on)}.")
        if cause.fixes:
            lines.append(f"   - Would mend it: {escape(', '.join(cause.fixes))}.")
        if not cause.repairable:
            lines.append("   - No change of the model can mend this.")
        yield "\n".join(lines)
    if story.others:
        yield f"Less likely: {escape(story.others)}."


def _experiments(story: DiagnosisStory) -> Iterator[str]:
    for heading, lines in experiment_lines(story.experiments, story.next_experiments):
        yield from (f"## {heading}", _bullets(lines))


def _fix(story: ResultStory) -> Iterator[str]:
    if story.fixes:
        yield "## The fix" if story.proven else "## The fix that came nearest"
        yield "\n".join(
            f"- **{escape(fix.title)}** ({escape(fix.name)}): {escape(fix.reason)} "
            f"Risk: {escape(fix.risk)}"
            for fix in story.fixes
        )
    if story.code:
        yield _fenced(story.code, "python")
    if story.summary:
        yield "The model, before (-) and after (+):"
        yield _fenced(story.summary, "diff")


def _fenced(text: str, language: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _comparison(story: ResultStory) -> Iterator[str]:
    if story.seeds:
        yield "## Before and after"
        yield f"{escape(story.metric).capitalize()} on held-out rows:"
        yield _table(("", "Before", "After", "Change"), story.seeds)
    if story.interval:
        yield escape(story.interval.words) + "."
    if story.endings:
        yield _table(("The trainings, mean over seeds", "Before", "After"), story.endings)
        yield escape(story.endings_note)


def _unjudged(story: DiagnosisStory) -> Iterator[str]:
    if story.unjudged:
        yield "## What could not be judged"
        yield "\n".join(
            f"- {escape(group.sentence)} {escape(group.hint)} ({escape(', '.join(group.checks))})"
            for group in story.unjudged
        )
    if story.crashed:
        yield "## Parts of keras_debugger that failed (our error)"
    for code, traceback in story.crashed:
        yield f"{escape(code)}:"
        yield "\n".join(f"    {line}" for line in traceback.splitlines())


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {escape(text)}" for text in texts)


def _table(head: Sequence[str], rows: Iterable[Row]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(map(escape, row)) + " |" for row in rows]
    return "\n".join(lines)
