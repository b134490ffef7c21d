"""Whether what is said with some probability is right as often: said against right, and scores."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from programs.faults import is_named
from programs.rows import Row, alarms, wilson

BINS = (0.0, 0.5, 0.7, 0.85, 0.9, 0.95, 1.0)
Said = tuple[float, bool]  # a probability, and whether what was said with it is right


def of_findings(harmful: Sequence[Row], twins: Iterable[Row]) -> list[Said]:
    """Findings above a note in runs whose fault harmed, and in healthy runs of these programs.

    A finding is right if the fault made it: the healthy run of the same program, which differs by
    the fault alone, does not have it; and if the causes that it names, where it names any, hold
    the one that was injected, or another finding explains it. One in a healthy run is wrong.

    Args:
        harmful: runs whose fault harmed.
        twins: healthy runs.
    """
    healthy = [row for row in twins if row["program"] in {one["host"] for one in harmful}]
    usual: dict[str, set[str]] = {}
    for row in healthy:
        usual.setdefault(row["program"], set()).update(one["code"] for one in alarms(row))
    said = [(one["confidence"], False) for row in healthy for one in alarms(row)]
    for row in harmful:
        for one in alarms(row):
            made = one["code"] not in usual.get(row["host"], ())
            fits = not one["causes"] or is_named(row["cause"], one["causes"])
            said.append((one["confidence"], made and (fits or bool(one["consequence_of"]))))
    return said


def of_first_causes(harmful: Iterable[Row]) -> list[Said]:
    """The cause named first in runs with one fault that harmed, where any is named."""
    return [
        (row["causes"][0][1], is_named(row["cause"], [row["causes"][0][0]]))
        for row in harmful
        if row["causes"]
    ]


def bins(said: Sequence[Said], edges: Sequence[float] = BINS) -> list[Row]:
    """Mean of what was said, share that was right with its interval, for each bin that holds any.

    Args:
        said: probabilities, and whether they were right.
        edges: of the bins; each holds its lower one, the last both.
    """
    found = []
    for low, high in pairwise(edges):
        inside = [one for one in said if low <= one[0] < high or one[0] == high == edges[-1]]
        if inside:
            right = sum(hit for _, hit in inside)
            found.append(
                {
                    "said": float(np.mean([one[0] for one in inside])),
                    "right": right / len(inside),
                    "interval": wilson(right, len(inside)),
                    "n": len(inside),
                }
            )
    return found


def scores(said: Sequence[Said]) -> Row:
    """Brier score, and the expected calibration error: the mean gap of the bins, by their size."""
    if not said:
        return {"n": 0, "brier": None, "calibration_error": None}
    gaps = [one["n"] * abs(one["said"] - one["right"]) for one in bins(said)]
    return {
        "n": len(said),
        "brier": float(np.mean([(probability - right) ** 2 for probability, right in said])),
        "calibration_error": sum(gaps) / len(said),
    }


def in_lines(name: str, said: Sequence[Said]) -> Iterator[str]:
    """The bins and scores as lines of a Markdown table with `name | said | right | n`."""
    for one in bins(said):
        low, high = one["interval"]
        right = f"{one['right']:.2f} ({low:.2f} to {high:.2f})"
        yield f"| {name} | {one['said']:.2f} | {right} | {one['n']} |"
    if said:
        whole = scores(said)
        yield (
            f"| {name}, all: Brier score {whole['brier']:.3f}, calibration error "
            f"{whole['calibration_error']:.3f} | {np.mean([one[0] for one in said]):.2f} | "
            f"{np.mean([one[1] for one in said]):.2f} | {whole['n']} |"
        )
