"""The picture of proof.py: power over the true gain, and what a no-op is called."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

COLOURS = {"3 seeds": "#d55e00", "5 seeds": "#0072b2"}


def draw(false: Mapping[str, Any], made: Mapping[str, Any], path: Path) -> None:
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    gains = sorted({row["gain"] for row in made.values()})
    for key, colour in COLOURS.items():
        for word, style in (("accepted", "-"), ("verified", "--")):
            shares = [_share(made, gain, key, word) for gain in gains]
            label = f"{word}, {key}"
            left.plot(gains, shares, style, color=colour, marker="o", label=label)
    left.set(
        title="Power", xlabel="true share of the error taken away", ylabel="share", ylim=(0, 1)
    )
    left.legend(frameon=False, fontsize=8)
    left.grid(alpha=0.3)
    names = list(false)
    for place, (key, colour) in enumerate(COLOURS.items()):
        accepted = [_called(false[name][key]) for name in names]
        rows = [row + 0.36 * place - 0.18 for row in range(len(names))]
        right.barh(rows, accepted, 0.34, color=colour, label=f"accepted, {key}")
    right.axvline(0.05, color="black", linestyle=":", linewidth=1)
    right.set(title="No-op changes taken for a gain", xlabel="share of the comparisons")
    right.set_yticks(range(len(names)), names, fontsize=8)
    right.invert_yaxis()
    right.legend(
        frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.4, -0.13), ncols=2
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _called(row: Mapping[str, float]) -> float:
    return (row["verified"] + row["improved"]) / row["comparisons"]


def _share(made: Mapping[str, Any], gain: float, key: str, word: str) -> float:
    rows = [row[key] for row in made.values() if row["gain"] == gain]
    hits = sum(row["verified"] + (row["improved"] if word == "accepted" else 0) for row in rows)
    return hits / sum(row["comparisons"] for row in rows)
