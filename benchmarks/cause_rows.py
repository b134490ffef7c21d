"""One program with known faults: what each way of diagnosing names, and whether it is repaired."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from programs.counting import causes_without
from programs.data import Data, load
from programs.faults import FAULTS
from programs.healthy import programs
from programs.models import build
from programs.program import Program
from programs.scores import score
from programs.training import Run, class_weights, one_hot, train
from static_rules import issues_of

from keras_debugger.causes.counts import Counts
from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.investigation import investigate
from keras_debugger.causes.ranking import rank_causes
from keras_debugger.checks import ALL_CHECKS
from keras_debugger.checks.runner import run_checks
from keras_debugger.fixes.planning import plan_fixes
from keras_debugger.report.diagnosis_view import DiagnosisView
from keras_debugger.report.terminal import make_progress
from keras_debugger.stages.repair import Repair
from keras_debugger.training.budget import Budget
from keras_debugger.types.cause import Cause
from keras_debugger.types.experiment import Experiment
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind
from keras_debugger.workflow import judge

C = CauseKind
RANDOM_CAUSES = 1.0 / len(CauseKind)

# What a plain workflow says is the cause of each of its issues.
CAUSE_OF_ISSUE = {
    "nan loss": C.LEARNING_RATE_TOO_HIGH,
    "loss divergence": C.LEARNING_RATE_TOO_HIGH,
    "exploding gradients": C.UNCLIPPED_GRADIENTS,
    "vanishing gradients": C.SATURATING_ACTIVATION,
    "not normalised": C.INPUTS_NOT_NORMALIZED,
    "class imbalance": C.CLASS_IMBALANCE,
    "overfitting": C.OVERCAPACITY,
    "too many parameters": C.OVERCAPACITY,
    "deep without batch norm": C.SATURATING_ACTIVATION,
    "slow convergence": C.LEARNING_RATE_TOO_LOW,
}
HOSTS = {program.name: program for program in programs()}
NAMES = {fault.name: fault for fault in FAULTS}


@dataclass(frozen=True, kw_only=True)
class Task:
    """A healthy program, the faults to put into it with their strengths, and a seed."""

    host: str
    faults: tuple[tuple[str, float], ...]
    seed: int

    @property
    def key(self) -> str:
        """A name of its own."""
        faults = "+".join(f"{name}*{strength:g}" for name, strength in self.faults)
        return f"{self.host}+{faults or 'healthy'}~{self.seed}"

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes that are there."""
        return tuple(NAMES[name].cause.name for name, _ in self.faults)

    def program(self) -> Program:
        """The faulty program."""
        program = HOSTS[self.host]
        for name, strength in self.faults:
            program = NAMES[name].put_into(program, strength)
        return program


def make_row(task: Task, *, budget: float, compare: bool) -> dict:
    """Train a program, diagnose it in every way, and try to repair it.

    Args:
        task: which program.
        budget: trainings that the search may spend; 0 leaves it at the record and the data.
        compare: whether probes in random order are made as well.
    """
    began = time.perf_counter()
    run = train(task.program(), task.seed)
    row = {"key": task.key, "host": task.host, "causes": task.causes, "seed": task.seed}
    row |= {"healthy": run.healthy, "reached": run.reached, "reference": run.reference}
    if run.healthy and task.faults:
        return row | {"seconds": time.perf_counter() - began}
    record = run.record
    assert isinstance(record, TrainingRecord)
    findings = run_checks(record, ALL_CHECKS).findings
    row["codes"] = sorted({finding.code for finding in findings})
    curves = TrainingRecord(epoch_logs=record.epoch_logs)
    row["curves"] = _listed(judge_without(task.host)(curves).causes)
    row["table"] = _listed(rank_causes(findings, record, counts=Counts()))
    row["counted"] = _listed(judge_without(task.host)(record).causes)
    row |= _searched(task, run, budget=budget, compare=compare)
    return row | {"seconds": time.perf_counter() - began}


