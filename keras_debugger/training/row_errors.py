"""Errors row by row whose mean is the error of the whole, so that rows can be resampled."""

from enum import StrEnum

import numpy as np
from scipy.stats import rankdata

SMALLEST_PROBABILITY = 1e-7  # as Keras clips probabilities in its crossentropies


class Measure(StrEnum):
    """What is measured; the value is its name for people and in arguments."""

    ACCURACY = "accuracy"
    BALANCED_ACCURACY = "balanced_accuracy"
    AUC = "auc"
    R2 = "r2"
    MEAN_ABSOLUTE_ERROR = "mean_absolute_error"
    MEAN_SQUARED_ERROR = "mean_squared_error"
    LOSS = "loss"

    @property
    def higher_is_better(self) -> bool:
        """Whether the metric itself grows as the error falls; it is then 1 - error."""
        return self in {Measure.ACCURACY, Measure.BALANCED_ACCURACY, Measure.AUC, Measure.R2}


def wrong_classes(truth: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted share of wrong labels of each row.

    Args:
        truth: true classes, shape (rows,) or (rows, labels).
        answers: answered classes, same shape or one that broadcasts to it.
        weights: weight of each label, mean 1, shape of `truth`.

    Returns:
        Shape (rows,); the mean is one minus the (balanced) accuracy.
    """
    wrong = (truth != answers) * weights
    return np.asarray(wrong.reshape(len(wrong), -1).mean(axis=1))


def class_balance(truth: np.ndarray, *, by_column: bool) -> np.ndarray:
    """Weights that make the classes count alike: labels / (classes * labels of the class).

    Args:
        truth: true classes, shape (rows,) or (rows, labels).
        by_column: whether each column is a question of its own; else all labels are one.

    Returns:
        Shape of `truth`; with them the mean of the errors is one minus the balanced accuracy.
    """
    columns = truth.reshape(len(truth), -1) if by_column else truth.reshape(-1, 1)
    weights = np.empty(columns.shape)
    for column in range(columns.shape[1]):
        _, position, count = np.unique(columns[:, column], return_inverse=True, return_counts=True)
        weights[:, column] = (len(columns) / (len(count) * count))[position]
    return weights.reshape(truth.shape)


def misranked(members: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """One minus the area under the ROC curve as a mean over rows, mean over the classes.

    Each row gets the value of the influence function (the structural components of DeLong et al.
    1988), so that the spread over rows gives the standard error of the area.

    Args:
        members: whether a row belongs to a class, shape (rows, classes), bool.
        scores: score of a row for a class, same shape.

    Returns:
        Shape (rows,); 0.5 everywhere if no class has members and non-members.
    """
    parts = [
        _misranked_class(members[:, column], scores[:, column])
        for column in range(members.shape[1])
        if 0 < members[:, column].sum() < len(members)
    ]
    return np.mean(parts, axis=0) if parts else np.full(len(members), 0.5)


def _misranked_class(member: np.ndarray, score: np.ndarray) -> np.ndarray:
    rank = rankdata(score)
    inside, outside = int(member.sum()), int((~member).sum())
    rows = np.empty(len(member))
    rows[member] = 1.0 - (rank[member] - rankdata(score[member])) / outside
    rows[~member] = (rank[~member] - rankdata(score[~member])) / inside
    area_lost = rows[member].mean()
    share = np.where(member, inside, outside) / len(member)
    return np.asarray(area_lost + (rows - area_lost) / share)


def squared(truth: np.ndarray, answers: np.ndarray, *, relative: bool) -> np.ndarray:
    """Squared error of each row, mean over the values of a row.

    Args:
        truth: labels, shape (rows, values).
        answers: answers, same shape.
        relative: divide each column by its variance, so that the mean is 1 - R2; a constant
            column is left as it is.

    Returns:
        Shape (rows,).
    """
    error = np.square(truth - answers)
    if relative:
        variance = truth.var(axis=0)
        error = error / np.where(variance > 0.0, variance, 1.0)
    return np.asarray(error.mean(axis=1))


def log_loss(truth: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Minus the logarithm of the probability of the true class.

    Args:
        truth: true classes, shape (rows,), or zeros and ones, shape (rows, labels).
        shares: probabilities, shape (rows, classes), or of each label, shape (rows, labels).

    Returns:
        Shape (rows,), in nats; mean over the labels of a row.
    """
    if truth.ndim == 1:
        known = (truth >= 0) & (truth < shares.shape[1])
        right = np.where(known, shares[np.arange(len(truth)), np.where(known, truth, 0)], 0.0)
        return np.asarray(-np.log(np.clip(right, SMALLEST_PROBABILITY, 1.0)))
    right = np.where(truth == 1, shares, 1.0 - shares)
    return np.asarray(-np.log(np.clip(right, SMALLEST_PROBABILITY, 1.0)).mean(axis=1))
