"""The picture of a comparison: loss, metric, gradient norms and learning rate, before and after."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_debugger.report.comparison_curves import (
    Curve,
    curves_of_log,
    curves_of_norms,
    curves_of_rates,
    logged_metric,
)
from keras_debugger.report.drawing import (
    LIGHT,
    LOG_RANGE,
    Palette,
    drawable,
    dress,
    new_figure,
    nothing,
    plain_style,
    shared_legend,
    thin,
    wants_log,
)
from keras_debugger.report.words import capital
from keras_debugger.types.record import TrainingRecord


def comparison_figure(
    before: Sequence[TrainingRecord],
    after: Sequence[TrainingRecord],
    *,
    metric: str = "",
    palette: Palette = LIGHT,
) -> Figure:
    """The four panels, before and after the fix.

    Args:
        before: records of the original, one a seed; the first is drawn strongest.
        after: records of the fixed model; empty if nothing was changed.
        metric: name of the metric that decided; the first one that was logged if it was not.
        palette: colours.

    Returns:
        A figure of 11 by 7.5 inches; a panel without values says that nothing was recorded.
    """
    with plain_style():
        figure = new_figure(11, 7.5, palette)
        figure.subplots_adjust(0.065, 0.07, 0.985, 0.89, wspace=0.16, hspace=0.3)
        panels = figure.subplots(2, 2)
        logged = logged_metric((*before, *after), metric)
        runs = [(record, False, i == 0) for i, record in enumerate(before)]
        runs += [(record, True, i == 0) for i, record in enumerate(after)]
        both = bool(before) and bool(after)
        losses = [c for run in runs for c in curves_of_log("loss", *run)]
        _panel(panels[0, 0], losses, "Loss", palette, both)
        metrics = [c for run in runs for c in curves_of_log(logged, *run)] if logged else []
        title = capital(logged.replace("_", " ")) or "Metric"
        _panel(panels[0, 1], metrics, title, palette, both)
        norms = [c for run in runs for c in curves_of_norms(*run)]
        _panel(panels[1, 0], norms, "Gradient norm, all layers", palette, both, log_from=1.0)
        rates = [c for run in runs for c in curves_of_rates(*run)]
        _panel(panels[1, 1], rates, "Learning rate", palette, both, log_from=5.0)
        shared_legend(figure, palette)
        return figure


def _panel(
    axes: Axes,
    curves: list[Curve],
    title: str,
    palette: Palette,
    both: bool,
    *,
    log_from: float = LOG_RANGE,
) -> None:
    dress(axes, palette, title=title, x="epoch")
    shown = [drawable(curve.y) for curve in curves]
    if not any(np.isfinite(y).any() for y in shown):
        text = "no finite value" if curves else "not recorded"
        nothing(axes, palette, text)
        return
    if wants_log(shown, log_from):
        axes.set_yscale("log")
    for curve, y in zip(curves, shown, strict=True):
        _draw(axes, curve, y, palette, both)


def _draw(axes: Axes, curve: Curve, y: np.ndarray, palette: Palette, both: bool) -> None:
    colour = palette.after if curve.after else palette.before
    whose = ("after" if curve.after else "before") if both else ""
    kind = "validation" if curve.validation else "training"
    x, thinned = thin(curve.x, y)
    axes.plot(
        x,
        thinned,
        color=colour,
        linestyle="--" if curve.validation else "-",
        # the earlier curve is broader, so that it shows where the later one covers it
        linewidth=0.8 if not curve.main else 1.6 if curve.after else 2.6,
        alpha=1.0 if curve.main else 0.35,
        marker="o" if np.isfinite(y).sum() <= 3 else None,
        markersize=4,
        label=", ".join(filter(None, (whose, kind))) if curve.main else None,
    )
    if curve.main and np.isfinite(y).any() and not np.isfinite(y).all():
        lost = int(np.argmin(np.isfinite(y)))
        axes.plot(
            [curve.x[lost]],
            [y[np.isfinite(y)][-1] if lost else np.nanmin(y)],
            color=colour,
            linestyle="none",
            marker="x",
            markersize=9,
            markeredgewidth=2,
            label=", ".join(filter(None, (whose, "not finite from here"))),
        )
