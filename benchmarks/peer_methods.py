"""The methods: what each one trains next, on the same space of fixes."""

import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
from peer_lab import Curve, Lab, OutOfBudgetError, Purse, curve_of, purse_of
from peer_scores import BUDGETS
from static_rules import combine, issues_of, plan_against

from keras_debugger import autofix
from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes import ALL_FIXES
from keras_debugger.types.plan import UNCHANGED, Plan

MOST_FIXES = 3  # in one candidate
SHARES = (0.25, 0.5)  # of the epochs, at which pruning may end a training
LARGE = 10_000  # trials: the budget ends the search, not their number

Space = tuple[str, ...]


def space_of(purse: Purse) -> Space:
    """Names of the fixes that this program allows."""
    names = []
    for fix in ALL_FIXES:
        try:
            fix.apply(purse.setup)
        except NotApplicableError:
            continue
        names.append(fix.name)
    return tuple(names)


def plan_of(names: list[str], purse: Purse) -> Plan:
    """Up to three fixes one after the other; one that does not go with the first is left out."""
    return combine((), names, purse.setup) or UNCHANGED


def random_search(purse: Purse) -> None:
    """One to three fixes at random, trained in full."""
    space = space_of(purse)
    random = np.random.default_rng(purse.lab.seed)
    for _ in range(LARGE):
        count = int(random.integers(1, MOST_FIXES + 1))
        names = [space[int(i)] for i in random.integers(0, len(space), size=count)]
        purse.train(plan_of(names, purse))


def static_rules(purse: Purse) -> None:
    """The fix of each issue in turn, on top of those that improved by a tenth."""
    setup = purse.setup
    for issue in issues_of(purse.record):
        plan = plan_against(issue, setup)
        if plan is None:
            continue
        before = purse.best
        value = purse.train(plan)
        if value < 0.9 * before:
            return


def optuna_tpe(purse: Purse) -> None:
    """Optuna's TPE sampler with its median pruner."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = space_of(purse)
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=purse.lab.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
    )

    def train(trial: Any) -> float:
        count = trial.suggest_int("fixes", 1, MOST_FIXES)
        names = [trial.suggest_categorical(f"fix {i}", space) for i in range(count)]
        plan, paid = plan_of(names, purse), 0.0
        whole, unit = purse.full(plan), purse.setup.fit.epochs or 1
        for epochs in sorted({max(1, int(share * whole)) for share in SHARES} - {whole}):
            trial.report(purse.train(plan, epochs=epochs, paid=paid), epochs)
            paid = epochs / unit
            if trial.should_prune():
                raise optuna.TrialPruned
        return purse.train(plan, paid=paid)

    study.optimize(train, n_trials=LARGE)


def keras_tuner(kind: str) -> Callable[[Purse], None]:
    """A tuner of KerasTuner; Hyperband goes on with a short training where it left off."""

    def method(purse: Purse) -> None:
        import keras_tuner

        space, unit = space_of(purse), purse.setup.fit.epochs or 1
        values = keras_tuner.HyperParameters()
        values.Int("fixes", 1, MOST_FIXES)
        for i in range(MOST_FIXES):
            values.Choice(f"fix {i}", list(space))

        class Tuner(getattr(keras_tuner, kind)):
            def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> float:
                chosen = trial.hyperparameters.values
                names = [chosen[f"fix {i}"] for i in range(chosen["fixes"])]
                plan = plan_of(names, purse)
                share = chosen.get("tuner/epochs", unit) / unit
                done = chosen.get("tuner/initial_epoch", 0) / unit
                whole = purse.full(plan)
                epochs = max(1, round(share * whole))
                try:
                    return purse.train(plan, epochs=epochs, paid=done * whole / unit)
                except OutOfBudgetError as error:
                    raise keras_tuner.errors.FatalError from error

        with tempfile.TemporaryDirectory() as folder:
            limits = {"max_epochs": unit, "hyperband_iterations": LARGE}
            tuner = Tuner(
                objective=keras_tuner.Objective("score", "min"),
                hyperparameters=values,
                tune_new_entries=False,
                seed=purse.lab.seed,
                directory=folder,
                **(limits if kind == "Hyperband" else {"max_trials": LARGE}),
            )
            try:
                tuner.search(verbose=0)
            except keras_tuner.errors.FatalError:
                return

    return method


def shipped_callbacks(lab: Lab, limit: float) -> Curve:
    """One training with early stopping, a lower rate on plateaus, and an end at NaN."""
    import keras

    purse = purse_of(
        lab,
        limit,
        callbacks=[
            keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True),
            keras.callbacks.ReduceLROnPlateau(patience=3),
            keras.callbacks.TerminateOnNaN(),
        ],
    )
    trained = purse.trainer.train(UNCHANGED, seed=lab.seed, watched=False)
    if trained.model is None:
        return [(0.0, lab.faulty)]
    return [(0.0, lab.faulty), (trained.trial.cost, lab.test(trained.model))]


def our_search(lab: Lab, limit: float) -> Curve:
    """The search of autofix with each budget, before any proof."""
    curve: Curve = [(0.0, lab.faulty)]
    for budget in BUDGETS:
        if budget > limit:
            break
        run = lab.repair(budget)
        run.plan()
        run.search()
        score = lab.faulty
        if run.ranking:
            trained = run.preparation.trainer.train(run.ranking[0], seed=lab.seed, watched=False)
            score = lab.faulty if trained.model is None else lab.test(trained.model)
        curve.append((budget, score))
    return curve


def ours_proved(lab: Lab, limit: float) -> Curve:
    """The whole of autofix with the budget that it has by default: nothing before the proof."""
    fit = dict(lab.case.fit)
    if lab.data["validation_data"] is not None:
        fit["validation_data"] = lab.data["validation_data"]
    pair = (lab.data["x"], lab.data["y"])
    done = autofix(
        lab.model, pair, record=lab.recorder, seed=lab.seed, executor="local", verbose=0, **fit
    )
    return [(0.0, lab.faulty), (done.cost, lab.test(done.model))]


def of_purse(method: Callable[[Purse], None]) -> Callable[[Lab, float], Curve]:
    return lambda lab, limit: curve_of(method, lab, limit)


METHODS: dict[str, Callable[[Lab, float], Curve]] = {
    "keras_debugger search": our_search,
    "keras_debugger proved": ours_proved,
    "static rules": of_purse(static_rules),
    "random search": of_purse(random_search),
    "Optuna TPE pruned": of_purse(optuna_tpe),
    "KerasTuner Hyperband": of_purse(keras_tuner("Hyperband")),
    "KerasTuner Bayesian": of_purse(keras_tuner("BayesianOptimization")),
    "Keras callbacks": shipped_callbacks,
}
