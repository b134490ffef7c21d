"""Recommendations rest on numbers, and none is given without one."""

from dataclasses import replace

import numpy as np
import pytest
from report_values import falling, model, plan, proof, record, sick, sound, stuck, trial

from keras_debugger.report.diagnosis_view import view
from keras_debugger.report.recommendations import Area, recommend
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.learning_curve import LearningCurve
from keras_debugger.types.record import (
    DataProfile,
    FitDescription,
    LabelProfile,
    Shift,
    SimpleModel,
)
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Score
from keras_debugger.types.vocabulary import Decision, LabelForm


def setup(**of_data):
    data = DataProfile(**{"rows": 114, "sampled": 114, "inputs": (), "labels": (), **of_data})
    return TrainingSetup(model=model(), data=data, fit=FitDescription(epochs=30, batch_size=32))


def ask(now, *, after=None, the_setup=None, tried=(), decision=Decision.HEALTHY, **more):
    return recommend(now, after, the_setup or setup(), tried, proof(decision), **more)


def done():
    """A healthy run whose validation loss reached its floor and stays there."""
    floor = np.full(30, 0.1)
    return view(Diagnosis(record=record(floor), checked=("LOS101",)))


def test_nothing_to_say_about_a_finished_healthy_run():
    flat = done()
    flat.record.epoch_logs.values["val_loss"][:] = 0.1
    assert ask(flat) == ()


def test_a_run_that_still_falls_should_train_longer():
    (only,) = ask(sound())
    assert only.area is Area.TRAINING
    assert "more epochs" in only.text
    assert "30 epochs" in only.evidence


def test_a_run_past_its_best_should_stop_early():
    rising = view(Diagnosis(record=record([1.0, 0.5, 0.3, 0.5, 0.9, 1.4]), checked=("LOS101",)))
    (only,) = ask(rising)
    assert "EarlyStopping" in only.text
    assert "epoch 3" in only.evidence


def test_data_facts_become_recommendations_with_their_numbers():
    labels = LabelProfile(
        name="",
        form=LabelForm.INTEGER_CLASSES,
        shape=(),
        dtype="int64",
        minimum=0,
        maximum=2,
        mean=0.5,
        sd=0.5,
        median=0,
        mean_abs_deviation=0.3,
        nonfinite=0,
        integer_valued=True,
        outlier_share=0.0,
        classes=(0.0, 1.0),
        counts=(120, 8),
    )
    flat = done()
    shifted = replace(
        flat.record,
        shift=Shift(
            feature_distance=np.zeros(1), p_value=1.0, scale_ratio=1, offset=0, duplicates=5
        ),
    )
    data = setup(
        labels=(labels,),
        constant_features=2,
        simple_models=(
            SimpleModel(name="logistic regression", score=0.97, chance=0.33, chance_high=0.4),
        ),
    )
    shifted.epoch_logs.values["val_loss"][:] = 0.1
    found = ask(view(replace(flat, record=shifted)), the_setup=data)
    evidence = " ".join(item.evidence for item in found)
    assert "8 rows, the largest 120" in evidence
    assert "2 features" in evidence
    assert "5 validation rows" in evidence
    assert "0.97" in evidence


def test_causes_that_are_left_come_first_and_say_where_they_stand():
    found = ask(sick(), decision=Decision.NO_BETTER)
    assert any(item.area is Area.DATA and "in the original run" in item.text for item in found)
    left = ask(sick(), after=sick(), decision=Decision.VERIFIED)
    assert any("still suspected" in item.text for item in left)


