"""Which picture a diagnosis or a result gets, and pictures inside a page."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from keras_debugger.report.comparison_curves import records_of
from keras_debugger.report.drawing import DARK, LIGHT, Palette, to_png, to_svg
from keras_debugger.report.plots import comparison_figure
from keras_debugger.report.run_plots import run_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from keras_debugger.report.result import AutofixResult
    from keras_debugger.types.diagnosis import Diagnosis

LARGEST_SVG = 350_000  # bytes; a larger picture is sent as PNG, so that a page stays below 2 MB


def result_figure(result: AutofixResult, *, palette: Palette = LIGHT) -> Figure:
    """Before and after of the proof; the original run alone if nothing was compared."""
    before = records_of(result.before) or (result.diagnosis.record,)
    return comparison_figure(
        before, records_of(result.after), metric=result.proof.metric, palette=palette
    )


def result_pictures(result: AutofixResult) -> tuple[str, str]:
    """The picture as data addresses, for light and for dark pages."""
    light, dark = (_address(result_figure(result, palette=p)) for p in (LIGHT, DARK))
    return light, dark


def diagnosis_pictures(diagnosis: Diagnosis) -> tuple[str, str]:
    """The picture of one run as data addresses, for light and for dark pages; empty if none."""
    record = diagnosis.record
    if record.epoch_logs is None and record.gradient_log is None:
        return "", ""
    light, dark = (_address(run_figure(diagnosis, palette=p)) for p in (LIGHT, DARK))
    return light, dark


def _address(figure: Figure) -> str:
    content, kind = to_svg(figure), "svg+xml"
    if len(content) > LARGEST_SVG:
        content, kind = to_png(figure), "png"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
