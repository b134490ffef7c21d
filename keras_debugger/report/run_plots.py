"""Pictures of one run: its loss with the findings marked, and the gradients of each layer."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_debugger.report.comparison_curves import epochs_of
from keras_debugger.report.drawing import (
    LIGHT,
    Palette,
    drawable,
    dress,
    label,
    legend,
    new_figure,
    nothing,
    plain_style,
    thin,
    wants_log,
)
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.record import GradientLog, TrainingRecord

MOST_LAYERS = 40  # rows of the heat map
MOST_COLUMNS = 120


def run_figure(diagnosis: Diagnosis, *, palette: Palette = LIGHT) -> Figure:
    """The loss with the epochs of the findings marked, and beside it the gradients of each layer.

    Args:
        diagnosis: the diagnosis of the run.
        palette: colours.

    Returns:
        A figure of 11 inches width; without recorded gradients it holds the loss alone.
    """
    with plain_style():
        gradients = diagnosis.record.gradient_log
        if gradients is None or not len(gradients.step):
            figure = new_figure(11, 3.8, palette, fit=True)
            _loss(figure.subplots(), diagnosis, palette)
            return figure
        rows = min(MOST_LAYERS, len(_layers(gradients)))
        figure = new_figure(11, max(3.8, min(8.0, 1.6 + 0.22 * rows)), palette, fit=True)
        left, right = figure.subplots(1, 2)
        _loss(left, diagnosis, palette)
        _heat_map(figure, right, gradients, diagnosis.record, palette)
        return figure


def _loss(axes: Axes, diagnosis: Diagnosis, palette: Palette) -> None:
    dress(axes, palette, title="Loss", x="epoch")
    logs = diagnosis.record.epoch_logs
    curves = []
    for key, words, style in (("loss", "training", "-"), ("val_loss", "validation", "--")):
        if logs is not None and key in logs.values:
            curves.append((drawable(logs.values[key]), words, style))
    if not any(np.isfinite(y).any() for y, _, _ in curves):
        nothing(axes, palette, "no finite value" if curves else "not recorded")
        return
    if wants_log([y for y, _, _ in curves]):
        axes.set_yscale("log")
    for y, words, style in curves:
        colour = palette.before if words == "validation" else palette.after
        x, thinned = thin(np.arange(1.0, len(y) + 1), y)
        few = "o" if np.isfinite(y).sum() <= 3 else None
        axes.plot(x, thinned, color=colour, linestyle=style, linewidth=1.8, marker=few, label=words)
    _marks(axes, diagnosis, palette)
    legend(axes, palette)


def _marks(axes: Axes, diagnosis: Diagnosis, palette: Palette) -> None:
    """A dotted line with the codes at each epoch at which something was first seen."""
    codes: dict[int, list[str]] = {}
    for finding in diagnosis.problems:
        if finding.epoch is not None:
            codes.setdefault(finding.epoch + 1, []).append(finding.code)
    for epoch, here in sorted(codes.items())[:8]:
        axes.axvline(epoch, color=palette.ink, linestyle=":", linewidth=1, alpha=0.7)
        text = label(", ".join(dict.fromkeys(here)))
        axes.annotate(
            text,
            (epoch, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(3, -3),
            textcoords="offset points",
            rotation=90,
            ha="left",
            va="top",
            fontsize=7.5,
            color=palette.ink,
        )


def _layers(log: GradientLog) -> dict[str, list[int]]:
    """Columns of each layer, from input to output."""
    columns: dict[str, list[int]] = {}
    order = sorted(range(len(log.variables)), key=lambda column: log.variables[column].depth)
    for column in order:
        columns.setdefault(log.variables[column].layer, []).append(column)
    return columns


def layer_norms(log: GradientLog) -> tuple[list[str], np.ndarray]:
    """Gradient norm of each layer.

    Args:
        log: statistics of the gradients.

    Returns:
        Layer names from input to output, and norms, shape (layers, rows); NaN where a layer got no
        gradient or one that is not finite.
    """
    layers = _layers(log)
    norms = np.full((len(layers), len(log.step)), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        for row, columns in enumerate(layers.values()):
            part = log.norm[:, columns].astype(np.float64)
            total = np.sqrt(np.nansum(np.square(part), axis=1))
            seen = np.isfinite(part).any(axis=1) & log.finite[:, columns].all(axis=1)
            norms[row] = np.where(seen & (total <= 1e30), total, np.nan)
    return list(layers), norms


def _heat_map(
    figure: Figure, axes: Axes, log: GradientLog, record: TrainingRecord, palette: Palette
) -> None:
    names, norms = layer_norms(log)
    if len(names) > MOST_LAYERS:
        chosen = np.linspace(0, len(names) - 1, MOST_LAYERS).round().astype(int)
        names, norms = [names[i] for i in chosen], norms[chosen]
    stretches = np.array_split(np.arange(len(log.step)), min(MOST_COLUMNS, len(log.step)))
    columns = [_median(norms[:, stretch]) for stretch in stretches]
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.log10(np.maximum(np.stack(columns, axis=1), 1e-12))
    dress(axes, palette, title="Gradient norm of each layer", x="epoch")
    axes.grid(visible=False)
    if not np.isfinite(powers).any():
        nothing(axes, palette, "no finite value")
        return
    end = float(epochs_of(log.step, record)[-1]) or 1.0
    axes.set_facecolor(palette.faint)
    image = axes.imshow(
        powers,
        aspect="auto",
        cmap="cividis",
        interpolation="nearest",
        extent=(0.0, end, len(names) - 0.5, -0.5),
    )
    axes.set_yticks(range(len(names)), [label(text[:28]) for text in names])
    axes.tick_params(axis="y", labelsize=8 if len(names) < 20 else 6)
    bar = figure.colorbar(image, ax=axes, pad=0.02)
    bar.set_label("log10 of the L2 norm", color=palette.ink)
    bar.ax.tick_params(colors=palette.ink)
    bar.outline.set_visible(False)  # type: ignore[operator]


def _median(values: np.ndarray) -> np.ndarray:
    """Median of each row without NaN, shape (rows,); NaN for a row without values."""
    return np.array(
        [np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in values]
    )
