"""Whether a run was stopped while its training loss was still falling steadily."""

from keras_debugger.checks.curves.runs import Run
from keras_debugger.checks.curves.statistics import (
    end_level,
    fall_rate_at_end,
    improvement,
    trend,
)

MIN_EPOCHS = 5
MIN_RATE = 0.5  # of the mean fall of the run
_MAX_TAU = -0.7
_MAX_VALIDATION_TAU = -0.3
_MAX_IMPROVEMENT = 0.85  # of the first loss
_GOOD_ACCURACY = 0.97


def steady_fall(run: Run) -> float | None:
    """The pace at which the loss falls at the end, None if it does not, or has fallen enough.

    Returns:
        Fall an epoch over the last fifth, relative to that of the whole run, at least MIN_RATE.
        None too if Kendall's tau of the last ten epochs is over -.7, the validation loss does not
        fall (tau over -.3), the loss has lost 85 % of its first value, or the accuracy is .97.
    """
    loss, validation = run.curve("loss"), run.curve("val_loss")
    if len(loss) < MIN_EPOCHS:
        return None
    rate = fall_rate_at_end(loss)
    if not rate >= MIN_RATE or trend(loss[-10:])[0] > _MAX_TAU:
        return None
    if len(validation) >= MIN_EPOCHS and trend(validation[-10:])[0] > _MAX_VALIDATION_TAU:
        return None
    accuracy = run.train_accuracy
    if len(accuracy) and end_level(accuracy) >= _GOOD_ACCURACY:
        return None
    return rate if improvement(loss) <= _MAX_IMPROVEMENT else None