def test_the_runner_up_of_the_search_is_offered_only_if_it_was_better():
    control = trial(record(stuck()), seed=0, value=0.4)
    other = replace(plan(), name="lower-learning-rate")
    good = trial(record(falling()), seed=0, value=0.8, what=other)
    bad = trial(record(stuck()), seed=0, value=0.42, what=other)
    texts = [i.text for i in ask(sound(), tried=(control, good), decision=Decision.NOT_PROVEN)]
    assert any("try next: Lower learning rate" in text for text in texts)
    found = ask(sound(), tried=(control, bad), decision=Decision.NOT_PROVEN)
    assert not any("try next" in item.text for item in found)
    assert found[-1].text == "Tried, and did not help: lower learning rate."
    assert found[-1].gain == 0.0
    assert "0.58; the unchanged model had 0.6" in found[-1].evidence
    texts = [i.text for i in ask(sound(), tried=(control, good), decision=Decision.VERIFIED)]
    assert not any("try next" in text for text in texts)


def test_what_a_proof_still_needs_is_recommended():
    found = ask(sound(), decision=Decision.NOT_PROVEN)
    assert any("4 more seeds" in item.text for item in found)


def curve(*errors, noise=0.01):
    return LearningCurve(rows=(50, 100, 200)[-len(errors) :], errors=errors, noise=noise)


def test_more_rows_are_asked_for_only_if_the_error_still_falls_with_them():
    found = ask(done(), curve=curve(0.3, 0.2, 0.12))
    assert found[0].text.startswith("Collect more rows: the last doubling took 40 %")
    assert found[0].gain == 1 - 0.12 / 0.2
    assert "0.3 on 50 rows, 0.2 on 100 rows and 0.12 on 200 rows" in found[0].evidence
    found = ask(done(), curve=curve(0.125, 0.12))
    assert "not the way" in found[-1].text
    assert found[-1].gain == 0.0


def judged(rows, metric="accuracy"):
    one = trial(record(falling()), seed=0, value=0.9)
    error = sum(rows) / len(rows)
    held_out = Score(
        metric=metric, value=1 - error, error=error, constant_error=0.6, row_errors=tuple(rows)
    )
    return replace(one, held_out=held_out)


def test_rows_that_every_seed_gets_wrong_are_named_by_their_numbers():
    proved = [judged([1, 0, 0, 1, 0]), judged([1, 0, 0, 1, 0]), judged([1, 0, 1, 1, 0])]
    numbers = (7, 30, 31, 90, 91)
    (first, *_) = ask(sound(), after=done(), proved=proved, held_out_rows=numbers)
    assert "2 held-out rows that every seed answers against their label: rows 7, 90" in first.text
    assert first.gain == pytest.approx(6 / 7)
    assert not any(
        "labels of" in item.text
        for item in ask(done(), after=done(), proved=proved[:2], held_out_rows=numbers)
    )


def test_rows_with_much_of_a_squared_error_are_named():
    rows = [0.1] * 19
    proved = [judged([*rows, 5.0], metric="r2") for _ in range(3)]
    (first, *_) = ask(done(), after=done(), proved=proved, held_out_rows=tuple(range(20)))
    assert "rows 19" in first.text or "rows 19," in first.text
    assert first.area is Area.DATA


def test_the_gap_asks_for_regularisation_and_a_common_loss_for_capacity():
    far = record(np.full(30, 0.1))
    far.epoch_logs.values["val_loss"][:] = 0.5
    found = ask(sick(), after=view(Diagnosis(record=far, checked=("LOS101",))))
    assert any("Regularise more" in item.text and item.gain == 0.8 for item in found)
    near = view(Diagnosis(record=record(np.full(30, 0.4)), checked=("LOS101",)))
    found = ask(sick(), after=near)
    assert any("more capacity" in item.text and item.area is Area.ARCHITECTURE for item in found)


def test_a_loss_that_swings_asks_for_a_decay():
    swinging = record(0.5 + 0.3 * np.sin(np.arange(40) * 2.5))
    found = ask(view(Diagnosis(record=swinging, checked=("LOS101",))))
    assert any("CosineDecay" in item.text for item in found)


def test_known_gains_come_first_and_what_will_not_help_last():
    found = ask(sick(), after=sick(), curve=curve(0.121, 0.12), decision=Decision.VERIFIED)
    gains = [item.gain for item in found]
    known = [gain for gain in gains if gain > 0]
    assert gains[: len(known)] == sorted(known, reverse=True)
    assert gains[-1] == 0.0
