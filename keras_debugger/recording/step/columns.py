"""From a row of numbers that steps wrote to statistics by variable."""

import math
from collections.abc import Mapping

import numpy as np

from keras_debugger.recording.step.site import Site
from keras_debugger.recording.step.step_statistics import FULL

LARGEST_NORM = math.sqrt(2.0 * float(np.finfo(np.float32).max))  # half its square is finite


def by_variable(rows: np.ndarray, sites: list[Site]) -> dict[str, np.ndarray]:
    """Split rows as the rings hold them into statistics, each of shape (rows, variables).

    Returns:
        The names of `FULL`, `norm`, `finite` (1 or 0) and `clipped_norm`; NaN where a number was
        not recorded. Where the sum of squares overflows, though all entries are finite, the norm is
        a lower bound of it.
    """
    parts: list[dict[str, np.ndarray]] = []
    for site in sites:
        widths = widths_of(site)
        *found, rows = np.split(rows, np.cumsum([*widths.values()]), axis=1)
        parts.append(_of_site(site, dict(zip(widths, found, strict=True))))
    return {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}


def widths_of(site: Site) -> dict[str, int]:
    """Numbers of a site at one step, by what they are."""
    count = len(site.variables)
    widths = {"base": count + 1, "full": len(FULL) * count}
    return widths | ({"clipped": count} if site.has_clipped else {})


def _of_site(site: Site, rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    places = np.argsort(site.order)
    halves, scale = rows["base"][:, places], rows["base"][:, -1:]
    blocks = np.split(rows["full"], len(FULL), axis=1)
    found = {name: block[:, places] for name, block in zip(FULL, blocks, strict=True)}
    with np.errstate(invalid="ignore", over="ignore"):
        norms = np.sqrt(2 * halves.astype(np.float64))
        overflows = np.isposinf(norms) & np.isfinite(found["max_abs"])
        norms = np.where(overflows, np.maximum(found["max_abs"], LARGEST_NORM), norms)
        found["finite"] = np.where(np.isnan(scale), np.nan, np.isfinite(norms))
        found["norm"] = (norms / scale).astype(np.float32)
        found["max_abs"] = found["max_abs"] / scale
    for name in ("norm", "max_abs", "zero_share"):
        found[name][:, list(site.without_gradient)] = np.nan
    return {**found, "clipped_norm": rows.get("clipped", np.full_like(halves, np.nan))}
