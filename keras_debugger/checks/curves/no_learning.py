"""LOS106: the model never gets better than a constant guess."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.constant_predictor import constant_loss, majority_share
from keras_debugger.checks.curves.chance import (
    at_chance_level,
    held_out_at_chance,
    is_constant,
    is_stuck,
    reaches,
    skill,
)
from keras_debugger.checks.curves.pace import steady_fall
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import end_level, improvement, smooth
from keras_debugger.checks.outcome import by_answers
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class NoLearning(Check):
    """The model never gets better than a constant guess.

    Sees: loss and accuracy of each epoch; the labels and the kind of loss where they are known.
    Formula: with labels, skill = 1 - best smoothed loss / loss of the best constant answer (the
        loss at the end, if that is no better than the constant); fires below `min_skill`, unless
        the accuracy or the answers to the probe batch are `clear_answers` better than the largest
        class; and when loss and accuracy of validation stay at those of the constant answer.
        Without labels it fires when the loss is the same in every epoch; when loss and accuracy are
        those of equal shares of k classes, log k and 1 / k; when the accuracy is stuck at one value
        that is not near 1 while the loss has settled; or when the loss improves by less than
        `min_improvement`. A loss that is still falling steadily is left to LOS108.
    Source: skill below .1 saw .74 of the runs that do not learn at no false alarm on 30 healthy
        runs (method study); the rules without labels are measured by benchmarks/score_logs.py.
    Known problems: a run that goes on from trained weights improves little; it is exempt if its
        accuracy is high. A loss with a large weight penalty or row weights hides the skill.
    Fixes: raise-learning-rate, lower-learning-rate, fit-output, normalize-inputs,
        relu-activation, change-initializer, unfreeze.
    """

    code: ClassVar[str] = "LOS106"
    name: ClassVar[str] = "no-learning"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.NO_LEARNING

    min_skill: float = 0.1
    min_improvement: float = 0.05  # of the first loss
    min_epochs: int = 2
    clear_epochs: int = 5  # a guess in fewer epochs may yet be a slow start
    good_accuracy: float = 0.9
    clear_answers: float = 0.25  # share of the way from a constant answer to no error

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        constant, largest = constant_loss(record), majority_share(record)
        if np.isnan(constant):
            return judge_runs(record.epochs, self._by_curves)
        answers = by_answers(record)
        held_out = constant_loss(record, held_out=True)
        return judge_runs(
            record.epochs,
            lambda run: (
                None
                if steady_fall(run) is not None
                else self._held_out(run, held_out, largest)
                or self._by_labels(run, constant, largest, answers)
            ),
        )

    def _held_out(self, run: Run, constant: float, largest: float | None) -> Finding | None:
        if not held_out_at_chance(run, constant, largest):
            return None
        validation = run.curve("val_loss")
        return self._found(
            run,
            f"The validation loss ({end_level(validation):.4g}) and accuracy stay at those of "
            f"the best constant answer ({constant:.4g}).",
            value=1 - float(smooth(validation).min()) / constant,
            limit=self.min_skill,
        )

    def _by_labels(
        self, run: Run, constant: float, largest: float | None, answers: float
    ) -> Finding | None:
        loss = run.long_curve("loss", at_least=self.min_epochs)
        accuracy = run.train_accuracy
        ends_at_chance = end_level(loss) >= 0.97 * constant
        lowest = end_level(loss) if ends_at_chance else float(smooth(loss)[1:].min())
        reached = 1 - min(lowest, end_level(loss)) / constant
        if reached >= self.min_skill or answers >= self.clear_answers:
            return None
        counted = largest is not None and len(accuracy) > 0
        if counted and skill(end_level(accuracy), largest or 0.0) >= self.clear_answers:
            return None
        return self._found(
            run,
            f"The training loss ends at {end_level(loss):.4g} (lowest: {loss.min():.4g}); the best "
            f"constant answer has {constant:.4g}.",
            value=reached,
            limit=self.min_skill,
            confidence=0.95,
        )

    def _by_curves(self, run: Run) -> Finding | None:
        loss = run.long_curve("loss", at_least=self.min_epochs)
        accuracy = run.train_accuracy
        if reaches(accuracy, self.good_accuracy) or not loss.any():
            return None
        gain, at_end = improvement(loss), end_level(loss)
        if is_constant(loss):
            text = f"The training loss is {at_end:.6g} in every epoch."
            return self._found(run, text, value=gain, limit=self.min_improvement, confidence=0.95)
        for part, level in (("training", "loss"), ("validation", "val_loss")):
            scores = accuracy if level == "loss" else run.validation_accuracy
            classes = at_chance_level(run.curve(level), scores)
            if classes and steady_fall(run) is None:
                text = (
                    f"The {part} loss is {end_level(run.curve(level)):.4g} and the accuracy "
                    f"{end_level(scores):.3g}: that of guessing one of {classes} classes."
                )
                return self._found(
                    run,
                    text,
                    value=gain,
                    limit=self.min_improvement,
                    confidence=0.9 if len(loss) >= self.clear_epochs else 0.7,
                )
        if is_stuck(loss, accuracy):
            text = f"The training accuracy is stuck at {end_level(accuracy):.4g}."
            return self._found(run, text, value=gain, limit=self.min_improvement, confidence=0.8)
        return self._flat(run, gain)

    def _flat(self, run: Run, gain: float) -> Finding | None:
        """A loss that hardly moves, where nothing better is known."""
        loss, accuracy = run.curve("loss"), run.train_accuracy
        grows = len(accuracy) > 1 and accuracy.max() - accuracy[0] >= 0.05
        if gain >= self.min_improvement or grows or steady_fall(run) is not None:
            return None
        if len(loss) < 5 and not (len(accuracy) > 1 and gain < 0.005 and accuracy.argmax() == 0):
            return None
        return self._found(
            run,
            f"The training loss improves by {gain:.1%} in {len(loss)} epochs "
            f"({loss[0]:.4g} to {end_level(loss):.4g}).",
            value=gain,
            limit=self.min_improvement,
            confidence=0.7 if len(loss) >= 5 else 0.6,
        )

    def _found(
        self, run: Run, summary: str, *, value: float, limit: float, confidence: float = 0.9
    ) -> Finding:
        return self.finding(
            severity=Severity.ERROR,
            summary=summary,
            place="loss",
            epoch=int(run.epoch[-1]),
            value=value,
            limit=limit,
            confidence=confidence,
        )
