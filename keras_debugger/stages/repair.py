"""Repair: the stages of one run of autofix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from keras_debugger.causes.broken_data import OF_DATA, refusal
from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.investigation import investigate
from keras_debugger.causes.telling import with_mended
from keras_debugger.errors import InvalidModelError, NotApplicableError
from keras_debugger.fixes.planning import plan_combined, plan_fixes, refusals_of
from keras_debugger.proof.compare import Proof, prove
from keras_debugger.proof.cost import told as cost_in_words
from keras_debugger.proof.cross_validation import prove_by_folds
from keras_debugger.proof.learning_curve import learning_curve
from keras_debugger.proof.search import Shortlist, search
from keras_debugger.report.diagnosis_view import DiagnosisView
from keras_debugger.stages.anytime import no_time, seconds_left
from keras_debugger.stages.cost_ahead import cost_ahead, limit_of_search
from keras_debugger.stages.experimenting import with_experiments
from keras_debugger.stages.run_state import RunState
from keras_debugger.training.budget import Budget
from keras_debugger.training.time_limit import TimeIsUp
from keras_debugger.types.cause import Cause
from keras_debugger.types.plan import CERTAIN, UNCHANGED, Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

if TYPE_CHECKING:
    Judge = Callable[[TrainingRecord], DiagnosisView]

# One fix enters the proof; a second one only if the first fails, with what is left of 5 %.
ALPHAS = (0.04, 0.01)
LEAST_LEFT = 0.9  # of a training, from which a learning curve is tried


@dataclass(kw_only=True)
class Repair(RunState):
    """The stages of a run, in order; each adds to what is known."""

    def diagnose(self, judge: Judge) -> None:
        """Look at the recorded run, or train the original once and look at that."""
        if self.record is None:
            self.original = self._train_original()
            self.record = self.original.record
        self.record = self.prepared.complete(self.record)
        self.diagnosis = judge(self.record)
        trainer = self.prepared.trainer
        if seconds_left(trainer) < 0.0:
            raise TimeIsUp
        epochs = self.original.epochs if self.original is not None else self.record.epochs.count
        trainer.executor.first_took(
            seconds=self.seconds_of_one,
            epochs=epochs,
            trainings=self.budget + self.least_proof,
        )

    def plan(self) -> None:
        """Choose what to try, or end here: a healthy run is left alone, broken data are refused."""
        diagnosis = self.diagnosed
        if not diagnosis.problems:
            self._decide(Decision.HEALTHY, _healthy(diagnosis))
            return
        causes, setup = diagnosis.causes, self.prepared.setup
        self.plans = plan_fixes(causes, setup)
        if causes and causes[0].confidence > CERTAIN and self._is_beyond_us(causes[0]):
            self._refuse(causes[0])
            return
        if not self.plans:
            self.notes += refusals_of(causes, setup)
            self._decide(
                Decision.NO_BETTER,
                "Something is wrong, but none of the fixes can be applied to this model.",
            )

    def search(self) -> None:
        """Train the candidates, short first, and rank those that beat the original."""
        if self.decision is not None:
            return
        self.told = cost_ahead(self)
        self.progress.say(cost_in_words(self.told, self.seconds_of_one))
        self.progress.begin(stage="searching for a fix", trainings=self.budget)
        self.spending = Budget(
            trainer=self.prepared.trainer, limit=limit_of_search(self), seed=self.seed
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
        causes = with_mended(self.diagnosed.causes, found.causes)
        self.diagnosis = replace(self.diagnosed, causes=causes)
        if causes and self._is_beyond_us(causes[0]):
            self._refuse(causes[0])

    def prove(self) -> None:
        """Meet the held-out data: the best candidate, and the next one only if that fails."""
        if self.decision is not None:
            return
        if self.prepared.parts.folds and self.ranking:
            self.proofs = (self._prove_by_folds(self.ranking[0]),)
        for plan, alpha in zip(() if self.proofs else self.ranking, ALPHAS, strict=False):
            self.proving = (plan, alpha)
            self.progress.begin(stage=f"proving {plan.name}", trainings=self.least_proof)
            proof = prove(
                self.prepared.trainer,
                plan,
                seeds=self.seeds,
                min_improvement=self.min_improvement,
                alpha=alpha,
                progress=self.progress,
                first_seed=self.first_proof_seed,
                before=self.proofs[-1].before if self.proofs else (),
            )
            self.proofs += (proof,)
            if proof.verdict.decision.is_proven:
                break
        if self.proofs:
            self.decision = self.best_proof.verdict
        else:
            self._decide(
                Decision.NO_BETTER,
                f"None of {len(self.plans)} candidate fixes was better than the original.",
            )

    def diagnose_again(self, judge: Judge) -> None:
        """Look at the fixed run for what is still wrong."""
        if self.proofs and self.best_proof.verdict.decision.is_proven:
            after = self.best_proof.delivered
            prepared = self.prepared.with_rows_of(after.plan)
            self.diagnosis_after = judge(prepared.complete(after.record))

    def draw_learning_curve(self) -> None:
        """Train the fixed program on fewer rows with what the search has left of its budget."""
        if self.spending is None or not self.proofs:
            return
        proof = self.best_proof
        if proof.verdict.decision.is_proven:
            left = self.spending.limit - self.spending.cost
            if left < LEAST_LEFT:
                return
            self.progress.begin(stage="learning curve", trainings=max(left, 0.0))
            self.learning_curve, self.subsets = learning_curve(
                self.prepared.trainer, proof.delivered, proof.after, left=left
            )

    def _train_original(self) -> Trial:
        self.progress.begin(stage="looking at the original", trainings=1.0)
        try:
            original = self.prepared.trainer.train(UNCHANGED, seed=self.seed).trial
        except TimeIsUp as cut:
            if cut.trial is None or not cut.trial.epochs:
                raise no_time(self.max_seconds) from cut
            original = cut.trial
        if original.failure:
            raise InvalidModelError(
                given=f"a model that cannot be trained: {original.failure}",
                expected="a model and data that model.fit accepts",
                do="make model.fit run for one epoch first",
            )
        return original

    def _prove_by_folds(self, plan: Plan) -> Proof:
        """Few rows: all of them that did not choose judge in turn."""
        assert self.told is not None
        self.progress.begin(stage=f"proving {plan.name}", trainings=self.told.proof_high)
        return prove_by_folds(
            self.prepared.trainer,
            plan,
            min_improvement=self.min_improvement,
            first_seed=self.first_proof_seed,
            progress=self.progress,
        )

    def _look(
        self, plans: Sequence[Plan], *, base: Plan, known: Mapping[Plan, Trial], keep: float
    ) -> Shortlist:
        """Short trials of plans; those beside the unchanged program also judge the causes."""
        assert self.spending is not None
        found = investigate(
            Laboratory(budget=self.spending),
            self.diagnosed.causes,
            plans,
            base=base,
            known=known,
            original=self.original,
            keep=keep,
        )
        if base is UNCHANGED:
            self.diagnosis = with_experiments(self.diagnosed, found)
        return Shortlist(queue=found.queue, trials=found.trials, control=found.control)

    def _is_beyond_us(self, cause: Cause) -> bool:
        """Whether the data are broken in a way that none of the plans mends."""
        return cause.kind in OF_DATA and not any(plan.cause is cause.kind for plan in self.plans)

    def _refuse(self, cause: Cause) -> None:
        """No change of the model can mend it: say what to look at."""
        assert self.record is not None
        self._decide(Decision.REFUSED, refusal(cause, self.record))

    def _decide(self, decision: Decision, sentence: str) -> None:
        """Decide without a proof."""
        self.decision = Verdict(
            decision=decision, sentence=sentence, min_improvement=self.min_improvement
        )

    def _combine(self, first: Plan, second: Plan) -> Plan | None:
        try:
            return plan_combined(first, second, self.prepared.setup)
        except NotApplicableError:
            return None


def _healthy(diagnosis: DiagnosisView) -> str:
    checks = len(diagnosis.checked)
    return f"This run is healthy: {checks} checks found nothing wrong. Your model is left alone."
