"""One run of autofix: what is known so far, stage by stage, and the result of it at any moment."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from keras_debugger.anytime import (
    affordable_budget,
    no_time,
    proof_so_far,
    seconds_left,
    undecided,
)
from keras_debugger.causes.broken_data import refusal
from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.investigation import investigate
from keras_debugger.causes.ordering import CERTAIN
from keras_debugger.causes.telling import with_mended
from keras_debugger.choosing import choose_in_fold
from keras_debugger.errors import (
    Interrupted,
    InvalidArgumentError,
    InvalidModelError,
    NotApplicableError,
)
from keras_debugger.experimenting import with_experiments
from keras_debugger.fixes.planning import plan_combined, plan_fixes, refusals_of
from keras_debugger.proof.compare import Proof, prove
from keras_debugger.proof.cost import Cost, cost_of_folds, cost_of_run
from keras_debugger.proof.cost import told as cost_in_words
from keras_debugger.proof.cross_validation import prove_by_folds
from keras_debugger.proof.learning_curve import learning_curve
from keras_debugger.proof.search import Shortlist, search
from keras_debugger.recording.storage import read_source
from keras_debugger.report.diagnosis_view import DiagnosisView
from keras_debugger.report.recommendations import recommend
from keras_debugger.report.result import AutofixResult
from keras_debugger.training.budget import Budget
from keras_debugger.training.executor_choice import check_executor, make_executor
from keras_debugger.training.judged_rows import judged_rows
from keras_debugger.training.preparation import (
    Preparation,
    describe_fit,
    prepare,
    prepare_again,
)
from keras_debugger.training.run_folder import KeptRun, RunFolder
from keras_debugger.training.time_limit import TimeIsUp
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.cause import Cause
from keras_debugger.types.learning_curve import LearningCurve
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.progress import Progress
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

if TYPE_CHECKING:
    Judge = Callable[[TrainingRecord], DiagnosisView]

# One fix enters the proof; a second one only if the first fails, with what is left of 5 %.
ALPHAS = (0.04, 0.01)
FIRST_PROOF_SEED = 1000  # far from the seeds that chose
PROVEN = (Decision.VERIFIED, Decision.IMPROVED)


@dataclass(kw_only=True)
class Repair:
    """The state of one run; every stage adds to it and `result` tells what is known.

    As a context manager it closes the progress display, and writes the report of what is known so
    far when the run is interrupted or its time is up.
    """

    min_improvement: float
    budget: float
    seeds: int
    seed: int
    directory: str | Path | None
    progress: Progress
    max_seconds: float | None = None
    executor: str = "auto"
    workers: int | None = None
    resources: Mapping[str, float] | None = None
    folder: RunFolder | None = None
    model: Any = None
    preparation: Preparation | None = None
    record: TrainingRecord | None = None
    original: Trial | None = None
    diagnosis: DiagnosisView | None = None
    diagnosis_after: DiagnosisView | None = None
    plans: tuple[Plan, ...] = ()
    spending: Budget | None = None
    ranking: tuple[Plan, ...] = ()
    tried: tuple[Trial, ...] = ()
    proofs: tuple[Proof, ...] = ()
    decision: Verdict | None = None
    told: Cost | None = None
    learning_curve: LearningCurve | None = None
    subsets: tuple[Trial, ...] = ()
    notes: tuple[str, ...] = field(default=())
    proving: tuple[Plan, float] | None = None  # plan and error rate of the proof under way
    concluded: AutofixResult | None = None
    until: float | None = None  # end of the time, on the clock of time.monotonic

    def __enter__(self) -> Repair:
        _check_numbers(self)
        if self.max_seconds is not None:
            self.until = time.monotonic() + self.max_seconds
        check_executor(self.executor, workers=self.workers, resources=self.resources)
        if self.directory is not None:
            self.folder = RunFolder(Path(self.directory))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        try:
            if isinstance(error, TimeIsUp) and self.diagnosis is not None:
                self._end_early("Time was up")
                return True
            if isinstance(error, KeyboardInterrupt) and self.diagnosis is not None:
                self._end_early("The run was interrupted")
                raise Interrupted(self.concluded) from error
            return False
        finally:
            self.progress.close()
            if self.preparation is not None:
                self.preparation.trainer.close()
            if self.folder is not None:
                self.folder.close()

    def prepare(self, model: Any, data: Any, *, record: Any, **arguments: Any) -> None:
        """Check the arguments, set data apart, read the model; see `autofix` for the arguments."""
        self.model = model
        self.record = None if record is None else read_source(record)
        names = ("epochs", "batch_size", "shuffle", "class_weight")
        fit = describe_fit(
            **{name: arguments.pop(name) for name in names},
            recorded=self.record.fit_description if self.record else None,
        )
        self.preparation = prepare(
            model,
            data,
            fit=fit,
            initial_weights=getattr(record, "initial_weights", None),
            seed=self.seed,
            progress=self.progress,
            **arguments,
        )
        self._equip()

    def continue_from(self, run: KeptRun) -> None:
        """Take up a run that its folder has kept, in place of `prepare`."""
        self.model, self.record = run.program.model, run.record
        self.preparation = prepare_again(run.program, seed=self.seed, progress=self.progress)
        self._equip()

    def _equip(self) -> None:
        """Give the trainer its journal, its executor and the end of its time."""
        assert self.preparation is not None
        trainer = self.preparation.trainer
        trainer.until = self.until
        trainer.executor = make_executor(
            trainer.program, self.executor, workers=self.workers, resources=self.resources
        )
        if self.folder is not None:
            trainer.journal = self.folder.open(
                trainer.program, arguments=self._numbers, record=self.record
            )
        self.notes += self.preparation.parts.notes
        self.notes += self.preparation.blueprint.notes
        if self.preparation.setup.refusal:
            self.notes += (self.preparation.setup.refusal,)

    def diagnose(self, judge: Judge) -> None:
        """Look at the recorded run, or train the original once and look at that."""
        preparation = self._prepared
        if self.record is None:
            self.progress.begin(stage="looking at the original", trainings=1.0)
            try:
                self.original = preparation.trainer.train(UNCHANGED, seed=self.seed).trial
            except TimeIsUp as cut:
                if cut.trial is None or not cut.trial.epochs:
                    raise no_time(self.max_seconds) from cut
                self.original = cut.trial
            if self.original.failure:
                raise InvalidModelError(
                    given=f"a model that cannot be trained: {self.original.failure}",
                    expected="a model and data that model.fit accepts",
                    do="make model.fit run for one epoch first",
                )
            self.record = self.original.record
        self.record = preparation.complete(self.record)
        self.diagnosis = judge(self.record)
        if seconds_left(preparation.trainer) < 0.0:
            raise TimeIsUp
        epochs = self.original.epochs if self.original is not None else self.record.epochs.count
        preparation.trainer.executor.first_took(
            seconds=self._seconds_of_one,
            epochs=epochs,
            trainings=self.budget + 2.0 * min(self.seeds, 3),
        )

    def plan(self) -> None:
        """Choose what to try, or end here: a healthy run is left alone, broken data are refused."""
        diagnosis = self._diagnosed
        if not diagnosis.problems:
            self.decision = _verdict(Decision.HEALTHY, _healthy(diagnosis), self.min_improvement)
            return
        causes = diagnosis.causes
        if causes and not causes[0].repairable and causes[0].confidence > CERTAIN:
            self._refuse(causes[0])
            return
        setup = self._prepared.setup
        self.plans = plan_fixes(causes, setup)
        if not self.plans:
            self.notes += refusals_of(causes, setup)
            self.decision = _verdict(
                Decision.NO_BETTER,
                "Something is wrong, but none of the fixes can be applied to this model.",
                self.min_improvement,
            )

    def search(self) -> None:
        """Train the candidates, short first, and rank those that beat the original."""
        if self.decision is not None:
            return
        self.told = self._cost_ahead()
        self.progress.say(cost_in_words(self.told, self._seconds_of_one))
        self.progress.begin(stage="searching for a fix", trainings=self.budget)
        self.spending = Budget(
            trainer=self._prepared.trainer, limit=self._limit_of_search(), seed=self.seed
        )
        found = search(
            self.spending,
            self.plans,
            original=self.original,
            look=self._look,
            combine=self._combine,
            progress=self.progress,
        )
        self.ranking = found.ranking
        self.tried = found.trials
        causes = with_mended(self._diagnosed.causes, found.causes)
        self.diagnosis = replace(self._diagnosed, causes=causes)
        if not self.ranking and causes and not causes[0].repairable:
            self._refuse(causes[0])

    def prove(self) -> None:
        """Meet the held-out data: the best candidate, and the next one only if that fails."""
        if self.decision is not None:
            return
        if self._prepared.parts.folds and self.ranking:
            self.proofs = (self._prove_by_folds(self.ranking[0]),)
        for plan, alpha in zip(() if self.proofs else self.ranking, ALPHAS, strict=False):
            self.proving = (plan, alpha)
            self.progress.begin(stage=f"proving {plan.name}", trainings=2.0 * min(self.seeds, 3))
            proof = prove(
                self._prepared.trainer,
                plan,
                seeds=self.seeds,
                min_improvement=self.min_improvement,
                alpha=alpha,
                progress=self.progress,
                first_seed=self.seed + FIRST_PROOF_SEED,
                before=self.proofs[-1].before if self.proofs else (),
            )
            self.proofs += (proof,)
            if proof.verdict.decision in PROVEN:
                break
        if self.proofs:
            self.decision = self._best_proof.verdict
        else:
            self.decision = _verdict(
                Decision.NO_BETTER,
                f"None of {len(self.plans)} candidate fixes was better than the original.",
                self.min_improvement,
            )

    def diagnose_again(self, judge: Judge) -> None:
        """Look at the fixed run for what is still wrong."""
        if self.proofs and self._best_proof.verdict.decision in PROVEN:
            after = self._best_proof.delivered
            self.diagnosis_after = judge(self._prepared.complete(after.record))

    def draw_learning_curve(self) -> None:
        """Train the fixed program on fewer rows with what the search has left of its budget."""
        if self.spending is None or not self.proofs:
            return
        proof = self._best_proof
        if proof.verdict.decision in PROVEN:
            left = self.spending.limit - self.spending.cost
            self.progress.begin(stage="learning curve", trainings=max(left, 0.0))
            self.learning_curve, self.subsets = learning_curve(
                self._prepared.trainer, proof.delivered, proof.after, left=left
            )

    def _prove_by_folds(self, plan: Plan) -> Proof:
        """Few rows: all of them judge in turn, and every fold chooses anew."""

        def choose(trainer: Trainer, seed: int) -> tuple[Plan, tuple[Trial, ...]]:
            return choose_in_fold(
                trainer,
                seed,
                plan=plan,
                plans=self.plans,
                causes=self._diagnosed.causes,
                combine=self._combine,
            )

        assert self.told is not None
        self.progress.begin(stage=f"proving {plan.name}", trainings=self.told.proof_high)
        return prove_by_folds(
            self._prepared.trainer,
            plan,
            choose,
            min_improvement=self.min_improvement,
            first_seed=self.seed + FIRST_PROOF_SEED,
            progress=self.progress,
        )

    @property
    def finished(self) -> AutofixResult:
        """The result, once the run has ended."""
        assert self.concluded is not None
        return self.concluded

    def conclude(self) -> None:
        """Make the result and write the files."""
        self.concluded = self.result()

    def _end_early(self, why: str) -> None:
        """Conclude with what is known: a proof that was cut counts if its first look was whole."""
        if self.spending is not None and not self.tried:
            self.tried = tuple(self.spending.trials)
        if self.decision is None and self.proving is not None:
            plan, alpha = self.proving
            proof = proof_so_far(
                self._prepared.trainer,
                plan,
                seeds=self.seeds,
                min_improvement=self.min_improvement,
                alpha=alpha,
                first_seed=self.seed + FIRST_PROOF_SEED,
            )
            self.proofs += (proof,) if proof is not None else ()
        if self.decision is None and self.proofs:
            self.decision = self._best_proof.verdict
            self.notes += (f"{why} before the proof had seen all {self.seeds} seeds.",)
        elif self.decision is None:
            self.decision = undecided(why, self.ranking, self.min_improvement)
        self.conclude()

    def _limit_of_search(self) -> float:
        """The budget, or what of it leaves the time to prove what is found."""
        limit = affordable_budget(
            self.budget,
            seconds_of_one=self._seconds_of_one,
            seconds=seconds_left(self._prepared.trainer),
            proof=2.0 * min(self.seeds, 3),
        )
        if limit < self.budget:
            self.progress.say(
                f"The search takes at most {limit:.1f} trainings: a proof needs the rest of the time."
            )
        return limit

    def _cost_ahead(self) -> Cost:
        trainer = self._prepared.trainer
        full = trainer.setup.fit.epochs or 1
        longest = max(full, *(trainer.epochs_of(plan) for plan in self.plans)) / full
        spent = self.original.cost if self.original is not None else 0.0
        if folds := len(self._prepared.parts.folds):
            return cost_of_folds(
                budget=self.budget, epoch=1.0 / full, longest=longest, folds=folds, spent=spent
            )
        return cost_of_run(
            budget=self.budget, epoch=1.0 / full, longest=longest, seeds=self.seeds, spent=spent
        )

    @property
    def _numbers(self) -> dict[str, float]:
        """What else it takes to continue this run."""
        names = ("min_improvement", "budget", "seeds", "seed")
        return {name: getattr(self, name) for name in names}

    @property
    def _seconds_of_one(self) -> float:
        if self.original is not None:
            return self.original.seconds
        return self.record.seconds if self.record is not None else float("nan")

    def result(self) -> AutofixResult:
        """What is known at this moment; files are written if there is a directory."""
        preparation, diagnosis = self._prepared, self._diagnosed
        proof = self._best_proof if self.proofs else None
        assert self.decision is not None
        proven = self.decision.decision in PROVEN and proof is not None
        delivered = proof.delivered if proof is not None and proven else self.original
        result = AutofixResult(
            verdict=self.decision.decision,
            proof=self.decision,
            diagnosis=diagnosis,
            diagnosis_after=self.diagnosis_after,
            before=proof.before if proof else tuple(filter(None, (self.original,))),
            after=proof.after if proof else (),
            tried=self.tried,
            plan=proof.after[0].plan if proof else None,
            model=proof.model if proof is not None and proven else self.model,
            history=_history(delivered.record if delivered else self.record),
            recommendations=recommend(
                diagnosis,
                self.diagnosis_after,
                preparation.setup,
                self.tried,
                self.decision,
                curve=self.learning_curve,
                proved=proof.after if proof is not None and proven else (),
                held_out_rows=judged_rows(preparation.parts),
            ),
            split=preparation.parts.describe(),
            cost=_cost(self),
            told=self.told.most if self.told is not None else float("nan"),
            seconds=_seconds(self),
            notes=(*self.notes, *preparation.trainer.notes),
        )
        if self.directory is not None:
            _save(result, self.directory)
        return result

    def _look(
        self, plans: Sequence[Plan], *, base: Plan, known: Mapping[Plan, Trial], keep: float
    ) -> Shortlist:
        """Short trials of plans; those beside the unchanged program also judge the causes."""
        assert self.spending is not None
        found = investigate(
            Laboratory(budget=self.spending),
            self._diagnosed.causes,
            plans,
            base=base,
            known=known,
            original=self.original,
            keep=keep,
        )
        if base is UNCHANGED:
            self.diagnosis = with_experiments(self._diagnosed, found)
        return Shortlist(queue=found.queue, trials=found.trials, control=found.control)

    def _refuse(self, cause: Cause) -> None:
        """No change of the model can mend it: say what to look at."""
        assert self.record is not None
        sentence = refusal(cause, self.record)
        self.decision = _verdict(Decision.REFUSED, sentence, self.min_improvement)

    def _combine(self, first: Plan, second: Plan) -> Plan | None:
        try:
            return plan_combined(first, second, self._prepared.setup)
        except NotApplicableError:
            return None

    @property
    def _prepared(self) -> Preparation:
        assert self.preparation is not None
        return self.preparation

    @property
    def _diagnosed(self) -> DiagnosisView:
        assert self.diagnosis is not None
        return self.diagnosis

    @property
    def _best_proof(self) -> Proof:
        order = list(Decision)
        return min(self.proofs, key=lambda proof: order.index(proof.verdict.decision))


def _check_numbers(run: Repair) -> None:
    if not 0.0 <= run.min_improvement < 1.0:
        raise InvalidArgumentError(
            given=f"min_improvement={run.min_improvement!r}",
            expected="a share of the error from 0 to below 1",
            do="use 0.10 for a tenth less error",
        )
    if not run.budget > 0:
        raise InvalidArgumentError(
            given=f"budget={run.budget!r}",
            expected="a positive number of trainings",
            do="use budget=3, or call diagnose if nothing should be trained",
        )
    if run.seeds < 2:
        raise InvalidArgumentError(
            given=f"seeds={run.seeds!r}",
            expected="at least 2 seeds, since one training proves nothing",
            do="use seeds=5",
        )
    if run.max_seconds is not None and not run.max_seconds > 0:
        raise InvalidArgumentError(
            given=f"max_seconds={run.max_seconds!r}",
            expected="a positive number of seconds",
            do="leave max_seconds out if the run may take as long as its budget takes",
        )
    if run.directory is not None:
        _check_folder(Path(run.directory))


def _check_folder(folder: Path) -> None:
    """Make the folder, so that hours of work do not end in a path that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".keras_debugger_probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise InvalidArgumentError(
            given=f"directory={str(folder)!r} ({error.strerror})",
            expected="a folder that can be made and written to",
            do="choose another folder, or leave directory out",
        ) from error


