"""Whether validation is far behind training before the model could have learned rows by heart."""

import numpy as np

from keras_debugger.checks.curves.runs import Run
from keras_debugger.checks.curves.statistics import end_level, improvement

MIN_EPOCHS = 3
MIN_GAP = 0.2  # of accuracy
MIN_RATIO = 3.0  # of losses, where there is no accuracy
_MIN_IMPROVEMENT = 0.2  # of the first training loss


def early_gap(run: Run) -> tuple[float, float] | None:
    """Gap between training and validation in the first epochs and at the end, if it is wide.

    The first epochs are the first third, of at least two and at most five. The gap is that of the
    accuracies, or the ratio of the losses. It is wide when both values reach the limit, three of
    four epochs reach half of it, and the validation loss improves by less than half as much as the
    training loss.

    Returns:
        The two gaps, or None if they are not wide.
    """
    train, validation = run.curve("loss"), run.curve("val_loss")
    gain = improvement(train)
    if gain < _MIN_IMPROVEMENT or improvement(validation) > gain / 2:
        return None
    scores, held_out = run.train_accuracy, run.validation_accuracy
    if len(scores) and len(scores) == len(held_out):
        apart, limit, half = scores - held_out, MIN_GAP, MIN_GAP / 2
    elif len(train) == len(validation) and (train > 0).all():
        apart, limit, half = validation / train, MIN_RATIO, (1 + MIN_RATIO) / 2
    else:
        return None
    first = float(np.median(apart[: min(5, max(2, len(apart) // 3))]))
    end = end_level(apart)
    wide = first >= limit and end >= limit and np.mean(apart >= half) >= 0.75
    return (first, end) if wide else None
