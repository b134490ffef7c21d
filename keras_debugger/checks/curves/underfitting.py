"""LOS109: the training loss settles well above what the data allow."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.constant_predictor import constant_loss, majority_share
from keras_debugger.checks.curves.chance import skill
from keras_debugger.checks.curves.pace import steady_fall
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import end_level, smooth
from keras_debugger.checks.outcome import best_peer, by_agreement
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import SimpleModel, TrainingRecord
from keras_debugger.types.vocabulary import LabelForm, LossKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class Underfitting(Check):
    """The training loss settles well above what the data allow.

    Sees: loss and accuracy of each epoch, the labels, and the scores of simple models if they were
        tried on the same data.
    Formula: skill = 1 - loss at the end / loss of the best constant answer (or the same of the
        accuracy, if that is higher). Fires when the best simple model, cross-validated, is ahead by
        `min_lead`; without simple models, when the accuracy ends `max_lost` of the way below its
        own best, or when `no_learning` <= skill < `min_skill`. The loss must have settled. Of a
        loss that has no best constant answer, such as one's own, simple models are compared with
        the squared correlation of answers and labels. Not done for labels of several numbers.
    Source: skill below .5 was never seen in 30 healthy runs (method study); labels with much noise
        allow no more than that, so the limit without a simple model is lower.
    Known problems: dropout and noise layers hold the training loss up; of training and validation
        the better one is taken.
    Fixes: weaken-regularization, raise-learning-rate, normalize-inputs, relu-activation.
    """

    code: ClassVar[str] = "LOS109"
    name: ClassVar[str] = "underfitting"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS, Need.DATA, Need.MODEL})
    symptom: ClassVar[Symptom | None] = Symptom.UNDERFITTING

    min_epochs: int = 5
    no_learning: float = 0.1
    min_skill: float = 0.3
    max_lost: float = 0.2  # of the way from the largest class to no error
    min_lead: float = 0.15  # of balanced accuracy or R2

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        constant = constant_loss(record)
        if np.isnan(constant):
            agreement = by_agreement(record)
            if np.isnan(agreement):
                raise TooShortError("record one output with a loss that Keras knows")
            return judge_runs(
                record.epochs, lambda run: self._judge_answers(run, record, agreement)
            )
        return judge_runs(record.epochs, lambda run: self._judge(run, record, constant))

    def _judge_answers(self, run: Run, record: TrainingRecord, ours: float) -> Finding | None:
        best = best_peer(record)
        run.long_curve("loss", at_least=self.min_epochs)
        if best is None or steady_fall(run) is not None:
            return None
        return self._against(best, ours, run)

    def _judge(self, run: Run, record: TrainingRecord, constant: float) -> Finding | None:
        loss = run.long_curve("loss", at_least=self.min_epochs)
        validation = run.curve("val_loss")
        lowest = min([end_level(loss)] + ([end_level(validation)] if len(validation) else []))
        reached, largest = 1 - lowest / constant, majority_share(record)
        if largest is not None and len(run.train_accuracy):
            reached = max(reached, skill(end_level(run.train_accuracy), largest))
        if steady_fall(run) is not None:
            return None
        best = best_peer(record)
        ours = self._score(run, record, lowest, constant)
        if best is not None and ours is not None:
            return self._against(best, ours, run)
        lost = self._lost(run, largest)
        if lost is not None:
            return lost
        if not self.no_learning <= reached < self.min_skill:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The loss settles at {lowest:.4g}: only {reached:.0%} of the way from the best "
                f"constant answer ({constant:.4g}) to no error."
            ),
            place="loss",
            epoch=int(run.epoch[-1]),
            value=reached,
            limit=self.min_skill,
            confidence=0.7,
        )

    def _lost(self, run: Run, largest: float | None) -> Finding | None:
        """An accuracy that was there and is gone: the data allow at least that."""
        accuracy = run.train_accuracy
        if largest is None or len(accuracy) < self.min_epochs:
            return None
        best, end = float(smooth(accuracy).max()), end_level(accuracy)
        lost = skill(best, largest) - skill(end, largest)
        if lost < self.max_lost:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The training accuracy ends at {end:.3g}; it was {best:.3g} before in this run."
            ),
            place=run.accuracy or "",
            epoch=int(run.epoch[int(accuracy.argmax())]),
            value=lost,
            limit=self.max_lost,
            confidence=0.85,
        )

    def _score(
        self, run: Run, record: TrainingRecord, lowest: float, constant: float
    ) -> float | None:
        """Our training score in the unit of the simple models, None if it is not known."""
        if record.data.labels and record.data.labels[0].form is LabelForm.MULTI_HOT:
            return None  # Keras logs how often the largest answer is right: no score of all labels
        accuracies = [end_level(a) for a in (run.train_accuracy, run.validation_accuracy) if len(a)]
        if accuracies:
            return max(accuracies)
        squared = record.model.outputs[0].loss is LossKind.MEAN_SQUARED_ERROR
        return 1 - lowest / constant if squared else None

    def _against(self, best: SimpleModel, ours: float, run: Run) -> Finding | None:
        if best.score - ours < self.min_lead or best.score <= best.chance_high:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The model reaches {ours:.3g} on the data it trains on; a {best.name} reaches "
                f"{best.score:.3g} on data it has not seen."
            ),
            place="loss",
            epoch=int(run.epoch[-1]),
            value=best.score - ours,
            limit=self.min_lead,
        )
