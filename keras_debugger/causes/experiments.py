"""Short interventions, made: the only module of this room that trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from keras_debugger.causes import interventions as which
from keras_debugger.causes.interventions import Answer, Intervention
from keras_debugger.training.budget import Budget
from keras_debugger.training.data import DataParts, Part, take
from keras_debugger.types.edit import ScaleLearningRate, SetBatchSize
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.trial import Trial, rank_scores
from keras_debugger.types.vocabulary import FixKind

PASSES = 10  # of the small copy of the data that holds one batch many times


@dataclass(kw_only=True)
class Laboratory:
    """Makes short trials and interventions within a budget, each at most once.

    Args:
        budget: trains them and counts the cost.
    """

    budget: Budget

    @property
    def short(self) -> int:
        """Epochs of a first short trial."""
        return max(1, round(self.budget.full * which.SHORT))

    @property
    def longer(self) -> int:
        """Epochs of a second, longer one."""
        return max(1, round(self.budget.full * which.LONGER))

    def expect(self, plans: Sequence[Plan], epochs: int) -> None:
        """Tell which short trials will be asked for, so that several processes can begin them."""
        budget = self.budget
        budget.trainer.expect(plans, seeds=(budget.seed,), epochs=epochs, watched=False)

    def cost(self, intervention: Intervention) -> float:
        """Trainings of the original that an intervention takes."""
        epoch = self.budget.epoch
        if intervention is which.ONE_BATCH:
            rows = which.BATCH_STEPS * which.BATCH_ROWS
            return rows * epoch / max(self.budget.trainer.parts.train.rows, 1)
        if intervention is which.SHUFFLED_LABELS:
            return self.longer * epoch
        if intervention is which.LEARNING_RATES:
            return len(which.RATE_FACTORS) * self.longer * epoch
        return 0.0

    def make(self, intervention: Intervention, control: Trial | None) -> Answer | None:
        """Make an intervention beside the unchanged control; None if it cannot be judged."""
        if intervention is which.ONE_BATCH:
            return self._one_batch()
        if intervention is which.SIMPLE_MODELS:
            return self._simple_models()
        if intervention is which.START:
            return self._start()
        if control is None:
            return None
        if intervention is which.SHUFFLED_LABELS:
            return self._shuffled_labels(control)
        return self._learning_rates(control)

    def _one_batch(self) -> Answer | None:
        train = self.budget.trainer.parts.train
        generator = np.random.default_rng(self.budget.seed)
        batch = take(train, generator.permutation(train.rows)[: which.BATCH_ROWS])
        copies = which.BATCH_STEPS // PASSES
        many = take(batch, np.tile(np.arange(batch.rows), copies))
        plan = _named("one batch of 32 rows", SetBatchSize(rows=batch.rows))
        trial, cost = self._elsewhere(plan, many, batch, PASSES)
        skill = _skill(trial)
        if skill is None:
            return None
        cannot, learns = which.ONE_BATCH.outcomes
        outcome = learns if skill >= which.LEARNT else cannot
        words = (
            f"After {which.BATCH_STEPS} steps on the same {batch.rows} rows {max(skill, 0.0):.0%} "
            f"of a constant guess's loss was gone: the program {outcome.name}."
        )
        return Answer(outcome=outcome, words=words, cost=cost)

    def _shuffled_labels(self, control: Trial) -> Answer | None:
        parts = self.budget.trainer.parts
        order = np.random.default_rng(self.budget.seed).permutation(parts.train.rows)
        shuffled = replace(parts.train, y=take(parts.train, order).y)
        plan = _named("labels in random order")
        trial, cost = self._elsewhere(plan, shuffled, parts.selection, control.epochs)
        true, random = loss_curve(control, "loss"), loss_curve(trial, "loss")
        if not true or not random or not np.isfinite([true[-1], random[-1]]).all():
            return None
        difference = (random[-1] - true[-1]) / max(abs(random[-1]), 1e-12)
        same, better = which.SHUFFLED_LABELS.outcomes
        outcome = better if difference > which.MATTERS else same
        words = (
            f"After {control.epochs} epochs the training loss was {true[-1]:.3g} with the labels "
            f"as they are and {random[-1]:.3g} with labels in random order: {outcome.name}."
        )
        return Answer(
            outcome=outcome,
            words=words,
            cost=cost,
            measured="training loss",
            control=true,
            curve=random,
        )

    def _learning_rates(self, control: Trial) -> Answer | None:
        plans = [
            _named(f"learning rate x{factor:g}", ScaleLearningRate(factor=factor))
            for factor in which.RATE_FACTORS
        ]
        before = self.budget.cost
        trials = self.budget.rung(plans, control.epochs, keep=0.0)
        if not trials:
            return None
        mine, *others = rank_scores([control, *trials.values()])
        scores = dict(zip(which.RATE_FACTORS, others, strict=False))  # a rung stops at the end
        best = min(scores, key=lambda factor: scores[factor])
        gain = 1.0 - scores[best] / max(mine, 1e-12)
        lower, higher, none = which.LEARNING_RATES.outcomes
        outcome = none if gain < which.RATE_GAIN else lower if best < 1.0 else higher
        words = (
            f"In {control.epochs} epochs the learning rate times {best:g} left {gain:.0%} less "
            f"error than the rate as it is; {outcome.name} gets clearly further."
        )
        return Answer(outcome=outcome, words=words, cost=self.budget.cost - before)

    def _simple_models(self) -> Answer | None:
        models = self.budget.trainer.setup.data.simple_models
        if not models:
            return None
        best = max(models, key=lambda model: model.score - model.chance)
        cannot, can = which.SIMPLE_MODELS.outcomes
        outcome = can if best.score > best.chance_high else cannot
        words = (
            f"A {best.name} reaches {best.score:.2f} on the same rows, a constant guess "
            f"{best.chance:.2f}, and up to {best.chance_high:.2f} on labels in random order."
        )
        return Answer(outcome=outcome, words=words)

    def _start(self) -> Answer | None:
        score = self.budget.trainer.start(seed=self.budget.seed)
        if score is None or np.isnan(score.loss_ratio):
            return None
        far, sound = which.START.outcomes
        outcome = sound if score.finite and score.loss_ratio <= which.FAR_OFF else far
        words = (
            "Before the first step the loss is "
            f"{score.loss_ratio:.2g} times that of the best constant guess."
        )
        return Answer(outcome=outcome, words=words)

    def _elsewhere(
        self, plan: Plan, train: Part, selection: Part, epochs: int
    ) -> tuple[Trial, float]:
        """Train on other rows; the cost in trainings of the original on its own rows."""
        trainer = self.budget.trainer
        parts: DataParts = replace(
            trainer.parts,
            train=train,
            selection=selection,
            digest=f"{trainer.parts.digest} {plan.name}",
        )
        trial = (
            trainer.on(parts).train(plan, seed=self.budget.seed, epochs=epochs, watched=False).trial
        )
        cost = trial.cost * train.rows / max(trainer.parts.train.rows, 1)
        trial = replace(trial, cost=cost)
        self.budget.add(trial, cost)
        return trial, cost


def loss_curve(trial: Trial, name: str = "val_loss") -> tuple[float, ...]:
    """A logged loss of a trial, one value an epoch; empty if it was not logged."""
    logs = trial.record.epoch_logs
    if logs is None or name not in logs.values:
        return ()
    return tuple(float(value) for value in logs.values[name])


def _skill(trial: Trial) -> float | None:
    """Share of the best constant answer's loss that is gone, 0 to 1."""
    score = trial.selection
    if score is None or not score.finite:
        return 0.0 if trial.failure or score is not None else None
    if np.isnan(score.loss_ratio):
        return 1.0 - score.error / max(score.constant_error, 1e-12)
    return 1.0 - score.loss_ratio


def _named(name: str, *edits: ScaleLearningRate | SetBatchSize) -> Plan:
    """A plan that is no fix of anything."""
    fix = AppliedFix(
        name=name, kind=FixKind.CHANGE_OPTIMIZER, edits=edits, reason="A question.", risk="None."
    )
    return Plan(name=name, cause=UNCHANGED.cause, fixes=(fix,), prior=0.0)
