"""One run of autofix: what is known so far, stage by stage, and the result of it at any moment."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from keras_debugger.causes.broken_data import refusal
from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.investigation import investigate
from keras_debugger.causes.ordering import CERTAIN
from keras_debugger.causes.telling import with_mended
from keras_debugger.errors import InvalidArgumentError, InvalidModelError, NotApplicableError
from keras_debugger.fixes.planning import plan_combined, plan_fixes, refusals_of
from keras_debugger.proof.compare import Proof, prove
from keras_debugger.proof.search import Shortlist, search
from keras_debugger.recording.storage import read_source
from keras_debugger.report.diagnosis_view import DiagnosisView
from keras_debugger.report.recommendations import recommend
from keras_debugger.report.result import AutofixResult
from keras_debugger.training.budget import Budget
from keras_debugger.training.preparation import Preparation, describe_fit, prepare
from keras_debugger.types.cause import Cause
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
    far when the run is interrupted.
    """

    min_improvement: float
    budget: float
    seeds: int
    seed: int
    directory: str | Path | None
    progress: Progress
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
    notes: tuple[str, ...] = field(default=())

    def __enter__(self) -> Repair:
        _check_numbers(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.progress.close()
        if isinstance(error, KeyboardInterrupt) and self.diagnosis is not None:
            self.decision = _verdict(
                Decision.NOT_PROVEN,
                "The run was interrupted before anything was proved; your model is unchanged.",
                self.min_improvement,
            )
            self.result()

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
        self.notes += self.preparation.parts.notes
        self.notes += self.preparation.blueprint.notes
        if self.preparation.setup.refusal:
            self.notes += (self.preparation.setup.refusal,)

    def diagnose(self, judge: Judge) -> None:
        """Look at the recorded run, or train the original once and look at that."""
        preparation = self._prepared
        if self.record is None:
            self.progress.begin(stage="looking at the original", trainings=1.0)
            self.original = preparation.trainer.train(UNCHANGED, seed=self.seed).trial
            if self.original.failure:
                raise InvalidModelError(
                    given=f"a model that cannot be trained: {self.original.failure}",
                    expected="a model and data that model.fit accepts",
                    do="make model.fit run for one epoch first",
                )
            self.record = self.original.record
        self.record = preparation.complete(self.record)
        self.diagnosis = judge(self.record)

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
        self.progress.say(
            f"The search takes at most {self.budget:g} trainings, the proof of its winner "
            f"{2 * min(self.seeds, 3)} to {2 * self.seeds} more."
        )
        self.progress.begin(stage="searching for a fix", trainings=self.budget)
        self.spending = Budget(trainer=self._prepared.trainer, limit=self.budget, seed=self.seed)
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
        for plan, alpha in zip(self.ranking, ALPHAS, strict=False):
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
                diagnosis, self.diagnosis_after, preparation.setup, self.tried, self.decision
            ),
            split=preparation.parts.describe(),
            cost=_cost(self),
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
            self.diagnosis = replace(
                self._diagnosed,
                causes=found.causes,
                experiments=self._diagnosed.experiments + found.experiments,
                next_experiments=(),
                unknown=found.unknown,
            )
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
    proofs = [trial for proof in run.proofs for trial in (*proof.before, *proof.after)]
    trials = [*filter(None, (run.original,)), *run.tried, *proofs]
    return tuple({id(trial): trial for trial in trials}.values())


def _cost(run: Repair) -> float:
    return sum(trial.cost for trial in _trials(run))


def _seconds(run: Repair) -> float:
    return sum(trial.seconds for trial in _trials(run))
