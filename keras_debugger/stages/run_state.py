"""RunState: what is known of one run of autofix, from its begin to its result at any moment."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from keras_debugger.errors import Interrupted
from keras_debugger.proof.compare import FIRST_LOOK, Proof
from keras_debugger.proof.cost import Cost
from keras_debugger.recording.storage import read_source
from keras_debugger.report.diagnosis_view import DiagnosisView
from keras_debugger.report.result import AutofixResult
from keras_debugger.stages.anytime import end_early
from keras_debugger.stages.concluding import result_of
from keras_debugger.stages.recorded import recorded_trial
from keras_debugger.stages.run_arguments import check_numbers
from keras_debugger.training.budget import Budget
from keras_debugger.training.executor_choice import check_executor, make_executor
from keras_debugger.training.fit_arguments import describe_fit
from keras_debugger.training.preparation import Preparation, prepare, prepare_again
from keras_debugger.training.run_folder import KeptRun, RunFolder
from keras_debugger.training.time_limit import TimeIsUp
from keras_debugger.training.wild_targets import note_on_wild_targets
from keras_debugger.types.learning_curve import LearningCurve
from keras_debugger.types.plan import Plan
from keras_debugger.types.progress import Progress
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

FIRST_PROOF_SEED = 1000  # more than the seed of the run: far from the seeds that chose


@dataclass(kw_only=True)
class RunState:
    """What is known of one run; the arguments are those of `autofix`.

    As a context manager it holds the directory, and concludes with what is known when the run is
    interrupted or its time is up.

    Args:
        record: what is judged: of the user's run, or of the original that was trained.
        original: the training of the original, or the user's recorded run in its place; None if
            that cannot stand for it.
        told: what was said that the run will cost.
        spending: the budget of the search.
        subsets: trainings on fewer rows.
        proving: plan and error rate of the proof under way.
        concluded: the result, once there is one.
        until: end of the time, on the clock of time.monotonic.
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
    notes: tuple[str, ...] = ()
    proving: tuple[Plan, float] | None = None
    concluded: AutofixResult | None = None
    until: float | None = None

    def __enter__(self) -> Self:
        check_numbers(self)
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
                end_early(self, "Time was up")
                self.conclude()
                return True
            if isinstance(error, KeyboardInterrupt) and self.diagnosis is not None:
                end_early(self, "The run was interrupted")
                self.conclude()
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
        if self.folder is not None:
            numbers = ("min_improvement", "budget", "seeds", "seed")  # to continue this run with
            self.prepared.trainer.journal = self.folder.open(
                self.prepared.trainer.program,
                arguments={name: getattr(self, name) for name in numbers},
                record=self.record,
            )
        self._equip()
        self._take_recorded(record)

    def continue_from(self, run: KeptRun) -> None:
        """Take up a run that its folder has kept, in place of `prepare`."""
        self.model, self.record = run.program.model, run.record
        self.preparation = prepare_again(run.program, seed=self.seed, progress=self.progress)
        if self.folder is not None:
            self.prepared.trainer.journal = self.folder.open_again(run)
        self._equip()
        self._take_recorded(None)

    def _take_recorded(self, recorder: Any) -> None:
        """Let the recorded run stand for the original in the search, where it can."""
        if self.record is not None:
            trainer = self.prepared.trainer
            self.original = recorded_trial(
                trainer, recorder, self.model, self.record, seed=self.seed
            )

    def _equip(self) -> None:
        """Give the trainer its executor and the end of its time."""
        trainer = self.prepared.trainer
        trainer.until = self.until
        trainer.executor = make_executor(
            trainer.program, self.executor, workers=self.workers, resources=self.resources
        )
        self.notes += self.prepared.parts.notes
        self.notes += note_on_wild_targets(self.prepared.parts.held_out, self.prepared.metric)
        self.notes += self.prepared.blueprint.notes
        self.notes += self.prepared.blueprint.start_notes(trainer.program.initial_weights)
        if self.prepared.setup.refusal:
            self.notes += (self.prepared.setup.refusal,)

    @property
    def finished(self) -> AutofixResult:
        """The result, once the run has ended."""
        assert self.concluded is not None
        return self.concluded

    def conclude(self) -> None:
        """Make the result and write the files."""
        self.concluded = result_of(self)

    @property
    def first_proof_seed(self) -> int:
        """The first of the seeds that prove."""
        return self.seed + FIRST_PROOF_SEED

    @property
    def least_proof(self) -> float:
        """What a proof takes at least, in trainings of the original."""
        return 2.0 * min(self.seeds, FIRST_LOOK)

    @property
    def seconds_of_one(self) -> float:
        """Seconds of a training of the original, NaN if that is not known."""
        if self.original is not None and self.original.cost > 0.0:
            return self.original.seconds
        return self.record.seconds if self.record is not None else float("nan")

    @property
    def prepared(self) -> Preparation:
        """What the run starts from."""
        assert self.preparation is not None
        return self.preparation

    @property
    def diagnosed(self) -> DiagnosisView:
        """The diagnosis of the original."""
        assert self.diagnosis is not None
        return self.diagnosis

    @property
    def best_proof(self) -> Proof:
        """The proof with the best decision."""
        order = list(Decision)
        return min(self.proofs, key=lambda proof: order.index(proof.verdict.decision))
