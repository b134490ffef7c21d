"""Vocabulary, form and scoring of the corpus of faulty and healthy training programs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import keras
import numpy as np
from sklearn.metrics import accuracy_score, balanced_accuracy_score, r2_score

Data = dict[str, Any]  # keys: x, y, validation_data (pair or None), test_data (pair)
Build = Callable[[int], keras.Model]  # seed -> compiled model
MakeData = Callable[[int], Data]  # seed -> data


class Symptom(Enum):
    """What an observer of the run can see, whatever the reason."""

    LOSS_NAN = "loss or weights become NaN or infinite"
    LOSS_DIVERGES = "training loss grows, or jumps up and stays there"
    LOSS_OSCILLATES = "training loss goes up and down between steps or epochs without settling"
    NO_LEARNING = "the held-out metric never leaves the level of a constant guess"
    SLOW_CONVERGENCE = "training loss is still falling at a steady rate when the run ends"
    UNDERFITTING = "training loss settles well above what the data allows"
    OVERFITTING = "training loss keeps falling while validation loss rises"
    CONSTANT_PREDICTIONS = "the model answers (nearly) the same for every input"
    VANISHING_GRADIENTS = "gradients of early layers are orders of magnitude below the late ones"
    EXPLODING_GRADIENTS = "gradient norms jump by orders of magnitude"
    DEAD_RELU = "most ReLU units of a layer are zero for every input"
    SATURATED_ACTIVATIONS = "most tanh or sigmoid units sit at their limits"
    MINORITY_CLASS_IGNORED = "accuracy looks fine, the recall of a rare class is near zero"
    VALIDATION_MISMATCH = "training metric is good, validation metric is bad from the first epoch"
    LOSS_METRIC_DISAGREE = "training loss is near its minimum, the metric is not"


class Cause(Enum):
    """What is wrong in the program; each is a thing that a person would edit."""

    LEARNING_RATE_TOO_HIGH = "learning rate too high"
    LEARNING_RATE_TOO_LOW = "learning rate too low"
    TOO_FEW_UPDATES = "too few epochs, or batches too large for the number of epochs"
    WRONG_LOSS = "loss does not fit the task"
    WRONG_OUTPUT_ACTIVATION = "last activation does not fit the task or the target range"
    LOGITS_MISMATCH = "loss expects probabilities and gets logits, or the reverse"
    UNSTABLE_CUSTOM_LOSS = "custom loss has an infinite or undefined gradient"
    SATURATING_ACTIVATION = "saturating hidden activation in a deep network"
    UNBOUNDED_RECURRENT_ACTIVATION = "unbounded activation inside a recurrent layer"
    MISSING_NONLINEARITY = "hidden layers have no activation"
    BAD_INITIALIZATION = "initial weights or biases are zero, constant or of the wrong scale"
    FROZEN_LAYERS = "layers that must learn are not trainable"
    TOO_MUCH_REGULARIZATION = "dropout or weight penalty too strong or misplaced"
    OVERCAPACITY = "model or number of epochs too large for the data, not regularised"
    BATCH_NORM_STATISTICS_LAG = "moving statistics of batch normalisation lag behind the weights"
    INPUTS_NOT_NORMALIZED = "input features on a large or uneven scale"
    INPUTS_CONSTANT = "inputs carry no information (all equal after preprocessing)"
    TARGETS_NOT_SCALED = "regression targets on a large scale"
    NAN_IN_DATA = "NaN or infinite values in the data"
    OUTLIERS = "a few extreme values dominate the loss"
    LABELS_CORRUPTED = "labels rescaled, misaligned or random with respect to the inputs"
    CLASS_IMBALANCE = "classes too unequal for an unweighted loss"
    NOT_SHUFFLED = "ordered data fed without shuffling"
    UNREPRESENTATIVE_SPLIT = "training and validation parts hold different classes or ranges"
    PREPROCESSING_MISMATCH = "training and held-out inputs are preprocessed differently"


class Fix(Enum):
    """Edits that count as a repair of the cause."""

    LOWER_LEARNING_RATE = "lower the learning rate"
    RAISE_LEARNING_RATE = "raise the learning rate"
    TRAIN_LONGER = "more epochs or smaller batches"
    CHANGE_OPTIMIZER = "use an adaptive optimizer"
    CLIP_GRADIENTS = "clip gradients"
    CHANGE_LOSS = "use the loss of the task"
    CHANGE_OUTPUT_ACTIVATION = "use the output activation of the task"
    SET_FROM_LOGITS = "make the loss and the last layer agree on logits"
    CHANGE_HIDDEN_ACTIVATION = "use another hidden activation"
    CHANGE_INITIALIZER = "use a scaled random initializer"
    ADD_BATCH_NORM = "add batch normalisation"
    CHANGE_BATCH_NORM_MOMENTUM = "lower the momentum of batch normalisation"
    ADD_REGULARIZATION = "dropout, weight penalty, early stopping or a smaller model"
    REDUCE_REGULARIZATION = "weaken or remove dropout or weight penalty"
    UNFREEZE = "make layers trainable"
    NORMALIZE_INPUTS = "normalise inputs, in the data or by a layer"
    SCALE_TARGETS = "scale targets"
    CLEAN_DATA = "drop, impute or clip bad values"
    ROBUST_LOSS = "use a loss that is robust to outliers"
    WEIGHT_CLASSES = "class weights or resampling"
    SHUFFLE = "shuffle"
    STRATIFY_SPLIT = "shuffle or stratify before splitting"
    ALIGN_PREPROCESSING = "apply one preprocessing everywhere"
    FIX_LABELS = "repair the labels, or tell the user that they are broken"
    FIX_INPUTS = "repair the inputs, or tell the user that they are broken"


class Score(Enum):
    """Held-out score, higher is better; the value is the score of a useless model."""

    ACCURACY = "accuracy"
    BALANCED_ACCURACY = "balanced accuracy"
    MULTILABEL_ACCURACY = "mean accuracy over labels"
    R2 = "coefficient of determination, cut off below at -1"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One training program with its ground truth.

    Args:
        name: unique identifier.
        source: public report that the program was modelled on.
        reported: the reported symptom in one line of ours.
        faults: symptoms the run shows; the first is the main one. Empty if healthy.
        expected_root_causes: one set per fault present; any member of a set is right.
        acceptable_fixes: edits that count as a repair.
        build: seed -> compiled model.
        data: seed -> x, y, validation_data, test_data (held out, for proof only).
        fit: keyword arguments for `model.fit` beside the data.
        score: measured on test_data.
        repaired_build: known-good model, where the model was at fault.
        repaired_data: known-good data, where the data was at fault.
        repaired_fit: known-good arguments, where the call of fit was at fault.
    """

    name: str
    source: str
    reported: str
    build: Build
    data: MakeData
    fit: Mapping[str, Any]
    faults: tuple[Symptom, ...] = ()
    expected_root_causes: tuple[frozenset[Cause], ...] = ()
    acceptable_fixes: tuple[Fix, ...] = ()
    score: Score = Score.ACCURACY
    repaired_build: Build | None = None
    repaired_data: MakeData | None = None
    repaired_fit: Mapping[str, Any] | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.expected_root_causes

    def parts(self, *, repaired: bool) -> tuple[Build, MakeData, Mapping[str, Any]]:
        """The build, data and fit of the program as reported, or of its repaired version."""
        if not repaired:
            return self.build, self.data, self.fit
        return (
            self.repaired_build or self.build,
            self.repaired_data or self.data,
            self.repaired_fit or self.fit,
        )


