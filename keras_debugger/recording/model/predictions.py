"""The model's answers on one fixed batch whose labels are known."""

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from keras_debugger.types.record import OutputDescription, PredictionLog
from keras_debugger.types.vocabulary import CATEGORICAL_CROSSENTROPIES, Activation, LossKind

_LIMIT = 1000  # classes


@dataclass(eq=False)
class PredictionProbe:
    """Keeps statistics of the answers of the first output.

    Args:
        labels: labels of the first output, shape (rows, ...), None if they are not known.
        output: the first output, None if it is not known.
        from_validation: whether the batch is held-out data.
    """

    labels: np.ndarray | None
    output: OutputDescription | None
    from_validation: bool = False
    steps: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, step: int, answer: Any) -> None:
        """Note an answer that the model gave after `step` steps."""
        first = keras.tree.flatten(answer)[0]
        numbers = keras.ops.convert_to_numpy(keras.ops.cast(first, "float32"))
        self.steps.append(step)
        self.rows.append(self._describe(np.asarray(numbers)))

    def log(self) -> PredictionLog | None:
        """What was seen so far, None before the first probe."""
        if not self.rows:
            return None
        columns = {name: _column(self.rows, name) for name in ("spread", "mean", "finite")}
        classes = all("class_shares" in row for row in self.rows)
        shares = _column(self.rows, "class_shares") if classes else None
        recall = _column(self.rows, "recall") if classes else None
        label_shares = np.array(self.rows[-1]["label_shares"]) if classes else None
        agrees = all("agreement" in row for row in self.rows)
        labels = self.labels
        return PredictionLog(
            step=np.array(self.steps, np.int64),
            rows=int(self.rows[-1]["rows"]),
            sd_of_labels=float("nan")
            if classes or labels is None
            else _spread(labels.astype(np.float64)),
            class_shares=shares,
            recall=recall,
            label_shares=label_shares,
            agreement=_column(self.rows, "agreement") if agrees else None,
            from_validation=self.from_validation,
            **columns,
        )

    def _describe(self, answer: np.ndarray) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            mean = float(np.mean(answer))
        row: dict[str, Any] = {
            "rows": len(answer),
            "spread": _spread(answer),
            "mean": mean,
            "finite": bool(np.isfinite(answer).all()),
        }
        classes = self._classes(answer)
        if classes is not None:
            answered, truth, count = classes
            row["class_shares"] = np.bincount(answered, minlength=count) / len(answered)
            row["label_shares"] = np.bincount(truth, minlength=count) / len(truth)
            row["recall"] = np.array(
                [
                    np.mean(answered[truth == c] == c) if (truth == c).any() else np.nan
                    for c in range(count)
                ]
            )
        elif self.labels is not None and self.labels.size == answer.size:
            row["agreement"] = _agreement(answer, self.labels)
        return row

    def _classes(self, answer: np.ndarray) -> tuple[np.ndarray, np.ndarray, int] | None:
        """Classes answered, true classes and their number; None if the task is not classes."""
        labels, loss = self.labels, self.output.loss if self.output else LossKind.OTHER
        if labels is None or answer.ndim != 2 or len(labels) != len(answer):
            return None
        count = answer.shape[1]
        if count == 1:
            return self._two_classes(answer[:, 0], labels.reshape(len(labels), -1), loss)
        if count > _LIMIT:
            return None
        if labels.shape == answer.shape:
            one_hot = np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all()
            return (answer.argmax(1), labels.argmax(1), count) if one_hot else None
        flat = labels.reshape(len(labels), -1)
        fits = flat.shape[1] == 1 and loss in CATEGORICAL_CROSSENTROPIES
        if not fits or not (np.isfinite(flat).all() and (flat == np.floor(flat)).all()):
            return None
        truth = flat[:, 0].astype(np.int64)
        in_range = (truth >= 0).all() and (truth < count).all()
        return (answer.argmax(1), truth, count) if in_range else None

    def _two_classes(
        self, answer: np.ndarray, labels: np.ndarray, loss: LossKind
    ) -> tuple[np.ndarray, np.ndarray, int] | None:
        output = self.output
        is_sigmoid = output is not None and output.activation is Activation.SIGMOID
        if labels.shape[1] != 1 or not np.isin(labels, (0, 1)).all():
            return None
        if loss is not LossKind.BINARY_CROSSENTROPY and not is_sigmoid:
            return None
        logits = output is not None and bool(output.from_logits)
        threshold = 0.0 if logits and not is_sigmoid else 0.5
        return (answer > threshold).astype(np.int64), labels[:, 0].astype(np.int64), 2


def _spread(values: np.ndarray) -> float:
    """Standard deviation over rows, the mean over columns; NaN where values are not finite."""
    with np.errstate(all="ignore"):
        return float(np.mean(np.std(values, axis=0)))


def _agreement(answer: np.ndarray, labels: np.ndarray) -> float:
    """Squared correlation over rows, weighted by the variance of each label; NaN if undefined.

    It leaves open on which scale a model answers, so it holds for losses of any kind.
    """
    given = answer.reshape(len(answer), -1).astype(np.float64)
    wanted = labels.reshape(len(answer), -1).astype(np.float64)
    with np.errstate(all="ignore"):
        given, wanted = given - given.mean(axis=0), wanted - wanted.mean(axis=0)
        shared = (given * wanted).mean(axis=0) ** 2 / np.maximum((given**2).mean(axis=0), 1e-30)
        return float(shared.sum() / (wanted**2).mean(axis=0).sum())


def _column(rows: list[dict[str, Any]], name: str) -> np.ndarray:
    column = np.array([row[name] for row in rows])
    column.setflags(write=False)
    return column
