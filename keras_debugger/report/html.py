"""Diagnoses and results as HTML: whole pages that open offline, and fragments for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from keras_debugger.report.comparison_story import Interval, Row
from keras_debugger.report.highlight import highlight
from keras_debugger.report.pictures import diagnosis_pictures, result_pictures
from keras_debugger.report.result_story import tell_result
from keras_debugger.report.story import tell
from keras_debugger.version import VERSION

if TYPE_CHECKING:
    from keras_debugger.report.result import AutofixResult
    from keras_debugger.types.diagnosis import Diagnosis


def diagnosis_page(diagnosis: Diagnosis) -> str:
    """A diagnosis as one self-contained page."""
    return _diagnosis(diagnosis, "diagnosis_page.html")


def diagnosis_fragment(diagnosis: Diagnosis) -> str:
    """A diagnosis as a piece of a notebook."""
    return _diagnosis(diagnosis, "diagnosis_fragment.html")


def result_page(result: AutofixResult, *, files: Sequence[Row] = ()) -> str:
    """A result as one self-contained page.

    Args:
        result: the result.
        files: rows (name, what it holds) of the files beside the page.
    """
    return _result(result, "result_page.html", files)


def result_fragment(result: AutofixResult) -> str:
    """A result as a piece of a notebook."""
    return _result(result, "result_fragment.html", ())


def _diagnosis(diagnosis: Diagnosis, template: str) -> str:
    light, dark = diagnosis_pictures(diagnosis)
    story = tell(diagnosis)
    return (
        _environment()
        .get_template(template)
        .render(story=story, light=light, dark=dark, version=VERSION)
    )


def _result(result: AutofixResult, template: str, files: Sequence[Row]) -> str:
    light, dark = result_pictures(result)
    story = tell_result(result)
    return (
        _environment()
        .get_template(template)
        .render(
            story=story,
            code=highlight(story.code),
            scale=_scale(story.interval),
            light=light,
            dark=dark,
            files=files,
            version=VERSION,
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("keras_debugger.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _scale(interval: Interval | None) -> dict[str, float]:
    """Places of the marks of an interval on a scale from 0 to 100; empty if there is none."""
    if interval is None:
        return {}
    left = max(-1.0, min(-0.1, interval.low - 0.05))
    return {
        name: round(100.0 * min(1.0, max(0.0, (value - left) / (1.0 - left))), 2)
        for name, value in (
            ("zero", 0.0),
            ("asked", interval.asked),
            ("low", interval.low),
            ("gain", interval.gain),
            ("high", interval.high),
        )
    }
