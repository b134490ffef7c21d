"""What a terminal shows: colours or none, any encoding, never an error."""

import io

import pytest
from report_values import HOSTILE, plan, record, result, sick, sound, stuck, trial
from rich.console import Console

from keras_debugger.report.encoding import printable
from keras_debugger.report.progress import TerminalProgress
from keras_debugger.report.result_story import tell_result
from keras_debugger.report.terminal import (
    SilentProgress,
    make_progress,
    show_diagnosis,
    show_result,
)
from keras_debugger.types.vocabulary import Decision


def stream(encoding="utf-8", terminal=False):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    file.isatty = lambda: terminal
    return file


def said(file):
    file.flush()
    return file.buffer.getvalue().decode(file.encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii", "cp437"])
@pytest.mark.parametrize("decision", list(Decision))
def test_every_encoding_shows_every_verdict(encoding, decision):
    file = stream(encoding)
    hostile = sick(place=f"{HOSTILE} \u5c64", names=(HOSTILE, "dense_1", "predictions"))
    show_result(result(decision, diagnosis=hostile), file)
    text = said(file)
    assert decision.value.upper() in text
    assert "\x1b" not in text
    assert "<img src=x" in text


def test_a_diagnosis_is_shown_and_names_are_no_markup():
    file = stream()
    show_diagnosis(sick(place="[red]a[/red] :smile:"), file)
    text = said(file)
    assert "[red]a[/red] :smile:" in text
    assert "Most likely cause: input features" in text
    assert "Why" in text
    show_diagnosis(sound(), file)
    assert "This run is healthy" in said(file)


def test_colours_only_in_a_terminal_and_not_with_no_color(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain = stream(terminal=True), stream(terminal=True)
    show_diagnosis(sick(), coloured)
    assert "\x1b[1;31m" in said(coloured)
    monkeypatch.setenv("NO_COLOR", "1")
    show_diagnosis(sick(), plain)
    assert "31m" not in said(plain)


def test_code_keeps_its_lines_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    file = stream()
    one = result(Decision.VERIFIED)
    show_result(one, file)
    lines = said(file).splitlines()
    code = [line for line in tell_result(one).code.splitlines() if line]
    assert max(map(len, code)) > 40
    assert [line for line in code if f"    {line}" not in lines] == []


def test_standard_output_is_the_default(capsys):
    show_diagnosis(sound())
    assert "This run is healthy" in capsys.readouterr().out


def work(progress):
    progress.begin(stage="searching for a fix", trainings=3.0)
    for what in (None, plan()):
        name = what.name if what else "unchanged"
        progress.trial(plan=name, seed=7, epochs=2)
        progress.epoch(epoch=0, epochs=2, loss=1.23456789)
        progress.epoch(epoch=1, epochs=2, loss=float("nan"))
        progress.end_trial(
            trial(record(stuck(2)), seed=7, value=0.9 if what else 0.4, what=what, epochs=2)
        )
    progress.end_trial(trial(record([]), seed=8, value=0.0, failure="out of memory"))
    progress.say("one fix was refused: [red]x")
    progress.begin(stage="proving normalize-inputs", trainings=6.0)
    progress.close()
    progress.close()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_without_a_terminal_progress_is_plain_lines(encoding):
    file = stream(encoding)
    work(make_progress(1, file))
    lines = said(file).splitlines()
    assert lines == [
        "Searching for a fix (about 3 trainings of the original)",
        "  Unchanged, seed 7: accuracy 0.400 after 2 epochs, 2.3 s",
        "  Normalize inputs, clip gradients, lower learning rate, seed 7: accuracy 0.900 "
        "after 2 epochs, 2.3 s",
        "  Unchanged, seed 8: out of memory after 30 epochs, 2.3 s",
        "one fix was refused: [red]x",
        "Proving normalize inputs (about 6 trainings of the original)",
    ]


def test_verbose_two_writes_every_epoch():
    file = stream()
    work(make_progress(2, file))
    text = said(file)
    assert "Unchanged, seed 7: epoch 1/2, loss 1.23" in text
    assert "epoch 2/2, loss NaN" in text


def test_verbose_zero_is_silent(capsys):
    progress = make_progress(0)
    assert isinstance(progress, SilentProgress)
    work(progress)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("columns", ["80", "140"])
def test_in_a_terminal_one_line_is_live(columns, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", columns)
    file = stream(terminal=True)
    times = iter(range(0, 10_000, 10))
    console = Console(file=file, highlight=False)
    progress = TerminalProgress(console, clock=lambda: next(times))
    work(progress)
    text = said(file)
    assert "epoch 1/2, loss 1.23" in text
    assert "best 0.900" in text
    assert " left, best 0.400" in text
    assert "\N{HORIZONTAL ELLIPSIS}" not in text  # nothing of it is cut
    assert text.endswith("\x1b[?25h") or "\x1b[?25h" in text


def test_letters_that_an_encoding_lacks_become_escapes():
    assert printable("a \u2192 \u5c64", "ascii") == "a -> \\u5c64"
    assert printable("a \u2192", "utf-8") == "a \u2192"
    assert printable("\u2014", "no such encoding") == "-"
