"""Whether labels change from batch to batch more than rows drawn at random do."""

import numpy as np

FEWEST_BATCHES = 4
_MOST_CLASSES = 200


def label_drift(labels: np.ndarray, batch_size: int, *, classes: bool) -> float:
    """Variance of the batches' labels against that of batches drawn at random.

    Args:
        labels: labels of whole batches in the order in which they were fed, shape (rows, ...);
            class numbers, one-hot rows or numbers.
        batch_size: rows in a batch.
        classes: whether the labels are classes.

    Returns:
        Pearson's chi-square of the table of classes and batches by its degrees of freedom; of
        numbers the F ratio of the batches. About 1 if shuffled, about `batch_size` if sorted; NaN
        with fewer than four whole batches or labels that do not vary.
    """
    batches = len(labels) // batch_size if batch_size > 1 else 0
    if batches < FEWEST_BATCHES:
        return float("nan")
    table = labels[: batches * batch_size].reshape(batches * batch_size, -1).astype(np.float64)
    if classes and table.shape[1] == 1:
        values, codes = np.unique(table[:, 0], return_inverse=True)
        if values.size > _MOST_CLASSES:
            return float("nan")
        table = np.eye(values.size)[codes.reshape(-1)]
    if not np.isfinite(table).all():
        return float("nan")
    table = table[:, table.std(axis=0) > 0.0]
    if not table.shape[1]:
        return float("nan")
    means = table.reshape(batches, batch_size, -1).mean(axis=1)
    between = means.var(axis=0, ddof=1) * batch_size
    return float(np.mean(between / table.var(axis=0)))
