"""Budget: the trainings of one search and what is left to spend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from keras_debugger.training.trainer import Trainer
from keras_debugger.types.plan import Plan
from keras_debugger.types.trial import Trial


@dataclass(kw_only=True)
class Budget:
    """Trains plans from the same weights in the same order of rows while it lasts.

    Args:
        trainer: trains them.
        limit: trainings of the original to spend, never passed by more than an epoch.
        seed: seed of all trials.
        trials: every training so far, in order.
        cost: trainings of the original spent so far.
    """

    trainer: Trainer
    limit: float
    seed: int = 0
    trials: list[Trial] = field(default_factory=list)
    cost: float = 0.0

    @property
    def full(self) -> int:
        """Epochs of a full training of the original."""
        return self.trainer.setup.fit.epochs or 1

    @property
    def epoch(self) -> float:
        """Cost of one epoch."""
        return 1.0 / self.full

    def affordable(self, cost: float, *, keep: float = 0.0) -> bool:
        """Whether so much more stays within the limit, up to one epoch more.

        Args:
            cost: trainings of the original.
            keep: trainings that must be left after it.
        """
        return self.cost + cost + keep <= self.limit + self.epoch + 1e-9

    def train(self, plan: Plan, epochs: int, *, short: bool = False) -> Trial:
        """Train a plan and keep the trial.

        Args:
            plan: what is changed.
            epochs: epochs to train.
            short: whether it only ranks the plan: its gradients are not recorded then.
        """
        trial = self.trainer.train(plan, seed=self.seed, epochs=epochs, watched=not short).trial
        self.add(trial, trial.cost)
        return trial

    def rung(self, plans: Iterable[Plan], epochs: int, *, keep: float) -> dict[Plan, Trial]:
        """Short trials of the plans that can be afforded, in their order."""
        plans = list(plans)
        if plans and self.affordable(len(plans) * epochs * self.epoch, keep=keep):
            self.trainer.expect(plans, seeds=(self.seed,), epochs=epochs, watched=False)
        made: dict[Plan, Trial] = {}
        for plan in plans:
            if self.affordable(epochs * self.epoch, keep=keep):
                made[plan] = self.train(plan, epochs, short=True)
        return made

    def add(self, trial: Trial, cost: float) -> None:
        """Keep a trial that was made elsewhere, such as on other rows, and count its cost."""
        self.trials.append(trial)
        self.cost += cost
