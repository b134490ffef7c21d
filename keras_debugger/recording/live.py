"""Alarms while training: checks on the growing record, each from the moment at which it can judge.

The moments are those of the method study (656 runs): dead units and wrong scales show before the
first step, a learning rate that is too high within ten steps, one that is too low and vanishing
gradients within an epoch, no learning after a quarter of the run. Overfitting is never an alarm.
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras

from keras_debugger.checks.base import Check
from keras_debugger.checks.runner import run_checks
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Severity

FIRST_LOOKS = (1, 10, 50)  # steps done; further ones each after half as many steps again
GLANCE_EVERY = 50  # steps between looks for a value that is not finite, which is cheap
FIRST_EPOCHS = 20  # that are all judged; later ones at each further twentieth of those done


class TrainingAlarm(UserWarning):
    """Something is wrong with the training that is going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """When a check is asked while the run goes on.

    Args:
        code: the check.
        steps: steps that must be done.
        epochs: epochs that must be done.
        share: share of the asked epochs that must be done, 0 to 1.
        stops: whether a finding of Severity.ERROR means that the run cannot succeed.
        stops_at: a value of the finding from which the run cannot succeed whatever its severity.
    """

    code: str
    steps: int = 1
    epochs: int = 0
    share: float = 0.0
    stops: bool = False
    stops_at: float = float("inf")

    def is_due(self, *, steps: int, epochs: int, asked: int) -> bool:
        """Whether the check can judge by now."""
        return steps >= self.steps and epochs >= max(self.epochs, self.share * asked)


ALARMS = (
    Alarm(code="GRD103", stops=True),  # NaN or infinity in gradients
    Alarm(code="GRD104", stops=True),  # in weights
    Alarm(code="LOS101", epochs=1, stops=True),  # in the loss
    Alarm(code="ACT107", stops=True),  # in layers
    Alarm(code="ACT101", stops_at=1.0),  # dead units before the first step; a whole layer
    Alarm(code="ACT105"),  # scale before the first step
    Alarm(code="ACT106", stops=True),  # zero before the first step
    Alarm(code="MOD110", stops=True),  # constant initial weights
    Alarm(code="GRD105", steps=10, stops=True),  # no gradient at all
    Alarm(code="GRD107", steps=10),  # learning rate too high
    Alarm(code="GRD102", epochs=1),  # vanishing gradients
    Alarm(code="GRD108", epochs=1),  # learning rate too low
    Alarm(code="LOS103", epochs=2, share=0.25),  # divergence
    Alarm(code="LOS106", epochs=2, share=0.25),  # no learning
)


class Alarms:
    """Judges a run while it goes on; each check raises its alarm once.

    Args:
        mode: `warn`, `stop` or None.
    """

    def __init__(self, mode: str | None) -> None:
        self.mode = mode
        self.stopped_by = ""
        self._raised: set[str] = set()
        self._next_look = FIRST_LOOKS[0]
        self._next_glance = GLANCE_EVERY
        self._next_epoch = 1

    def wants_step(self, done: int) -> bool:
        """Whether the record should be judged after this number of steps.

        The looks become rarer, for judging a long record takes long.
        """
        if self.mode is None or done < self._next_look:
            return False
        later = [look for look in FIRST_LOOKS if look > done]
        self._next_look = later[0] if later else done + done // 2
        return True

    def wants_glance(self, done: int) -> bool:
        """Whether the last steps should be read to see if something stopped being finite."""
        if self.mode is None or done < self._next_glance:
            return False
        self._next_glance = done + GLANCE_EVERY
        return True

    def wants_epoch(self, done: int, logs: Mapping[str, Any]) -> bool:
        """Whether the record should be judged after this number of epochs.

        Args:
            done: number of epochs.
            logs: logs of the last one; a number in them that is not finite is always judged.
        """
        finite = all(math.isfinite(float(value)) for value in logs.values())
        if self.mode is None or (done < self._next_epoch and finite):
            return False
        self._next_epoch = done + max(1, done // FIRST_EPOCHS)
        return True

    def listen(self, record: TrainingRecord, model: Any) -> None:
        """Judge the record; warn of what is found, and stop the run if that was asked for.

        Args:
            record: what was recorded so far.
            model: the model in training.
        """
        if self.mode is None:
            return
        due = {alarm.code: alarm for alarm in self._due(record, model)}
        checks = [check for check in _all_checks() if check.code in due]
        if record.epoch_logs is None:  # answers of an untrained model are no outcome
            record = replace(record, prediction_log=None)
        for finding in run_checks(record, checks).findings:
            if finding.severity > Severity.NOTE and finding.code not in self._raised:
                self._raised.add(finding.code)
                self._sound(finding, model, due[finding.code])

    def _due(self, record: TrainingRecord, model: Any) -> list[Alarm]:
        steps = 0 if record.step_logs is None else int(record.step_logs.step[-1]) + 1
        epochs = 0 if record.epoch_logs is None else record.epoch_logs.count
        asked = (record.fit_description.epochs if record.fit_description else None) or 0
        # A loss scale is found by letting gradients overflow now and then.
        scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        return [
            alarm
            for alarm in ALARMS
            if alarm.is_due(steps=steps, epochs=epochs, asked=asked)
            and alarm.code not in self._raised
            and not (scaled and alarm.code == "GRD103")
        ]

    def _sound(self, finding: Finding, model: Any, alarm: Alarm) -> None:
        hopeless = alarm.stops and finding.severity is Severity.ERROR
        stops = self.mode == "stop" and (hopeless or finding.value >= alarm.stops_at)
        if stops:
            self.stopped_by = f"{finding.code} {finding.name}"
            model.stop_training = True
        place = f" [{finding.place}]" if finding.place else ""
        ending = " The run is stopped." if stops else ""
        warnings.warn(
            f"{finding.code} {finding.name}{place}: {finding.summary}{ending}",
            TrainingAlarm,
            stacklevel=2,
        )


def _all_checks() -> tuple[Check, ...]:
    # on first use: they load SciPy
    from keras_debugger.checks import ALL_CHECKS
    from keras_debugger.recording.live_steps import StepsTooSmallSoFar

    so_far = StepsTooSmallSoFar()  # the other is about whole runs
    return tuple(so_far if check.code == so_far.code else check for check in ALL_CHECKS)
