"""Where a log holds NaN or infinity, and where it only holds nothing."""

import numpy as np

from keras_debugger.checks.curves.runs import Run


def first_nonfinite(run: Run, name: str) -> int | None:
    """The first row at which a log was written as NaN or infinity, None if there is none.

    Rows that the log lists as missing are left out, and so are the gaps of a validation that runs
    at each k-th epoch.
    """
    values = run.values.get(name)
    if values is None:
        return None
    logged = np.array([row not in run.missing.get(name, ()) for row in range(len(values))])
    bad = ~np.isfinite(values) & logged
    if not np.isinf(values).any() and _is_each_kth(np.flatnonzero(~bad), len(values)):
        return None
    rows = np.flatnonzero(bad)
    return int(rows[0]) if len(rows) else None


def _is_each_kth(present: np.ndarray, rows: int) -> bool:
    """Whether values stand at each k-th row, k > 1."""
    if not len(present):
        return False
    gaps = np.diff(present)
    every = int(gaps[0]) if len(gaps) else int(present[0]) + 1
    return (
        every > 1
        and bool((gaps == every).all())
        and present[0] == every - 1
        and (rows - 1 - present[-1] < every)
    )
