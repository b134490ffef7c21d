"""Targets so far out that they alone would be judged: they are left out of scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_debugger.recording.data.input_profile import OUTLIER_REACH, column_statistics
from keras_debugger.training.metric_choice import Metric, OutputMetric, labels_of
from keras_debugger.training.row_errors import Measure
from keras_debugger.types.vocabulary import LabelForm

if TYPE_CHECKING:
    from keras_debugger.training.part import Part

OF_NUMBERS = (Measure.R2, Measure.MEAN_SQUARED_ERROR, Measure.MEAN_ABSOLUTE_ERROR)
MOST_SHARE = 0.1  # of the targets that may lie out: more are no outliers
LEAST_PART = 0.5  # of the squares that they make up


def limit_metric(metric: Metric, y: Any) -> Metric:
    """The metric with limits of the targets that are judged, where a few wild ones would hide all.

    A squared error of a few wild targets is larger than that of all other rows together, so no fix
    could be seen to help, least of all one that learns to ignore them. The rule is that of
    the check for target outliers, on the training part.

    Args:
        metric: what is compared.
        y: labels of the training part.
    """
    outputs = tuple(
        _limited(spec, labels_of(y, spec, position)) for position, spec in enumerate(metric.outputs)
    )
    return replace(metric, outputs=outputs)


def within_limits(part: Part, metric: Metric) -> np.ndarray:
    """Whether the targets of each row are within the limits of the metric, shape (rows,)."""
    inside = np.ones(part.rows, dtype=bool)
    for position, spec in enumerate(metric.outputs):
        if np.isfinite(spec.high):
            labels = labels_of(part.y, spec, position).reshape(part.rows, -1)
            inside &= ((labels >= spec.low) & (labels <= spec.high)).all(axis=1)
    return inside


def note_on_wild_targets(part: Part, metric: Metric) -> tuple[str, ...]:
    """Which held-out rows are not judged, one sentence; none if all are."""
    out = int((~within_limits(part, metric)).sum())
    limited = [spec for spec in metric.outputs if np.isfinite(spec.high)]
    if not limited:
        return ()
    ranges = ", ".join(f"{spec.low:.4g} to {spec.high:.4g}" for spec in limited)
    return (
        f"A few wild targets make up most of the squared error, so targets outside {ranges} are "
        f"not judged: {out} of {part.rows} held-out rows. Give metric='r2' to judge every row.",
    )


def _limited(spec: OutputMetric, labels: np.ndarray) -> OutputMetric:
    if spec.measure not in OF_NUMBERS or spec.target.form is not LabelForm.CONTINUOUS:
        return spec
    values = labels[np.isfinite(labels)].astype(np.float64)
    if not values.size:
        return spec
    statistics = column_statistics(values[:, np.newaxis])
    median, robust_sd, share = (
        float(statistics[name][0]) for name in ("median", "robust_sd", "outlier_share")
    )
    reach = OUTLIER_REACH * robust_sd
    squares = np.square(values - median)
    wild = squares[np.abs(values - median) > reach]
    few = 0.0 < share <= MOST_SHARE
    if not (few and wild.sum() > LEAST_PART * squares.sum()):
        return spec
    return replace(spec, low=median - reach, high=median + reach)
