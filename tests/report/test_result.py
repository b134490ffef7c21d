"""The result of autofix: printed, and written to a folder."""

import json
import re

import numpy as np
import pytest
from report_values import HOSTILE, record, result, sick, stuck, trial

from keras_debugger.types.vocabulary import Decision

ALWAYS = {
    "training_history.json",
    "diagnostic_report.md",
    "split.json",
    "training_comparison.png",
    "final_report.md",
    "final_report.html",
}
PROVED = (Decision.VERIFIED, Decision.IMPROVED)


class SavedModel:
    """Saves as Keras does: to a path that must end in .keras."""

    def __init__(self, error=None):
        self.error = error

    def save(self, path):
        assert path.suffix == ".keras"
        path.write_bytes(b"half")
        if self.error:
            raise self.error
        path.write_bytes(b"whole")


@pytest.mark.parametrize("decision", list(Decision))
def test_the_verdict_compares_to_its_word(decision):
    made = result(decision)
    assert made.verdict == decision.value
    assert made.fixed is (decision in PROVED)
    assert str(made).startswith(decision.value.upper())
    assert made.summary().startswith(decision.value.upper())
    assert "array(" not in repr(made)
    assert str(made).isascii()


@pytest.mark.parametrize("decision", list(Decision))
def test_the_folder_holds_what_was_proved_and_no_more(tmp_path, decision):
    made = result(decision, the_model=SavedModel())
    written = made.save(tmp_path / "out")
    expected = set(ALWAYS)
    if decision in PROVED:
        expected |= {"fixed_model.keras", "training_history_fixed.json"}
    if decision is Decision.NOT_PROVEN:
        expected |= {"training_history_fixed.json"}
    assert {path.name for path in written} == expected
    assert {path.name for path in (tmp_path / "out").iterdir()} == expected
    report = (tmp_path / "out" / "final_report.md").read_text(encoding="utf-8")
    if decision not in PROVED:
        assert "not written: no fix was proved" in report


def test_row_numbers_are_written_also_where_nothing_was_proved(tmp_path):
    rows = {"train_rows": [0, 2], "sha256": {"train": "ab"}}
    result(Decision.NO_BETTER, rows=rows).save(tmp_path)
    assert json.loads((tmp_path / "split.json").read_text(encoding="utf-8")) == rows


def test_histories_are_valid_json(tmp_path):
    result(the_model=SavedModel()).save(tmp_path)
    for name in ("training_history.json", "training_history_fixed.json"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        history = json.loads(text, parse_constant=lambda constant: pytest.fail(constant))
        assert isinstance(history["loss"], list)
    assert history == {"loss": [1.0, None], "val_loss": [1.1, None]}


def test_a_model_that_cannot_be_saved_leaves_the_old_file(tmp_path):
    (tmp_path / "fixed_model.keras").write_bytes(b"old")
    broken = result(the_model=SavedModel(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        broken.save(tmp_path)
    assert (tmp_path / "fixed_model.keras").read_bytes() == b"old"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    report = (tmp_path / "final_report.md").read_text(encoding="utf-8")
    assert "could not be saved: OSError" in report
    assert (tmp_path / "final_report.html").exists()


def test_a_model_of_an_earlier_run_is_called_so(tmp_path):
    (tmp_path / "fixed_model.keras").write_bytes(b"old")
    result(Decision.NO_BETTER).save(tmp_path)
    assert (tmp_path / "fixed_model.keras").read_bytes() == b"old"
    assert "of an earlier run" in (tmp_path / "final_report.md").read_text(encoding="utf-8")


def test_the_text_tells_the_whole_story():
    text = str(result())
    flowing = " ".join(text.split())
    for words in (
        "95 % bounds: 88 % to 97 %",
        "seed 1000 0.389 0.972 95 % less error",
        "mean 0.389 0.963 93 % less error",
        "model.compile(",
        "Recommended, best first",
        "Weight classes",
        "no memory",
        "36 held-out rows that no training",
        "The whole run cost 9.23 trainings of the original, 42 s.",
        "ModelCheckpoint",
    ):
        assert words in flowing
    assert not re.search(r"\d\.\d{6,}", text)


def test_the_badge_is_not_said_twice():
    made = result()
    said = made.proof.__class__(decision=Decision.VERIFIED, sentence="Verified: accuracy is 0.97.")
    assert str(result(proof=said)).startswith("VERIFIED: Accuracy is 0.97.")


def test_losses_on_two_scales_are_not_compared_without_a_word():
    from keras_debugger.types.edit import BalanceClasses
    from keras_debugger.types.plan import AppliedFix, Plan
    from keras_debugger.types.vocabulary import FixKind

    fix = AppliedFix(
        name="balance-classes",
        kind=FixKind.WEIGHT_CLASSES,
        edits=(BalanceClasses(),),
        reason="x",
        risk="y",
    )
    plan = Plan(name="balance-classes", cause=None, fixes=(fix,), prior=0.3)
    assert "are not on one scale" in " ".join(str(result(plan=plan)).split())


def test_hostile_names_do_no_harm_in_the_folder(tmp_path):
    hostile = sick(place=HOSTILE, names=(HOSTILE, "dense_1", "predictions"))
    failed = trial(record(stuck()), seed=1, value=0.5, failure=HOSTILE)
    made = result(diagnosis=hostile, the_model=SavedModel(), tried=(failed,), notes=(HOSTILE,))
    made.save(tmp_path)
    report = (tmp_path / "final_report.md").read_text(encoding="utf-8")
    outside = re.sub(r"```.*?```", "", report, flags=re.DOTALL)
    assert not re.search(r"(?<!\\)<img", outside)
    assert "\x1b" not in report
    columns = [len(re.findall(r"(?<!\\)\|", line)) for line in _rows(outside)]
    assert set(columns) == {3, 4, 5, 6}


def _rows(text):
    return [line for line in text.splitlines() if line.startswith("|")]


def test_a_real_keras_model_is_saved_and_loads(tmp_path):
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((4, 2)), np.ones(4))
    result(the_model=model).save(tmp_path)
    assert keras.models.load_model(tmp_path / "fixed_model.keras").count_params() == 3
