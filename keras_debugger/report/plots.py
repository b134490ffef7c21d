"""The picture of a comparison: loss, metric, gradient norms and learning rate, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
from keras_debugger.types.record import StepLogs, TrainingRecord
from keras_debugger.types.trial import Trial

_RATES = ("learning_rate", "lr")


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a panel: values over epochs, whose run it is, and how it is drawn."""

    x: np.ndarray
    y: np.ndarray
    after: bool
    validation: bool = False
    main: bool = True


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
        _panel(
            panels[0, 0], [c for run in runs for c in _logs("loss", *run)], "Loss", palette, both
        )
        _panel(
            panels[0, 1],
            [c for run in runs for c in _logs(logged, *run)] if logged else [],
            capital(logged.replace("_", " ")) or "Metric",
            palette,
            both,
        )
        norms = [c for run in runs for c in _norms(*run)]
        _panel(panels[1, 0], norms, "Gradient norm, all layers", palette, both, log_from=1.0)
        rates = [c for run in runs for c in _rates(*run)]
        _panel(panels[1, 1], rates, "Learning rate", palette, both, log_from=5.0)
        shared_legend(figure, palette)
        return figure


def records_of(trials: Sequence[Trial]) -> tuple[TrainingRecord, ...]:
    """The records of the trainings that did not fail."""
    return tuple(trial.record for trial in trials if not trial.failure)


def logged_metric(records: Sequence[TrainingRecord], metric: str) -> str:
    """Name of the log to draw as the metric; empty if only losses were logged."""
    names = [n for r in records if r.epoch_logs is not None for n in r.epoch_logs.values]
    names = [n for n in names if not n.startswith("val_") and n not in ("loss", *_RATES)]
    names = [n for n in names if not n.endswith("_loss")]
    if metric in names:
        return metric
    alike = [n for n in names if metric and (n in metric or metric in n)]
    return next(iter(alike or names), "")


def _logs(name: str, record: TrainingRecord, after: bool, main: bool) -> list[Curve]:
    if record.epoch_logs is None:
        return []
    curves = []
    for key, validation in ((name, False), (f"val_{name}", True)):
        if (values := record.epoch_logs.values.get(key)) is not None:
            x = np.arange(1, len(values) + 1, dtype=np.float64)
            curves.append(Curve(x, np.asarray(values, np.float64), after, validation, main))
    return curves


def _norms(record: TrainingRecord, after: bool, main: bool) -> list[Curve]:
    log = record.gradient_log
    if log is None or not len(log.step):
        return []
    norms = np.where(log.finite.all(axis=1), log.global_norm, np.nan)
    return [Curve(epochs_of(log.step, record), norms, after, main=main)]


def _rates(record: TrainingRecord, after: bool, main: bool) -> list[Curve]:
    steps = record.step_logs
    if steps is not None and np.isfinite(steps.learning_rate).any():
        return [Curve(epochs_of(steps.step, record), steps.learning_rate, after, main=main)]
    values = {} if record.epoch_logs is None else record.epoch_logs.values
    for key in _RATES:
        if key in values:
            x = np.arange(1, len(values[key]) + 1, dtype=np.float64)
            return [Curve(x, np.asarray(values[key], np.float64), after, main=main)]
    optimizer = record.model_description.optimizer if record.model_description else None
    if optimizer is None or optimizer.schedule or record.epoch_logs is None:
        return []
    x = np.array([0.0, max(1.0, record.epoch_logs.count)])
    return [Curve(x, np.full(2, optimizer.learning_rate), after, main=main)]


def epochs_of(step: np.ndarray, record: TrainingRecord) -> np.ndarray:
    """Optimizer steps on the axis of epochs: 0 at the start, 1 at the end of the first epoch."""
    known = record.step_logs
    if known is not None and len(known.step):
        return np.asarray(np.interp(step, known.step, _positions(known)))
    epochs = record.epoch_logs.count if record.epoch_logs is not None else 0
    last = float(step[-1]) if len(step) else 0.0
    return np.asarray(step, np.float64) * (epochs / last if epochs and last else 1.0)


def _positions(steps: StepLogs) -> np.ndarray:
    epochs, first, amount = np.unique(steps.epoch, return_index=True, return_counts=True)
    row = np.searchsorted(epochs, steps.epoch)
    inside = np.arange(len(steps.step)) - first[row]
    return np.asarray(steps.epoch + (inside + 1.0) / amount[row])


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
