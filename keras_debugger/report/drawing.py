"""What all figures share: colours, axes, and arrays that can be drawn whatever they hold."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib import ft2font
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.layout_engine import ConstrainedLayoutEngine

from keras_debugger.report.words import name

OFF_SCALE = 1e30  # values beyond this are said, not drawn
LOG_RANGE = 1e2  # ratio of the largest to the smallest value from which an axis is logarithmic
LIMIT = 1200  # points of a curve that are drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours of a figure (before and after: Okabe and Ito 2008, safe for the colour-blind)."""

    paper: str
    ink: str
    faint: str
    before: str
    after: str


LIGHT = Palette(paper="#ffffff", ink="#1f2933", faint="#d5dae1", before="#d55e00", after="#0072b2")
DARK = Palette(paper="#171c24", ink="#dfe5ee", faint="#364152", before="#f08a3c", after="#56b4e9")


@contextmanager
def plain_style() -> Iterator[None]:
    """Draw in one style, whatever the user's Matplotlib settings are."""
    settings = {
        "font.size": 9.5,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "svg.fonttype": "path",
        "svg.hashsalt": "keras_debugger",
    }
    with matplotlib.style.context(["default", settings]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="matplotlib")
        yield


def new_figure(width: float, height: float, palette: Palette, *, fit: bool = False) -> Figure:
    """An empty figure, drawn without a display.

    Args:
        width: width in inches.
        height: height in inches.
        palette: colours.
        fit: whether margins follow from what is drawn, which takes as long as drawing it.
    """
    engine = ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.08) if fit else None
    figure = Figure(figsize=(width, height), facecolor=palette.paper, layout=engine)
    FigureCanvasAgg(figure)
    return figure


def dress(axes: Axes, palette: Palette, *, title: str, x: str) -> None:
    """Give axes their title, grid and colours."""
    axes.set_title(label(title), color=palette.ink)
    axes.set_xlabel(label(x), color=palette.ink)
    axes.set_facecolor(palette.paper)
    axes.grid(visible=True, color=palette.faint, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=palette.ink, which="both", length=3)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(palette.faint)


def legend(axes: Axes, palette: Palette) -> None:
    """A legend of what was drawn on these axes, if anything was."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, labelcolor=palette.ink, fontsize=8.5)


def shared_legend(figure: Figure, palette: Palette) -> None:
    """One legend above all axes of the figure, each entry once."""
    entries: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, words in zip(*axes.get_legend_handles_labels(), strict=True):
            entries.setdefault(words, handle)
    if entries:
        figure.legend(
            list(entries.values()),
            list(entries),
            loc="upper center",
            ncols=4,
            frameon=False,
            labelcolor=palette.ink,
            fontsize=9.5,
        )


def nothing(axes: Axes, palette: Palette, text: str = "not recorded") -> None:
    """Say in the middle of axes why they are empty."""
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(
        0.5,
        0.5,
        label(text),
        transform=axes.transAxes,
        color=palette.ink,
        ha="center",
        va="center",
        alpha=0.7,
        fontsize=10,
    )


def label(text: str) -> str:
    """A text that Matplotlib draws as it stands: no formulas, no letters its font lacks."""
    known = _letters()
    return "".join(c if ord(c) in known else "?" for c in name(text)).replace("$", r"\$")


@cache
def _letters() -> frozenset[int]:
    face = ft2font.FT2Font(findfont(FontProperties(family="DejaVu Sans")))
    return frozenset(face.get_charmap())


def drawable(values: np.ndarray) -> np.ndarray:
    """The values as floats, NaN where they cannot be drawn."""
    numbers = np.asarray(values, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(numbers) <= OFF_SCALE, numbers, np.nan)


def thin(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A long curve with fewer points that keeps every peak: lowest and highest of each stretch."""
    if len(y) <= LIMIT:
        return x, y
    keep: list[int] = []
    for stretch in np.array_split(np.arange(len(y)), LIMIT // 2):
        finite = stretch[np.isfinite(y[stretch])]
        if finite.size == 0:
            keep.append(int(stretch[0]))
            continue
        keep += sorted({int(finite[y[finite].argmin()]), int(finite[y[finite].argmax()])})
    return x[keep], y[keep]


def wants_log(arrays: list[np.ndarray], ratio: float = LOG_RANGE) -> bool:
    """Whether curves are all positive and the largest value is over `ratio` times the smallest."""
    finite = [values[np.isfinite(values)] for values in arrays]
    together = np.concatenate(finite) if finite else np.empty(0)
    if together.size == 0 or together.min() <= 0:
        return False
    return bool(together.max() > ratio * together.min())


def to_png(figure: Figure) -> bytes:
    """The figure as PNG."""
    return _saved(figure, "png", dpi=150)


def to_svg(figure: Figure) -> bytes:
    """The figure as SVG, the same bytes for the same figure."""
    return _saved(figure, "svg", metadata={"Date": None, "Creator": None})


def _saved(figure: Figure, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    with plain_style():
        figure.savefig(file, format=form, facecolor=figure.get_facecolor(), **options)
    return file.getvalue()
