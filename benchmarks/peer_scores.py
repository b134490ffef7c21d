"""Curves of many cases become one table and one picture."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from case_run import ENOUGH, Row
from case_scores import average

BUDGETS = (1.0, 2.0, 5.0, 10.0, 20.0)
LEEWAY = 0.05  # of a training, that an epoch may run over
Curve = Sequence[tuple[float, float]]


def ratio_at(row: Row, method: str, budget: float) -> float:
    """How far towards the known-good run after so many trainings, cut off at -1 and 1."""
    reached = [score for spent, score in row["curves"][method] if spent <= budget + LEEWAY][-1]
    way = row["known_good"] - row["faulty"]
    return min(1.0, max(-1.0, (reached - row["faulty"]) / way)) if way > 0 else 0.0


def budget_needed(row: Row, method: str) -> float:
    """Trainings after which the case is repaired and stays so; infinity if it never is."""
    needed = float("inf")
    for spent, _ in reversed(row["curves"][method]):
        if ratio_at(row, method, spent) < ENOUGH:
            break
        needed = spent
    return needed


def rows_with(rows: Sequence[Row], method: str) -> list[Row]:
    return [row for row in rows if method in row.get("curves", {})]


def summarize_peers(rows: Sequence[Row], methods: Sequence[str], limit: float) -> Row:
    """For each method: mean ratio at each budget, cases repaired, budget that half of them need."""
    figures: Row = {}
    for method in methods:
        known = rows_with(rows, method)
        if not known:
            continue
        ratios = {
            f"{budget:g}": average(ratio_at(row, method, budget) for row in known)
            for budget in BUDGETS
            if budget <= limit
        }
        needed = [budget_needed(row, method) for row in known]
        repaired = [one for one in needed if np.isfinite(one)]
        middle = float(np.median(needed))
        figures[method] = {
            "ratio": ratios,
            "repaired": len(repaired),
            "n": len(known),
            "median_budget": middle if np.isfinite(middle) else None,
            "mean_reaches": mean_reaches(known, method, limit),
        }
    return figures


def mean_reaches(rows: Sequence[Row], method: str, limit: float) -> float | None:
    """Trainings at which the mean ratio over all cases first is 0.8; None if it never is."""
    for budget in np.arange(0.0, limit + 0.25, 0.25):
        if np.mean([ratio_at(row, method, budget) for row in rows]) >= ENOUGH:
            return float(budget)
    return None


def show_peers(figures: Row, limit: float, out: Callable[[str], None]) -> None:
    budgets = [f"{budget:g}" for budget in BUDGETS if budget <= limit]
    heads = " | ".join(f"{budget}" for budget in budgets)
    out(f"| method | {heads} | 0.8 on average at | repaired | median trainings to repair |")
    out("| --- " * (len(budgets) + 4) + "|")
    for method, figure in figures.items():
        ratios = " | ".join(
            f"{figure['ratio'][budget]['value']:.2f} "
            f"({figure['ratio'][budget]['low']:.2f} to {figure['ratio'][budget]['high']:.2f})"
            for budget in budgets
        )
        reaches = "-" if figure["mean_reaches"] is None else f"{figure['mean_reaches']:g}"
        middle = "-" if figure["median_budget"] is None else f"{figure['median_budget']:.1f}"
        out(
            f"| {method} | {ratios} | {reaches} | {figure['repaired']} of {figure['n']} "
            f"| {middle} |"
        )


def draw_peers(rows: Sequence[Row], methods: Sequence[str], limit: float, path: Path) -> None:
    """Mean ratio over trainings spent, one line for each method."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    budgets = np.arange(0.0, limit + 0.125, 0.125)
    figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    for number, method in enumerate(methods):
        known = rows_with(rows, method)
        if not known:
            continue
        means = [np.mean([ratio_at(row, method, budget) for row in known]) for budget in budgets]
        ours = method.startswith("keras_debugger")
        axes.step(
            budgets,
            means,
            where="post",
            label=method,
            color=f"C{number}",
            linewidth=2.5 if ours else 1.3,
        )
    axes.axhline(ENOUGH, color="0.6", linewidth=0.8, linestyle="--")
    axes.set_xlabel("trainings of the original that were spent")
    axes.set_ylabel("mean share of the way to the known-good run")
    axes.set_title(f"{len(rows)} faulty programs: what each method would hand over")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
