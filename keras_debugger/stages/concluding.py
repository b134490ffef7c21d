"""The result of a run from what is known of it, and its files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_debugger.report.recommendations import recommend
from keras_debugger.report.result import AutofixResult
from keras_debugger.stages.changed import changed_model
from keras_debugger.training.judged_rows import judged_rows
from keras_debugger.training.reproduction import program_of_delivered, reproduction_of
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.reproduction import Reproduction
from keras_debugger.types.trial import Trial

if TYPE_CHECKING:
    from keras_debugger.stages.run_state import RunState


def result_of(run: RunState) -> AutofixResult:
    """What is known of a run that has decided; files are written if there is a directory."""
    preparation, diagnosis = run.prepared, run.diagnosed
    proof = run.best_proof if run.proofs else None
    assert run.decision is not None
    proven = run.decision.decision.is_proven and proof is not None
    delivered = proof.delivered if proof is not None and proven else run.original
    reproduction = _reproduction(run) if proven else None
    result = AutofixResult(
        verdict=run.decision.decision,
        proof=run.decision,
        diagnosis=diagnosis,
        diagnosis_after=run.diagnosis_after,
        before=proof.before if proof else tuple(filter(None, (run.original,))),
        after=proof.after if proof else (),
        tried=run.tried,
        plan=proof.delivered.plan if proof else None,
        model=proof.model if proof is not None and proven else run.model,
        changed=changed_model(proof.model) if proof is not None else None,
        history=_history(delivered.record if delivered else run.record),
        recommendations=recommend(
            diagnosis,
            run.diagnosis_after,
            preparation.setup,
            run.tried,
            run.decision,
            curve=run.learning_curve,
            proved=proof.after if proof is not None and proven else (),
            held_out_rows=judged_rows(preparation.parts, preparation.metric),
        ),
        rows=_rows(run, proven=proven),
        split=f"{preparation.parts.describe()}; SHA-256 of the rows that were held out: "
        f"{preparation.parts.digest[:16]}",
        cost=_cost(run),
        told=run.told.most if run.told is not None else float("nan"),
        seconds=_seconds(run),
        notes=(*run.notes, *preparation.trainer.notes),
        reproduction=reproduction,
    )
    if run.directory is not None:
        _save(result, run.directory)
    return result


def _reproduction(run: RunState) -> Reproduction | None:
    """What reproduce.py needs; None if the model cannot be built once more."""
    proof = run.best_proof
    try:
        return reproduction_of(run.prepared.trainer, proof.delivered, proof.after)
    except (ValueError, TypeError) as error:
        run.notes += (f"reproduce.py is left out: {type(error).__name__}: {error}",)
        return None


def _rows(run: RunState, *, proven: bool) -> dict[str, Any]:
    """The row numbers of the parts: those of the delivered model, or as they were set apart."""
    if not proven:
        return run.prepared.parts.row_numbers()
    program = program_of_delivered(run.prepared.trainer)
    return program.parts_of(run.best_proof.delivered.plan).row_numbers()


def _save(result: AutofixResult, directory: str | Path) -> None:
    """Write the files; a full disk does not take the result away from its owner."""
    try:
        result.save(directory)
    except Exception as error:  # also whatever a layer of the user's raises when it is saved
        why = f"{type(error).__name__}: {error}"
        warnings.warn(
            f"keras_debugger could not write all files to {directory} ({why}). The result is "
            "returned all the same; result.save(folder) writes them again.",
            stacklevel=4,
        )


def _history(record: TrainingRecord | None) -> dict[str, tuple[float, ...]]:
    if record is None or record.epoch_logs is None:
        return {}
    return {name: tuple(values.tolist()) for name, values in record.epoch_logs.values.items()}


def _trials(run: RunState) -> tuple[Trial, ...]:
    """Every training once; a second proof holds the original's trials of the first."""
    proofs = [
        trial for proof in run.proofs for trial in (*proof.before, *proof.after, proof.delivered)
    ]
    trials = [*filter(None, (run.original,)), *run.tried, *proofs, *run.subsets]
    return tuple({id(trial): trial for trial in trials}.values())


def _cost(run: RunState) -> float:
    return sum(trial.cost for trial in _trials(run))


def _seconds(run: RunState) -> float:
    return sum(trial.seconds for trial in _trials(run))
