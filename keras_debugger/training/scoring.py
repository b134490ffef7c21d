"""How good a trained model is on one part of the data, as an error row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from keras_debugger.recording.model_description import describe_model
from keras_debugger.training.fit_edits import nonfinite_rows
from keras_debugger.training.judged_rows import is_judged
from keras_debugger.training.metric_choice import Metric, OutputMetric, choose_metric, labels_of
from keras_debugger.training.output_errors import constant_rows, error_rows, loss_ratio
from keras_debugger.types.record import OutputDescription
from keras_debugger.types.trial import Score
from keras_debugger.types.vocabulary import Activation, LossKind

if TYPE_CHECKING:
    from keras_debugger.training.data import Part

__all__ = ["Metric", "choose_metric", "constant_score", "score_model"]

# An error above this multiple of the constant predictor's counts as this much: the gain stays
# finite when a run diverges, and one exploded run does not hide the other seeds.
WORST_ERROR = 1.5
PREDICTION_ROWS = 256


def score_model(model: keras.Model, part: Part, metric: Metric) -> Score:
    """Measure a trained model.

    The answers are read from the head of this model, which need not be that of the original. Rows
    with NaN or infinite labels or with wild targets are left out; a row with a broken input on
    which the model answers NaN counts as a constant guess. A model that answers NaN elsewhere
    scores the constant predictor as a whole.

    Args:
        model: a compiled model.
        part: data to measure on.
        metric: what to measure.

    Returns:
        The score, with the error of each row.

    Raises:
        ValueError: the compiled loss is compared, and this model has another one.
    """
    raw = model.predict(part.x, batch_size=PREDICTION_ROWS, verbose=0)
    heads = describe_model(model).outputs
    judged = is_judged(part, metric)
    broken = nonfinite_rows(part.x, part.rows)[judged]
    scores = []
    for position, spec in enumerate(metric.outputs):
        labels = labels_of(part.y, spec, position)[judged]
        answers = _answers_of(raw, spec, position, model)[judged].astype(float)
        head = _head_of(heads, spec, position)
        own_loss = _own_loss(model, spec, head, position)
        scores.append(_score_output(spec, answers, labels, broken, head, own_loss))
    return _mean_score(scores, metric)


def constant_score(part: Part, metric: Metric) -> Score:
    """Score of the best constant predictor, for a training that gave no model.

    Args:
        part: data to measure on.
        metric: what to measure.

    Returns:
        The score, marked as not finite.
    """
    judged = is_judged(part, metric)
    scores = []
    for position, spec in enumerate(metric.outputs):
        rows = constant_rows(spec, labels_of(part.y, spec, position)[judged])
        scores.append(_as_score(spec, rows, rows, finite=False, ratio=1.0))
    return _mean_score(scores, metric)


def _score_output(
    spec: OutputMetric,
    answers: np.ndarray,
    labels: np.ndarray,
    broken: np.ndarray,
    head: OutputDescription,
    own_loss: Any,
) -> Score:
    constant = constant_rows(spec, labels, answers, own_loss)
    silent = ~np.isfinite(answers).reshape(len(answers), -1).all(axis=1)
    if (silent & ~broken).any():
        return _as_score(spec, constant, constant, finite=False, ratio=10.0)
    filled = np.where(np.isfinite(answers), answers, 0.0)
    rows = error_rows(spec, filled, labels, head, own_loss)
    if len(rows) == len(silent):
        rows = np.where(silent, constant, rows)
    ratio = loss_ratio(spec, filled, labels, head)
    return _as_score(spec, rows, constant, finite=bool(np.isfinite(rows).all()), ratio=ratio)


def _as_score(
    spec: OutputMetric, rows: np.ndarray, constant: np.ndarray, *, finite: bool, ratio: float
) -> Score:
    constant_error = float(constant.mean())
    if not finite:
        rows = constant
    by_row = len(rows) > 1
    error = float(rows.mean())
    value = 1.0 - error if spec.measure.higher_is_better else error
    worst = WORST_ERROR * constant_error
    if error > worst > 0.0:
        rows, error = rows * (worst / error), worst
    return Score(
        metric=spec.measure.value,
        value=value,
        error=error,
        constant_error=constant_error,
        row_errors=tuple(rows.tolist()) if by_row else (),
        finite=finite,
        loss_ratio=ratio,
    )


def _mean_score(scores: list[Score], metric: Metric) -> Score:
    if len(scores) == 1:
        return scores[0]
    by_row = np.mean([score.row_errors for score in scores], axis=0) if _same(scores) else ()
    mean = {
        name: float(np.mean([getattr(score, name) for score in scores]))
        for name in ("value", "error", "constant_error", "loss_ratio")
    }
    return replace(
        scores[0],
        **mean,
        metric=metric.name,
        row_errors=tuple(np.asarray(by_row).tolist()),
        finite=all(score.finite for score in scores),
    )


def _same(scores: list[Score]) -> bool:
    return len({len(score.row_errors) for score in scores}) == 1


def _answers_of(raw: Any, spec: OutputMetric, position: int, model: keras.Model) -> np.ndarray:
    if isinstance(raw, Mapping):
        return np.asarray(raw[spec.name] if spec.name in raw else list(raw.values())[position])
    if isinstance(raw, list | tuple):
        names = list(getattr(model, "output_names", ()))
        return np.asarray(raw[names.index(spec.name) if spec.name in names else position])
    return np.asarray(raw)


def _head_of(
    heads: tuple[OutputDescription, ...], spec: OutputMetric, position: int
) -> OutputDescription:
    for head in heads:
        if spec.name and head.name == spec.name:
            return head
    if position < len(heads):
        return heads[position]
    return OutputDescription(
        name=spec.name,
        layer="",
        activation=Activation.OTHER,
        units=None,
        rank=None,
        loss=LossKind.OTHER,
        loss_name="",
    )


def _own_loss(
    model: keras.Model, spec: OutputMetric, head: OutputDescription, position: int
) -> Any:
    if not spec.needs_own_loss:
        return None
    if head.loss_name != spec.loss_name:
        raise ValueError(
            f"the loss {spec.loss_name} is compared, and this plan trains on {head.loss_name}"
        )
    loss = model.loss
    if isinstance(loss, Mapping):
        loss = loss[head.name]
    elif isinstance(loss, list | tuple):
        loss = loss[position]
    return keras.losses.get(loss)
