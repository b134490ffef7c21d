"""Pictures of the fault matrix."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

from programs.reliability import Said, bins
from programs.rows import Row

COLUMNS = 6


def plot_detection(table: Sequence[Row], path: Path) -> None:
    """Share of harmful runs that are found, and named right, over the strength of each fault."""
    faults = list(dict.fromkeys(row["fault"] for row in table))
    lines = -(-len(faults) // COLUMNS)
    figure, axes = plt.subplots(
        lines, COLUMNS, figsize=(2.4 * COLUMNS, 1.9 * lines), sharey=True, squeeze=False
    )
    for place, axis in zip(range(lines * COLUMNS), axes.flat, strict=True):
        if place >= len(faults):
            axis.axis("off")
            continue
        rows = [row for row in table if row["fault"] == faults[place] and row["harmful"]]
        x = np.arange(len(rows))
        axis.set_title(faults[place], fontsize=8)
        axis.set_xticks(x, [f"{row['strength']:g}\nn={row['harmful']}" for row in rows], fontsize=6)
        axis.set_ylim(-0.05, 1.05)
        for key, label, colour in (
            ("detected", "found", "tab:blue"),
            ("top3", "cause in the first 3", "tab:green"),
            ("top1", "cause first", "tab:orange"),
        ):
            axis.plot(
                x,
                [row[key] / row["harmful"] for row in rows],
                "o-",
                color=colour,
                label=label,
                ms=3,
            )
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="lower right", fontsize=8)
    _save(figure, path)


def plot_confusion(named: dict[str, dict[str, int]], path: Path) -> None:
    """True causes against those named first, in shares of the row."""
    causes = list(named)
    columns = sorted({name for row in named.values() for name in row} | set(causes))
    shares = np.array([[row.get(name, 0) for name in columns] for row in named.values()], float)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1.0)
    figure, axis = plt.subplots(figsize=(10, 9))
    axis.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    axis.set_xticks(range(len(columns)), columns, rotation=90, fontsize=6)
    axis.set_yticks(range(len(causes)), causes, fontsize=6)
    axis.set_xlabel("named first")
    axis.set_ylabel("injected")
    for line, column in zip(*np.nonzero(shares), strict=True):
        value = shares[line, column]
        axis.text(
            column,
            line,
            f"{value:.2f}",
            ha="center",
            va="center",
            fontsize=5,
            color="white" if value > 0.5 else "black",
        )
    _save(figure, path)


def plot_reliability(curves: Mapping[str, Sequence[Said]], path: Path) -> None:
    """The share that was right over what was said; each point with its number of cases."""
    figure, axis = plt.subplots(figsize=(5, 5))
    axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, said in curves.items():
        points = bins(said)
        if not points:
            continue
        x, y = [one["said"] for one in points], [one["right"] for one in points]
        low, high = zip(*(one["interval"] for one in points), strict=True)
        around = np.abs(np.subtract((low, high), y))
        axis.errorbar(x, y, yerr=around, marker="o", capsize=2, label=name)
        for one in points:
            place = (one["said"], one["right"])
            axis.annotate(str(one["n"]), place, textcoords="offset points", xytext=(6, -10))
    axis.set(xlabel="probability said", ylabel="share right", xlim=(0, 1.02), ylim=(0, 1.05))
    axis.legend(loc="lower right")
    _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
