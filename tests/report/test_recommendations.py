"""Recommendations rest on numbers, and none is given without one."""

from dataclasses import replace

import numpy as np
from report_values import falling, model, plan, proof, record, sick, sound, stuck, trial

from keras_debugger.report.diagnosis_view import view
from keras_debugger.report.recommendations import Area, recommend
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.record import (
    DataProfile,
    FitDescription,
    LabelProfile,
    Shift,
    SimpleModel,
)
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import Decision, LabelForm


def setup(**of_data):
    data = DataProfile(**{"rows": 114, "sampled": 114, "inputs": (), "labels": (), **of_data})
    return TrainingSetup(model=model(), data=data, fit=FitDescription(epochs=30, batch_size=32))


def ask(now, *, after=None, the_setup=None, tried=(), decision=Decision.HEALTHY):
    return recommend(now, after, the_setup or setup(), tried, proof(decision))


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
    assert [item.area for item in found] == sorted(
        (item.area for item in found), key=list(Area).index
    )


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
    texts = [i.text for i in ask(sound(), tried=(control, bad), decision=Decision.NOT_PROVEN)]
    assert not any("try next" in text for text in texts)
    texts = [i.text for i in ask(sound(), tried=(control, good), decision=Decision.VERIFIED)]
    assert not any("try next" in text for text in texts)


def test_what_a_proof_still_needs_is_recommended():
    found = ask(sound(), decision=Decision.NOT_PROVEN)
    assert any("4 more seeds" in item.text for item in found)