def either(*causes: Cause) -> frozenset[Cause]:
    """One fault that may be named in more than one way."""
    return frozenset(causes)


def train(case: Case, seed: int, *, repaired: bool = False) -> tuple[keras.Model, Data, dict]:
    """Run a case; returns the trained model, its data and the history of the run."""
    build, make_data, fit = case.parts(repaired=repaired)
    data = make_data(seed)
    model = build(seed)
    if data["validation_data"] is not None:
        fit = {**fit, "validation_data": data["validation_data"]}
    history = model.fit(data["x"], data["y"], verbose=0, **fit)
    return model, data, history.history


def score_model(model: keras.Model, test_data: tuple[np.ndarray, np.ndarray], kind: Score) -> float:
    """Score on held-out data; a model that answers NaN gets the lowest score."""
    x, y = test_data
    predicted = model.predict(x, verbose=0)
    lowest = -1.0 if kind is Score.R2 else 0.0
    if not np.isfinite(predicted).all():
        return lowest
    if kind is Score.R2:
        return max(lowest, float(r2_score(y, predicted)))
    threshold = 0.0 if getattr(model.loss, "from_logits", False) else 0.5
    if kind is Score.MULTILABEL_ACCURACY:
        return float(np.mean((predicted > threshold) == (np.asarray(y) > 0.5)))
    truth = np.argmax(y, axis=-1) if np.ndim(y) > 1 and y.shape[-1] > 1 else np.ravel(y)
    if predicted.shape[-1] > 1:
        answer = predicted.argmax(axis=-1)
    else:
        answer = (predicted.ravel() > threshold).astype(int)
    measure = accuracy_score if kind is Score.ACCURACY else balanced_accuracy_score
    return float(measure(truth.astype(int), answer))
