"""From the rows that a watch read to the logs of a record."""

from typing import Any

import numpy as np

from keras_debugger.recording.model_description import walk_layers
from keras_debugger.recording.step.columns import by_variable
from keras_debugger.recording.step.initial_weights import unique_paths
from keras_debugger.recording.step.step_table import FIRST_STEPS
from keras_debugger.recording.step.watch import STEP_COLUMNS, Watch
from keras_debugger.types.record import GradientLog, StepLogs, VariableDescription
from keras_debugger.types.vocabulary import VariableRole

_ROLES = {
    "kernel": VariableRole.KERNEL,
    "bias": VariableRole.BIAS,
    "recurrent_kernel": VariableRole.RECURRENT_KERNEL,
    "embeddings": VariableRole.EMBEDDINGS,
    "gamma": VariableRole.SCALE,
    "beta": VariableRole.OFFSET,
}


def step_logs(watch: Watch, *, since: int = 0) -> StepLogs | None:
    """Step logs from a step on, None before the first step."""
    if len(watch.steps.steps) == 0:
        return None
    first = int(np.searchsorted(watch.steps.steps, since))
    columns = dict(zip(STEP_COLUMNS, watch.steps.values[first:].T, strict=True))
    rows = np.where(np.isfinite(columns["batch_size"]), columns["batch_size"], 0)
    return StepLogs(
        step=_frozen(watch.steps.steps[first:]),
        epoch=_frozen(columns["epoch"].astype(np.int64)),
        loss=_frozen(columns["loss"].astype(np.float64)),
        learning_rate=_frozen(columns["learning_rate"].astype(np.float64)),
        batch_size=_frozen(rows.astype(np.int64)),
        seconds=_frozen(columns["seconds"].astype(np.float64)),
        penalty=_frozen(columns["penalty"].astype(np.float64)),
    )


def largest_batch(watch: Watch) -> int | None:
    """Rows in a full batch, None before the first step."""
    steps = step_logs(watch)
    return None if steps is None else int(steps.batch_size.max())


def gradient_log(watch: Watch, *, every: int, since: int = 0) -> GradientLog | None:
    """Gradient statistics from a step on; None without a step or where no optimizer was seen."""
    sites = watch.sites
    if not sites or len(watch.gradients.steps) == 0:
        return None
    first = int(np.searchsorted(watch.gradients.steps, since))
    parts = by_variable(watch.gradients.values[first:], sites)
    columns = [(number, i) for number, site in enumerate(sites) for i in range(len(site.variables))]
    without = [
        i for i, (site, place) in enumerate(columns) if place in sites[site].without_gradient
    ]
    has_clipped = any(site.has_clipped for site in sites)
    finite = parts["finite"]
    steps = watch.gradients.steps[first:]
    is_full = (steps < FIRST_STEPS) | (steps % every == 0) | (finite == 0).any(axis=1)
    return GradientLog(
        variables=_describe(watch, [v for site in sites for v in site.variables]),
        step=_frozen(steps),
        norm=_frozen(parts["norm"]),
        max_abs=_frozen(parts["max_abs"]),
        zero_share=_frozen(parts["zero_share"]),
        finite=_frozen(finite != 0),
        weight_norm=_frozen(_last_known(parts["weight_norm"], is_full)),
        update_norm=_frozen(parts["update_norm"]),
        clipped_norm=_frozen(parts["clipped_norm"]) if has_clipped else None,
        without_gradient=tuple(without),
        first_nonfinite=watch.first_nonfinite,
        full_every=every,
    )


def _last_known(rows: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    """Rows that were not recorded take the values of the last row that was."""
    last = np.maximum.accumulate(np.where(is_known, np.arange(len(rows)), 0))
    return np.asarray(rows[last])


def _describe(watch: Watch, variables: list[Any]) -> tuple[VariableDescription, ...]:
    homes = {}
    for depth, (path, layer) in enumerate(walk_layers(watch.model)):
        for weight in layer.weights:
            homes[id(weight)] = (path, depth)  # the innermost layer comes last
    paths = {
        id(w): p
        for w, p in zip(watch.model.weights, unique_paths(watch.model.weights), strict=True)
    }
    initial = watch.initial_weights or {}
    described = []
    for variable, path in zip(variables, unique_paths(variables), strict=True):
        home, depth = homes.get(id(variable), ("/".join(path.split("/")[:-1]), len(homes)))
        values = initial.get(paths.get(id(variable), ""))
        described.append(
            VariableDescription(
                path=path,
                layer=home,
                role=_ROLES.get(variable.name.split(":")[0], VariableRole.OTHER),
                shape=tuple(int(size) for size in variable.shape),
                depth=depth,
                initial_mean=float("nan") if values is None else float(np.mean(values)),
                initial_sd=float("nan") if values is None else float(np.std(values)),
            )
        )
    return tuple(described)


def _frozen(array: np.ndarray) -> np.ndarray:
    array = np.array(array)
    array.setflags(write=False)
    return array
