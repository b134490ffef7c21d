"""What the curves of a run and the search say: epochs, schedule, capacity, regularisation."""

from collections.abc import Iterator, Sequence

import numpy as np

from keras_debugger.report.advice import Area, Recommendation
from keras_debugger.report.method_story import NO_HELP, longest_trials
from keras_debugger.report.words import listing, number, percent, plan_title
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict

FEWEST_EPOCHS = 5
RISE = 0.1  # of the validation loss above its lowest value, from which stopping early is advised
SWING = 0.1  # mean above lowest loss of the last quarter, as a share, from which a decay is advised
MOST = 0.5  # share of the validation loss that counts as most of it
FLAT = 0.02  # fall of the training loss in the last quarter below which it stands still
HELPS = 0.1  # share of the control's error from which a plan counts as better


def from_curves(now: Diagnosis, setup: TrainingSetup, *, fixed: bool) -> Iterator[Recommendation]:
    """What the losses of the present run still leave to gain.

    Args:
        now: diagnosis of the run that stands now, the fixed one if a fix was proved.
        setup: the user's program.
        fixed: whether that is a fixed one.
    """
    values = {} if now.record.epoch_logs is None else now.record.epoch_logs.values
    loss, validation = values.get("loss"), values.get("val_loss")
    if validation is None or len(validation) < FEWEST_EPOCHS or not np.isfinite(validation).all():
        return
    best = int(np.argmin(validation))
    quarter = max(2, len(validation) // 4)
    if best == len(validation) - 1:
        yield Recommendation(
            area=Area.TRAINING,
            text="Train for more epochs; the validation loss had not stopped falling.",
            evidence=f"Its lowest value came at the last of {len(validation)} epochs.",
            gain=_fall(validation, quarter),
        )
    elif validation[-1] > (1.0 + RISE) * validation[best] > 0:
        yield Recommendation(
            area=Area.TRAINING,
            text="Add keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True).",
            evidence=f"The validation loss was lowest at epoch {best + 1} "
            f"({number(validation[best])}) and ended at {number(validation[-1])}.",
            gain=float(1.0 - validation[best] / validation[-1]),
        )
    if loss is not None and len(loss) == len(validation) and np.isfinite(loss).all():
        yield from _swinging(np.asarray(loss), quarter, setup)
        if fixed or now.problems:
            yield from _left(float(loss[best]), float(validation[best]), np.asarray(loss), quarter)


def _fall(values: np.ndarray, quarter: int) -> float:
    """Share by which the last quarter of a curve fell; NaN if it did not."""
    start = float(values[-1 - quarter])
    fall = 1.0 - float(values[-1]) / start if start > 0.0 else 0.0
    return fall if fall > 0.0 else float("nan")


def _swinging(loss: np.ndarray, quarter: int, setup: TrainingSetup) -> Iterator[Recommendation]:
    last = loss[-quarter:]
    optimizer = setup.model.optimizer
    if optimizer is None or optimizer.schedule or last.min() <= 0.0 or quarter < 3:
        return
    swing = float(1.0 - last.min() / last.mean())
    if swing > SWING and float(np.polyfit(np.arange(quarter), last, 1)[0]) >= 0.0:
        yield Recommendation(
            area=Area.TRAINING,
            text="Let the learning rate decay, for example keras.optimizers.schedules.CosineDecay; "
            "the training loss goes up and down at the end instead of settling.",
            evidence=f"Over the last {quarter} epochs it is {number(last.mean())} on average and "
            f"{number(last.min())} at its lowest.",
            gain=swing,
        )


def _left(
    loss: float, validation: float, losses: np.ndarray, quarter: int
) -> Iterator[Recommendation]:
    """Whether the loss that is left is there on training rows too, or on new rows only."""
    if validation <= 0.0 or loss < 0.0:
        return
    gap = 1.0 - loss / validation
    numbers = f"The loss is {number(loss)} on training rows and {number(validation)} on selection "
    if gap > MOST:
        yield Recommendation(
            area=Area.TRAINING,
            text="Regularise more (dropout, weight decay, augmentation), or train on more rows: "
            "most of the loss that is left is there on new rows only.",
            evidence=f"{numbers}rows; {percent(gap)} of it is the gap.",
            gain=gap,
        )
    elif gap < 1.0 - MOST and abs(1.0 - losses[-1] / max(losses[-1 - quarter], 1e-12)) <= FLAT:
        yield Recommendation(
            area=Area.ARCHITECTURE,
            text="Give the model more capacity or better features: most of the loss that is left "
            "is there on training rows too, and it has stopped falling.",
            evidence=f"{numbers}rows, and changed by less than {percent(FLAT)} in the last "
            f"{quarter} epochs.",
        )


def from_search(tried: Sequence[Trial], verdict: Verdict) -> Iterator[Recommendation]:
    """What else helped in the search, and what was tried and did not help.

    Args:
        tried: trainings of the search.
        verdict: what the proof says.
    """
    longest = longest_trials(tried)
    errors = {
        name: trial.selection.error
        for name, trial in longest.items()
        if trial.selection is not None and trial.selection.finite
    }
    control = errors.pop(UNCHANGED.name, 0.0)
    others = {
        name: error
        for name, error in errors.items()
        if longest[name].plan.fixes and name != verdict.plan
    }
    if not control > 0.0 or not others:
        return
    compared = f"the unchanged model had {number(control)}."
    best = min(others, key=lambda name: others[name])
    gain = 1.0 - others[best] / control
    if gain >= HELPS and not verdict.decision.is_proven:
        yield Recommendation(
            area=Area.TRAINING,
            text=f"If you want to go on, try next: {plan_title(longest[best].plan)}.",
            evidence=f"In the search its error was {number(others[best])}; {compared}",
            gain=gain,
        )
    own = set(verdict.plan.split(" + ")) if verdict.decision.is_proven else set()
    useless = [
        name
        for name, error in others.items()
        if 1.0 - error / control < NO_HELP and not own & set(name.split(" + "))
    ]
    if useless:
        listed = listing(plan_title(longest[name].plan).lower() for name in useless)
        scores = listing(number(others[name]) for name in useless)
        yield Recommendation(
            area=Area.TRAINING,
            text=f"Tried, and did not help: {listed}.",
            evidence=f"Their errors on the selection rows were {scores}; {compared}",
            gain=0.0,
        )
