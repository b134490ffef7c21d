"""One faulty case: every method trains on the same parts of the data and pays for what it trains.

A curve is the test score of the model that a method would hand over after so many trainings: the
one that is best on the selection part, from the faulty model on.
"""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from case_run import FIT_ARGUMENTS, fit_model

from keras_debugger import Recorder
from keras_debugger.recording.model_description import describe_model
from keras_debugger.report.terminal import make_progress
from keras_debugger.stages.repair import Repair
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import ModelKind
from keras_debugger.workflow import diagnose

WORST = 1e6  # objective of a training that failed
Curve = list[tuple[float, float]]  # trainings spent, test score from then on


class OutOfBudgetError(Exception):
    """All trainings are spent."""


@dataclass(kw_only=True)
class Lab:
    """A case and seed, its faulty run and the parts of its data.

    Args:
        case: the case.
        seed: seed of data, model and split.
        data: its data; only `test` looks at the test part.
        model: the faulty model after its run.
        recorder: of that run.
        faulty: test score of the faulty model.
        known_good: test score of the known-good run.
    """

    case: Any
    seed: int
    data: dict[str, Any]
    model: Any
    recorder: Recorder
    faulty: float
    known_good: float
    journal: Any = None

    @classmethod
    def of(cls, case: Any, seed: int) -> "Lab":
        """Run the case as reported and as known to be good."""
        import corpus

        data, model, recorder = case.data(seed), case.build(seed), Recorder()
        fit_model(model, data, case.fit, recorder)
        good, good_data, _ = corpus.train(case, seed, repaired=True)
        return cls(
            case=case,
            seed=seed,
            data=data,
            model=model,
            recorder=recorder,
            faulty=corpus.score_model(model, data["test_data"], case.score),
            known_good=corpus.score_model(good, good_data["test_data"], case.score),
        )

    def test(self, model: Any) -> float:
        """Score on the test part."""
        import corpus

        return float(corpus.score_model(model, self.data["test_data"], self.case.score))

    def repair(self, budget: float, **more: Any) -> Repair:
        """A run of autofix up to its diagnosis; all share the trainings that were made."""
        run = Repair(
            min_improvement=0.1,
            budget=budget,
            seeds=5,
            seed=self.seed,
            directory=None,
            progress=make_progress(0),
            executor="local",
        )
        arguments: dict[str, Any] = {
            "epochs": None,
            "batch_size": None,
            "shuffle": True,
            "class_weight": None,
            **{name: self.case.fit[name] for name in FIT_ARGUMENTS if name in self.case.fit},
            **more,
        }
        if describe_model(self.model).kind is ModelKind.SUBCLASSED:
            arguments["build"] = lambda: self.case.build(self.seed)
        if self.data["validation_data"] is not None:
            arguments["validation_data"] = self.data["validation_data"]
        pair = (self.data["x"], self.data["y"])
        run.prepare(self.model, pair, record=self.recorder, **arguments)
        if not more:
            self._share(run)
        run.diagnose(diagnose)
        return run

    def _share(self, run: Repair) -> None:
        trainer = run.preparation.trainer
        if self.journal is None:
            self.journal = trainer.journal
        trainer.journal = self.journal


@dataclass(kw_only=True)
class Purse:
    """What one method may spend, and the curve of what it would hand over.

    Args:
        lab: the case.
        trainer: trains the plans.
        record: of the faulty run, with the profile of the data.
        limit: trainings of the original.
    """

    lab: Lab
    trainer: Trainer
    record: TrainingRecord
    limit: float
    spent: float = 0.0
    best: float = math.inf
    curve: Curve = field(default_factory=list)

    def __post_init__(self) -> None:
        """The faulty model is what a method without a better idea hands over."""
        self.curve.append((0.0, self.lab.faulty))
        control = self.trainer.train(UNCHANGED, seed=self.lab.seed, watched=False)
        self.best = objective(control.trial)

    @property
    def setup(self) -> TrainingSetup:
        """The program of the user."""
        return self.trainer.setup

    def full(self, plan: Plan) -> int:
        """Epochs of a full training of a plan."""
        return self.trainer.epochs_of(plan)

    def train(self, plan: Plan, *, epochs: int | None = None, paid: float = 0.0) -> float:
        """Train a plan; a full training may become the one that is handed over.

        Args:
            plan: what is changed.
            epochs: epochs, those of the plan if None.
            paid: trainings already paid for, where a shorter run of the same is gone on with.

        Returns:
            The objective on the selection part, lower is better.

        Raises:
            OutOfBudgetError: it does not fit into the limit.
        """
        whole = self.full(plan)
        epochs = whole if epochs is None else min(epochs, whole)
        unit = self.setup.fit.epochs or 1
        if self.spent + epochs / unit - paid > self.limit + 1.0 / unit + 1e-9:
            raise OutOfBudgetError
        trained = self.trainer.train(plan, seed=self.lab.seed, epochs=epochs, watched=False)
        self.spent += max(trained.trial.cost - paid, 0.0)
        value = objective(trained.trial)
        if epochs == whole and value < self.best and trained.model is not None:
            self.best = value
            self.curve.append((self.spent, self.lab.test(trained.model)))
        return value


def objective(trial: Trial) -> float:
    """Error on the selection part over that of a constant guess, and a little of the loss."""
    return WORST if trial.failure else min(float(trial.rank_score), WORST)


def purse_of(lab: Lab, limit: float, **more: Any) -> Purse:
    """A full purse for a case."""
    run = lab.repair(limit, **more)
    return Purse(lab=lab, trainer=run.preparation.trainer, record=run.record, limit=limit)


def curve_of(method: Callable[[Purse], None], lab: Lab, limit: float) -> Curve:
    """Let a method spend its trainings."""
    purse = purse_of(lab, limit)
    with contextlib.suppress(OutOfBudgetError):
        method(purse)
    return purse.curve
