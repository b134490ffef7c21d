"""The benchmark of injected faults: the form of what it writes, its dials, and what counts."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture
def place(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def row_of(program="iris", seed=0, reached=0.95, codes=(), **more):
    findings = [
        {"code": code, "severity": "ERROR", "symptom": "NO_LEARNING", "step": 4} for code in codes
    ]
    return {
        "program": program,
        "seed": seed,
        "reached": reached,
        "constant": 0.4,
        "healthy": True,
        "findings": findings,
        "causes": [],
        "checked": ["GRD107", "LOS106"],
        "crashed": [],
        "steps": 40,
        **more,
    }


def faulty(host, cause, codes, first, **more):
    return row_of(
        host,
        reached=0.4,
        codes=codes,
        host=host,
        cause=cause,
        fault=cause.lower(),
        strength=1.0,
        causes=[[first, 0.9]],
        **more,
    )


def test_a_tiny_run_has_the_form_that_readers_expect(place, tmp_path):
    from injected_faults import requests

    host = requests(1)[0].host
    healthy, out = tmp_path / "healthy.json", tmp_path / "faults.json"
    twins = [row_of(host, seed, 0.95 + 0.01 * seed) for seed in (0, 1)]
    healthy.write_text(json.dumps({"rows": twins}), encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, str(BENCHMARKS / "injected_faults.py"), "--runs", "1"),
            *("--healthy", str(healthy), "--json", str(out)),
            *("--counts", str(tmp_path / "counts.json")),
            *("--rates", str(tmp_path / "rates.json"), "--plots", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["tried"] == 1 >= written["harmful"]
    assert written["strengths"][0]["cause"] == "LEARNING_RATE_TOO_HIGH"
    assert {"detection", "cause_top1", "cause_top3", "confusion", "made_with"} <= set(written)
    assert not any(row["crashed"] for row in written["rows"])
    counts = json.loads((tmp_path / "counts.json").read_text(encoding="utf-8"))
    assert counts["healthy"]["n"] == 2
    assert counts["command"]
    rates = json.loads((tmp_path / "rates.json").read_text(encoding="utf-8"))
    assert rates["LOS106"]["healthy_runs"] == 2
    assert (tmp_path / "fault_detection.png").exists()
    assert "| cause | fault | strength |" in done.stdout


def test_the_matrix_goes_through_all_faults_before_it_repeats(place):
    from injected_faults import requests
    from programs.faults import FAULTS

    dial = sum(len(fault.strengths) for fault in FAULTS)
    once, twice = requests(dial), requests(2 * dial)
    assert twice[:dial] == once
    assert len({(one.fault, one.strength) for one in once}) == dial
    assert len(set(twice)) == 2 * dial


def test_nearly_every_cause_has_a_fault(place):
    from programs.faults import FAULTS

    from keras_debugger.types.vocabulary import CauseKind

    covered = {fault.cause for fault in FAULTS}
    assert set(CauseKind) - covered == {CauseKind.UNCLIPPED_GRADIENTS}
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_every_damage_leaves_rows_to_train_on(place):
    from programs.data import load
    from programs.faults import FAULTS, HOSTS
    from programs.healthy import programs

    known = {program.name: program for program in programs()}
    for fault in FAULTS:
        host = next(known[name] for name in HOSTS if fault.fits(known[name]))
        for strength in fault.strengths:
            program = fault.put_into(host, strength)
            data = load(program.task, 0, program.rows)
            for damage in program.damage:
                data = damage(data, 0)
            assert len(data.train) >= 20
            assert len(data.train.x) == len(data.train.y)
            assert np.isfinite(data.test.x).all()
            assert program != host


def test_only_faults_that_harm_count(place):
    from programs.harm import effective, twins_of

    twins = twins_of([row_of(seed=0, reached=0.95), row_of(seed=1, reached=0.97)])
    rows = [row_of(reached=reached) for reached in (0.95, 0.91, 0.6)]
    kept = effective([{**row, "host": "iris"} for row in rows], twins)
    assert [row["reached"] for row in kept] == [0.6]


def test_counts_leave_the_program_out(place):
    from programs.counting import counts_of, left_out_ranks, without_program

    rows = [
        faulty(host, cause, codes, cause)
        for host in ("iris", "wine", "moons")
        for cause, codes in (
            ("LEARNING_RATE_TOO_HIGH", ["GRD107"]),
            ("LABELS_CORRUPTED", ["LOS106"]),
        )
    ]
    counts = counts_of(rows, [row_of()])
    assert counts["causes"]["LABELS_CORRUPTED"]["n"] == 3
    assert counts["causes"]["LABELS_CORRUPTED"]["codes"] == {"LOS106": 3}
    assert counts["causes"]["LABELS_CORRUPTED"]["programs"]["wine"]["n"] == 1
    assert left_out_ranks(rows) == [0] * 6
    rest = without_program({"command": "", **counts}, "wine")["causes"]["LABELS_CORRUPTED"]
    assert (rest["n"], rest["codes"]) == (2, {"LOS106": 2})


def test_tables_count_what_was_found_and_named(place):
    from programs.fault_scores import confusion, detection, error_rates, totals

    rows = [
        faulty("iris", "LABELS_CORRUPTED", ["LOS106"], "LABELS_CORRUPTED"),
        faulty("wine", "LABELS_CORRUPTED", [], "NOT_SHUFFLED"),
    ]
    (one,) = detection(rows, rows)
    assert (one["harmful"], one["detected"], one["top1"], one["step"]) == (2, 1, 1, 4.0)
    assert confusion(rows)["LABELS_CORRUPTED"] == {"LABELS_CORRUPTED": 1, "NOT_SHUFFLED": 1}
    assert totals(rows)["detection"]["value"] == 0.5
    rates = error_rates([row_of(codes=["GRD107"])], rows)
    assert rates["GRD107"] == {
        "healthy_runs": 1,
        "false_alarms": 1,
        "faulty_runs": 2,
        "detected": 0,
    }


def test_what_is_said_is_held_against_what_is_right(place, tmp_path):
    from programs.plots import plot_reliability
    from programs.reliability import bins, in_lines, scores

    said = [(0.9, True)] * 9 + [(0.9, False)] + [(0.3, False)] * 4
    low, high = bins(said)
    assert (low["said"], low["right"], low["n"]) == (pytest.approx(0.3), 0.0, 4)
    assert (high["said"], high["right"], high["n"]) == (pytest.approx(0.9), 0.9, 10)
    assert high["interval"][0] < 0.9 < high["interval"][1]
    whole = scores(said)
    assert whole["n"] == 14
    assert whole["brier"] == pytest.approx((9 * 0.01 + 0.81 + 4 * 0.09) / 14)
    assert whole["calibration_error"] == pytest.approx(4 * 0.3 / 14)
    assert len(list(in_lines("findings", said))) == 3
    assert scores([])["brier"] is None
    plot_reliability(
        {"findings": said, "none": [], "sure": [(1.0, True)]}, tmp_path / "reliability.png"
    )
    assert (tmp_path / "reliability.png").stat().st_size > 1000


def test_a_finding_is_right_if_the_fault_made_it_and_the_cause_is_one_it_names(place):
    from programs.reliability import of_findings, of_first_causes

    def found(code, *causes, consequence_of=None):
        return {
            "code": code,
            "severity": "ERROR",
            "confidence": 0.9,
            "causes": list(causes),
            "consequence_of": consequence_of,
        }

    twin = row_of("iris") | {"findings": [found("LOS103")]}
    fault = faulty("iris", "LEARNING_RATE_TOO_LOW", [], "TOO_FEW_UPDATES") | {
        "findings": [
            found("LOS103"),  # also without the fault
            found("LOS108"),  # a symptom
            found("OPT103", "TOO_FEW_UPDATES"),  # another honest name
            found("MOD110", "BAD_INITIALIZATION"),
            found("ACT101", "BAD_INITIALIZATION", consequence_of="LOS108"),
        ]
    }
    said = of_findings([fault], [twin, row_of("wine", codes=["LOS106"])])
    assert [right for _, right in said] == [False, False, True, True, False, True]
    assert of_first_causes([fault]) == [(0.9, True)]
