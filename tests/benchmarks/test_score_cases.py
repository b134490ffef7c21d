"""The scoring of cases on a folder that it has never seen: the form is checked, not the figures."""

import json
import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "benchmarks" / "score_cases.py"
FIGURES = (
    "detection",
    "cause_top1",
    "cause_top3",
    "repaired",
    "improvement_ratio",
    "refused_right",
    "false_alarms",
    "harm",
    "budget_mean",
)
BROKEN_CASE = """
from blocks import breast_cancer
from corpus import Case

CASES = (
    Case(name="raises", source="ours", reported="", build=lambda: None, data=breast_cancer, fit={}),
)
"""
TARGETS = """
import json
import os
import time


def hang(request):
    request.out.write_text(json.dumps({"case": "hangs", "seed": 0, "error": "", "known": 1}))
    time.sleep(600.0)


def crash(request):
    os._exit(3)
"""


def score(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


@pytest.mark.slow
def test_a_folder_of_further_cases_is_scored_without_a_change(creeping):
    (creeping / "unreadable.py").write_text("CASES = (missing,)\n")
    out = creeping / "scores.json"
    done = score("--cases", creeping, "--seeds", "0", "--proof-seeds", 2, "--json", out)
    assert done.returncode == 0, done.stderr
    scores = json.loads(out.read_text())
    assert all({"value", "low", "high", "n"} == set(scores[name]) for name in FIGURES)
    assert {"keras", "cores", "seeds", "threads"} <= set(scores["made_with"])
    (row,) = scores["cases"]
    assert row["error"] == ""
    assert {"found", "causes", "verdict", "f", "r", "s", "budget", "seconds"} <= set(row)
    assert scores["detection"]["n"] == scores["repaired"]["n"] == 1
    assert scores["false_alarms"] == {"value": None, "low": None, "high": None, "n": 0}
    assert "NameError" in scores["unreadable"]["unreadable.py"]
    assert "| creeping | 0 |" in done.stdout


@pytest.mark.slow
def test_what_raises_becomes_a_row_and_is_tried_again(tmp_path):
    cases = tmp_path / "broken.py"
    cases.write_text(BROKEN_CASE)
    out = tmp_path / "scores.json"
    arguments = ("--cases", cases, "--seeds", "0", "--diagnose-only", "--json", out)
    done = score(*arguments)
    assert done.returncode == 0, done.stderr
    assert "error: TypeError" in done.stdout
    (row,) = json.loads(out.read_text())["cases"]
    assert row["error"].startswith("TypeError")
    assert "error: TypeError" in score(*arguments, "--resume").stdout
    assert len(json.loads(out.read_text())["cases"]) == 1


def test_a_process_that_hangs_or_dies_leaves_a_row(tmp_path, monkeypatch):
    (tmp_path / "targets_of_jobs.py").write_text(TARGETS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import targets_of_jobs as targets
    from case_processes import Job, run_all

    def job(name, target):
        request = SimpleNamespace(name=name, seed=0, out=tmp_path / f"{name}.json")
        return Job(target=target, request=request, facts={"diagnose_only": True})

    jobs = [job("hangs", targets.hang), job("dies", targets.crash)]
    limits = {"limit": 4.0, "stop_after": math.inf, "end_after": math.inf}
    rows = {row["case"]: row for row in run_all(jobs, at_once=2, **limits)}
    assert rows["hangs"]["error"] == "time limit of 4 s"
    assert rows["hangs"]["known"] == 1
    assert rows["dies"]["error"] == "the process ended with code 3"
    assert all(row["diagnose_only"] for row in rows.values())


def test_a_name_that_no_case_has_is_told(tmp_path):
    (tmp_path / "further.py").write_text("CASES = ()\n")
    done = score("--cases", tmp_path, "--names", "creeping")
    assert done.returncode == 2
    assert "no such cases: ['creeping']" in done.stdout