def _searched(task: Task, run: Run, *, budget: float, compare: bool) -> dict:
    """Search without the proof; if the original is trained once more, that is not counted."""
    program, data, full = run.program, _data(task), run.program.epochs
    given = one_hot(data) if program.one_hot else data
    with Repair(
        min_improvement=0.1,
        budget=budget + 1.0,
        seeds=3,
        seed=task.seed,
        directory=None,
        progress=make_progress(0),
    ) as repair:
        repair.prepare(
            build(program, given),
            (given.train.x, given.train.y),
            record=run.record,
            epochs=program.epochs,
            batch_size=program.batch,
            shuffle=program.shuffle,
            class_weight=class_weights(data.train.y) if program.class_weight else None,
            validation_data=(given.validation.x, given.validation.y),
        )
        repair.diagnose(judge_without(task.host))
        row = {"baseline": _by_issues(repair.record), "static": _listed(repair.diagnosed.causes)}
        if not budget:
            return row
        repair.plan()
        repair.search()
        found = repair.diagnosed
        again = [one for one in repair.tried if one.plan == UNCHANGED and one.epochs == full]
        row |= {
            "experiments": _listed(found.causes),
            "unknown": found.unknown,
            "made": len(found.experiments),
            "probes": [_outcome(one) for one in found.experiments],
            "cost": sum(one.cost for one in repair.tried) - sum(one.cost for one in again),
            "experiment_cost": sum(one.cost for one in found.experiments),
            "decision": repair.decision.decision.value if repair.decision else "",
            "plan": repair.ranking[0].name if repair.ranking else "",
            "fixed": _fixed_score(repair, task, data),
        }
        if compare and repair.tried:
            row["random"] = _in_random_order(repair, row["experiment_cost"], task.seed)
    return row


def judge_without(host: str) -> Callable[[TrainingRecord], DiagnosisView]:
    """The judge of the package, with counts that leave a program out."""

    def judge_record(record: TrainingRecord) -> DiagnosisView:
        diagnosis = judge(record)
        causes = causes_without(host, diagnosis.findings, record)
        unknown = max(0.0, 1.0 - sum(cause.confidence for cause in causes)) if causes else 0.0
        return replace(diagnosis, causes=causes, unknown=unknown)

    return judge_record


def _data(task: Task) -> Data:
    program = task.program()
    data = load(program.task, task.seed, program.rows)
    for damage in program.damage:
        data = damage(data, task.seed)
    return data


def _fixed_score(repair: Repair, task: Task, data: Data) -> float | None:
    if not repair.ranking or repair.preparation is None:
        return None
    model = repair.preparation.trainer.train(repair.ranking[0], seed=task.seed).model
    if model is None:
        return None
    answers = np.asarray(model(data.test.x, training=False))
    logits = getattr(model.loss, "from_logits", False)
    return score(data, answers, threshold=0.0 if logits else 0.5)


def _in_random_order(repair: Repair, cost: float, seed: int) -> list[tuple[str, float]]:
    """Probes of fixes in random order, all causes alike, for the same cost."""
    assert repair.preparation is not None
    causes = [Cause(kind=kind, confidence=RANDOM_CAUSES) for kind in CauseKind]
    plans = [*plan_fixes(causes, repair.preparation.setup)]
    np.random.default_rng(seed).shuffle(plans)  # type: ignore[arg-type]
    budget = Budget(trainer=repair.preparation.trainer, limit=max(cost, 0.1), seed=seed)
    return _listed(investigate(Laboratory(budget=budget), causes, plans[:11]).causes)


def _by_issues(record: TrainingRecord | None) -> list[tuple[str, float]]:
    assert record is not None
    causes = dict.fromkeys(CAUSE_OF_ISSUE[issue].name for issue in issues_of(record))
    return [(name, 1.0) for name in causes]


def _outcome(one: Experiment) -> tuple[str, list[str], int]:
    """Name of an experiment, what it separates, and 1 if it speaks for that, -1 if against."""
    names = [kind.name for kind in one.separates]
    return one.name, names, bool(one.speaks_for) - bool(one.speaks_against)


def _listed(causes: tuple[Cause, ...]) -> list[tuple[str, float]]:
    return [(cause.kind.name, round(cause.confidence, 4)) for cause in causes[:5]]