def _save(result: AutofixResult, directory: str | Path) -> None:
    """Write the files; a full disk does not take the result away from its owner."""
    try:
        result.save(directory)
    except OSError as error:
        warnings.warn(
            f"keras_debugger could not write all files to {directory}: {error}. The result is "
            "returned; call result.save with another folder.",
            stacklevel=4,
        )


def _verdict(decision: Decision, sentence: str, min_improvement: float) -> Verdict:
    return Verdict(decision=decision, sentence=sentence, min_improvement=min_improvement)


def _healthy(diagnosis: DiagnosisView) -> str:
    checks = len(diagnosis.checked)
    return f"This run is healthy: {checks} checks found nothing wrong. Your model is left alone."


def _history(record: TrainingRecord | None) -> dict[str, tuple[float, ...]]:
    if record is None or record.epoch_logs is None:
        return {}
    return {name: tuple(values.tolist()) for name, values in record.epoch_logs.values.items()}


def _trials(run: Repair) -> tuple[Trial, ...]:
    """Every training once; a second proof holds the original's trials of the first."""
    proofs = [
        trial
        for proof in run.proofs
        for trial in (*proof.searched, *proof.before, *proof.after, proof.delivered)
    ]
    trials = [*filter(None, (run.original,)), *run.tried, *proofs, *run.subsets]
    return tuple({id(trial): trial for trial in trials}.values())


def _cost(run: Repair) -> float:
    return sum(trial.cost for trial in _trials(run))


def _seconds(run: Repair) -> float:
    return sum(trial.seconds for trial in _trials(run))
