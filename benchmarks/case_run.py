"""One case and seed in a process of its own: record, diagnose, repair, score; the row grows on."""

import json
import math
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from case_files import load_cases

FIT_ARGUMENTS = ("epochs", "batch_size", "validation_split", "shuffle", "class_weight", "callbacks")
BROKEN_DATA = frozenset({"FIX_LABELS", "FIX_INPUTS"})  # nothing that a model edit can mend
ENOUGH = 0.8  # share of the way from faulty to repaired that counts as repaired
HARM = 0.02  # loss of test score that counts as harm

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a process is to do.

    Args:
        place: file or folder of the cases.
        name: name of the case.
        seed: seed of data and model, and of autofix.
        diagnose_only: look at the record, train nothing more.
        budget: of the search, in trainings of the original.
        seeds: seeds of the proof.
        out: file for the row.
    """

    place: Path
    name: str
    seed: int
    diagnose_only: bool
    budget: float
    seeds: int
    out: Path


def list_cases(place: Path, out: Path) -> None:
    """Write the names of the cases, and what could not be read."""
    files = load_cases(place)
    listed = {"names": list(files.cases), "unreadable": files.unreadable}
    out.write_text(json.dumps(listed), encoding="utf-8")


def run_case(request: Request) -> None:
    """Write the row after each stage, so that a hang or a crash keeps what was known before it."""
    row: Row = {"case": request.name, "seed": request.seed, "error": "", "detected": False}

    def keep() -> None:
        place = request.out.with_suffix(".part")
        place.write_text(json.dumps(plain(row), allow_nan=False), encoding="utf-8")
        place.replace(request.out)

    keep()
    send_output_to(request.out.with_suffix(".log"))
    try:
        case = load_cases(request.place).cases[request.name]
        row.update(truth_of(case))
        keep()
        score(case, request, row, keep)
    except BaseException as error:
        row["error"] = f"{type(error).__name__}: {error}"
        row["traceback"] = traceback.format_exc()
    keep()


def send_output_to(log: Path) -> None:
    """Keep warnings of TensorFlow and of cases out of the table.

    The process gets a group of its own, so that what it starts ends with it.
    """
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    with log.open("w", encoding="utf-8") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)


def truth_of(case: Any) -> Row:
    """What the row is judged against."""
    fixes = [fix.name for fix in case.acceptable_fixes]
    return {
        "healthy": case.is_healthy,
        "faults": [symptom.name for symptom in case.faults],
        "expected_causes": [sorted(c.name for c in one) for one in case.expected_root_causes],
        "acceptable_fixes": fixes,
        "refusable": bool(fixes) and BROKEN_DATA.issuperset(fixes),
    }


def score(case: Any, request: Request, row: Row, keep: Callable[[], None]) -> None:
    """The stages: the recorded run, its diagnosis, the known-good run, autofix."""
    import corpus  # the one that the cases use

    from keras_debugger import Recorder, diagnose

    start = time.perf_counter()
    data = case.data(request.seed)
    model = case.build(request.seed)
    recorder = Recorder()
    fit_model(model, data, case.fit, recorder)
    row["seconds_fit"] = time.perf_counter() - start
    row["f"] = corpus.score_model(model, data["test_data"], case.score)
    keep()
    start = time.perf_counter()
    diagnosis = diagnose(recorder)
    row["seconds"] = time.perf_counter() - start
    row["record"] = judged(diagnosis, row)
    row.update(row["record"])
    keep()
    if request.diagnose_only:
        return
    if not case.is_healthy:
        good, good_data, _ = corpus.train(case, request.seed, repaired=True)
        row["r"] = corpus.score_model(good, good_data["test_data"], case.score)
        keep()
    start = time.perf_counter()
    result = repair(case, model, data, recorder, request, row)
    row["seconds"] = time.perf_counter() - start
    row.update(judged(result.diagnosis, row))
    row.update(outcome(result))
    keep()
    row["s"] = corpus.score_model(result.model, data["test_data"], case.score)
    row.update(gained(row))


def fit_model(model: Any, data: Row, fit: Any, recorder: Any) -> None:
    """Train as the case says, with the recorder among its callbacks."""
    arguments = {**fit, "callbacks": [*fit.get("callbacks", ()), recorder]}
    if data.get("validation_data") is not None:
        arguments["validation_data"] = data["validation_data"]
    model.fit(data["x"], data.get("y"), verbose=0, **arguments)


def repair(case: Any, model: Any, data: Row, recorder: Any, request: Request, row: Row) -> Any:
    """Autofix as a user calls it after a run under a recorder; test data are not shown."""
    from keras_debugger import autofix
    from keras_debugger.recording.model_description import describe_model
    from keras_debugger.types.vocabulary import ModelKind

    fit = dict(case.fit)
    weights = fit.pop("sample_weight", None)
    given: Any = data["x"] if data.get("y") is None else (data["x"], data["y"])
    if weights is not None:
        given = (data["x"], data["y"], weights)
    arguments = {name: fit.pop(name) for name in FIT_ARGUMENTS if name in fit}
    row["fit_arguments_left_out"] = sorted(fit)
    if describe_model(model).kind is ModelKind.SUBCLASSED:
        arguments["build"] = lambda: case.build(request.seed)
    if data.get("validation_data") is not None:
        arguments["validation_data"] = data["validation_data"]
    return autofix(
        model,
        given,
        record=recorder,
        budget=request.budget,
        seeds=request.seeds,
        seed=request.seed,
        executor="local",  # this is a process of its own already
        verbose=0,
        **arguments,
    )


def judged(diagnosis: Any, row: Row) -> Row:
    """What was found and the ranked causes, beside the truth of the row."""
    found = sorted({f.symptom.name for f in diagnosis.problems if f.symptom is not None})
    causes = [cause.kind.name for cause in diagnosis.causes]
    sets = [set(names) for names in row["expected_causes"]]
    return {
        "found": found,
        "problems": [f.code for f in diagnosis.problems],
        "causes": causes,
        "confidence": [round(cause.confidence, 3) for cause in diagnosis.causes],
        "crashed": [crash.traceback for crash in diagnosis.crashed],
        "detected": bool(set(found) & set(row["faults"])),
        "top1": bool(causes) and any(causes[0] in one for one in sets),
        "top3": bool(sets) and all(one & set(causes[:3]) for one in sets),
    }


def outcome(result: Any) -> Row:
    """The verdict, what was tried and what it cost in trainings of the original."""
    tried = [(t.plan.name, t.epochs, round(t.rank_score, 4), t.failure) for t in result.tried]
    return {
        "verdict": result.verdict.value,
        "sentence": result.proof.sentence,
        "plan": result.plan.name if result.plan is not None else "",
        "edited": result.fixed,
        "gain": result.proof.gain,
        "tried": tried,
        "budget": sum(trial.cost for trial in result.tried),
        "budget_with_proof": result.cost,
        "notes": list(result.notes),
    }


def gained(row: Row) -> Row:
    """Whether the case counts as repaired, as rightly refused, or as harmed."""
    harmed = bool(row["edited"]) and row["s"] < row["f"] - HARM
    if row["healthy"]:
        return {"harmed": harmed}
    way = row["r"] - row["f"]
    return {
        "harmed": harmed,
        "repaired": bool(row["edited"]) and row["s"] >= row["f"] + ENOUGH * way,
        "ratio": (row["s"] - row["f"]) / way if way > 0 else math.nan,
        "refused_right": row["verdict"] == "refused" and row["top1"],
    }


def plain(value: Any) -> Any:
    """The same value for JSON: NaN and infinity become null, NumPy numbers become Python's."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (str, bool, int, type(None))):
        return value
    number = float(value)
    return number if math.isfinite(number) else None
