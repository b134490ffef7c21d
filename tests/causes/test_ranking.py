"""Causes from findings, by what they say and by what the program allows."""

import inspect

import numpy as np
import pytest

from keras_debugger.causes.evidence import striking_causes, unlikely_causes
from keras_debugger.causes.prior import CHECKS, SYMPTOMS
from keras_debugger.causes.ranking import FLOOR, LEAST, rank_causes
from keras_debugger.checks import ALL_CHECKS
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import (
    DataProfile,
    FitDescription,
    LayerDescription,
    ModelDescription,
    OptimizerDescription,
    OutputDescription,
    SimpleModel,
    StepLogs,
    TrainingRecord,
)
from keras_debugger.types.remedies import REMEDIES
from keras_debugger.types.vocabulary import (
    Activation,
    CauseKind,
    LayerKind,
    LossKind,
    ModelKind,
    Severity,
    Symptom,
)

C = CauseKind
UNREPAIRABLE = {
    C.LABELS_CORRUPTED,
    C.INPUTS_CONSTANT,
    C.PREPROCESSING_MISMATCH,
}
EMPTY = TrainingRecord()


def finding(code="LOS101", *, severity=Severity.ERROR, **more):
    return Finding(code=code, name=code.lower(), severity=severity, summary=f"{code}.", **more)


def kinds(*findings, record=EMPTY):
    return [cause.kind for cause in rank_causes(findings, record)]


def model(*hidden, loss=LossKind.MEAN_SQUARED_ERROR, **more):
    head = LayerDescription(
        name="head",
        path="head",
        kind=LayerKind.DENSE,
        class_name="Dense",
        units=1,
        parameters=5,
        trainable_parameters=5,
        is_output=True,
    )
    output = OutputDescription(
        name="head",
        layer="head",
        activation=Activation.LINEAR,
        units=1,
        rank=2,
        loss=loss,
        loss_name=loss.value,
    )
    return ModelDescription(
        name="model",
        kind=ModelKind.SEQUENTIAL,
        layers=(*hidden, head),
        outputs=(output,),
        optimizer=OptimizerDescription(name="adam", learning_rate=1e-3),
        **more,
    )


def hidden(name="hidden", *, kind=LayerKind.DENSE, activation=Activation.RELU, **more):
    return LayerDescription(
        name=name,
        path=name,
        kind=kind,
        class_name=kind.value,
        activation=activation,
        parameters=20,
        trainable_parameters=20 if more.get("trainable", True) else 0,
        **more,
    )


def test_no_causes_without_a_finding_above_a_note():
    note = finding("DAT101", severity=Severity.NOTE, causes=(C.INPUTS_NOT_NORMALIZED,))
    assert rank_causes((), EMPTY) == ()
    assert rank_causes((note,), EMPTY) == ()


def test_a_fact_about_the_program_beats_a_symptom():
    symptom = finding("LOS101", symptom=Symptom.LOSS_DIVERGES)
    fact = finding("MOD102", causes=(C.LOGITS_MISMATCH,))
    assert kinds(symptom)[0] is C.LEARNING_RATE_TOO_HIGH
    assert kinds(symptom, fact)[0] is C.LOGITS_MISMATCH


def test_symptoms_support_a_fact():
    facts = (
        finding("DAT101", causes=(C.INPUTS_NOT_NORMALIZED,)),
        finding("DAT108", causes=(C.CLASS_IMBALANCE,)),
    )
    minority = finding("LOS109", symptom=Symptom.MINORITY_CLASS_IGNORED)
    assert kinds(*facts, minority)[0] is C.CLASS_IMBALANCE


def test_a_measurement_beats_a_symptom_and_yields_to_a_fact():
    symptom = finding("LOS104", symptom=Symptom.NO_LEARNING)
    steps = finding("GRD107", causes=(C.LEARNING_RATE_TOO_HIGH,))
    frozen = finding("MOD101", causes=(C.FROZEN_LAYERS,))
    assert kinds(symptom, steps)[0] is C.LEARNING_RATE_TOO_HIGH
    assert kinds(symptom, steps, frozen)[0] is C.FROZEN_LAYERS


def test_the_same_symptom_twice_counts_once():
    once = rank_causes((finding("LOS101", symptom=Symptom.LOSS_DIVERGES),), EMPTY)
    twice = rank_causes(
        (
            finding("LOS101", symptom=Symptom.LOSS_DIVERGES),
            finding("GRD103", symptom=Symptom.LOSS_DIVERGES),
        ),
        EMPTY,
    )
    assert [cause.confidence for cause in twice] == [cause.confidence for cause in once]


def test_confidence_severity_and_explanation_weigh():
    def top(**more):
        fact = finding("DAT101", causes=(C.INPUTS_NOT_NORMALIZED,), **more)
        symptom = finding("LOS104", symptom=Symptom.NO_LEARNING)
        causes = {one.kind: one for one in rank_causes((fact, symptom), EMPTY)}
        return causes[C.INPUTS_NOT_NORMALIZED].confidence

    full = top(confidence=1.0)
    assert full > top(confidence=0.5)
    assert full > top(confidence=1.0, severity=Severity.NOTE)
    assert full > top(confidence=1.0, consequence_of="DAT104")


def test_probabilities_are_probabilities_and_keep_a_floor():
    causes = rank_causes((finding("MOD101", causes=(C.FROZEN_LAYERS,), confidence=1.0),), EMPTY)
    assert 0.5 < causes[0].confidence < 1.0 - FLOOR
    assert sum(cause.confidence for cause in causes) <= 1.0
    assert all(cause.confidence >= LEAST for cause in causes)
    confidences = [cause.confidence for cause in causes]
    assert confidences == sorted(confidences, reverse=True)


def test_causes_carry_codes_sentences_places_and_fixes():
    fact = finding("MOD102", causes=(C.LOGITS_MISMATCH,), place="head")
    note = finding("DAT105", severity=Severity.NOTE)
    cause = rank_causes((note, fact), EMPTY)[0]
    assert cause.findings == ("MOD102",)
    assert cause.evidence == ("MOD102.",)
    assert cause.place == "head"
    assert cause.fixes == ("fit-output",)
    assert cause.repairable


@pytest.mark.parametrize("kind", CauseKind)
def test_every_cause_has_a_remedy_or_cannot_be_mended(kind):
    fact = finding("DAT199", causes=(kind,), confidence=1.0)
    cause = rank_causes((fact,), EMPTY)[0]
    assert cause.kind is kind
    assert bool(cause.fixes) is cause.repairable
    assert bool(REMEDIES[kind]) is cause.repairable
    assert not (cause.repairable and kind in UNREPAIRABLE)


def test_a_finding_that_speaks_for_no_cause_names_none():
    assert kinds(finding("XYZ101")) == []


def test_every_symptom_speaks_for_some_cause():
    assert set(SYMPTOMS) == set(Symptom)
    assert all(max(ratios.values()) >= 3 for ratios in SYMPTOMS.values())


def test_no_ratio_excludes_a_cause():
    tables = (*SYMPTOMS.values(), *CHECKS.values())
    assert all(ratio > 0 for ratios in tables for ratio in ratios.values())


def test_rows_of_single_checks_name_checks_that_exist():
    assert set(CHECKS) <= {check.name for check in ALL_CHECKS}


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        (model(hidden()), C.UNSTABLE_CUSTOM_LOSS),
        (model(hidden()), C.UNBOUNDED_RECURRENT_ACTIVATION),
        (model(hidden()), C.BATCH_NORM_STATISTICS_LAG),
        (model(hidden()), C.TOO_MUCH_REGULARIZATION),
        (model(hidden()), C.FROZEN_LAYERS),
        (model(hidden()), C.SATURATING_ACTIVATION),
        (model(hidden()), C.MISSING_NONLINEARITY),
    ],
)
def test_a_cause_whose_object_is_missing_is_unlikely(program, kind):
    assert kind in unlikely_causes(TrainingRecord(model_description=program))


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        (model(hidden(), loss=LossKind.OTHER), C.UNSTABLE_CUSTOM_LOSS),
        (model(hidden(kind=LayerKind.RECURRENT)), C.UNBOUNDED_RECURRENT_ACTIVATION),
        (
            model(hidden(kind=LayerKind.NORMALIZATION, momentum=0.99)),
            C.BATCH_NORM_STATISTICS_LAG,
        ),
        (model(hidden(l2=0.1)), C.TOO_MUCH_REGULARIZATION),
        (model(hidden(trainable=False)), C.FROZEN_LAYERS),
        (model(hidden(activation=Activation.SIGMOID)), C.SATURATING_ACTIVATION),
        (model(hidden(activation=Activation.LINEAR)), C.MISSING_NONLINEARITY),
    ],
)
def test_a_cause_whose_object_is_there_is_possible(program, kind):
    assert kind not in unlikely_causes(TrainingRecord(model_description=program))


def steps(count):
    numbers = np.arange(count)
    return StepLogs(
        step=numbers,
        epoch=np.zeros(count, int),
        loss=np.ones(count),
        learning_rate=np.ones(count),
        batch_size=np.full(count, 32),
        seconds=numbers.astype(float),
    )


def profile(score):
    models = (SimpleModel(name="ridge", score=score, chance=0.5, chance_high=0.55),)
    return DataProfile(rows=400, sampled=400, inputs=(), labels=(), simple_models=models)


@pytest.mark.parametrize(
    ("record", "twin", "kind"),
    [
        (
            TrainingRecord(model_description=model(hidden(dropout=0.6))),
            TrainingRecord(model_description=model(hidden(dropout=0.2))),
            C.TOO_MUCH_REGULARIZATION,
        ),
        (
            TrainingRecord(model_description=model(hidden(l2=0.1))),
            TrainingRecord(model_description=model(hidden(l2=1e-4))),
            C.TOO_MUCH_REGULARIZATION,
        ),
        (
            TrainingRecord(model_description=model(*[hidden(activation=Activation.SIGMOID)] * 3)),
            TrainingRecord(model_description=model(hidden(activation=Activation.SIGMOID))),
            C.SATURATING_ACTIVATION,
        ),
        (
            TrainingRecord(fit_description=FitDescription(shuffle=False)),
            TrainingRecord(fit_description=FitDescription()),
            C.NOT_SHUFFLED,
        ),
        (
            TrainingRecord(step_logs=steps(16)),
            TrainingRecord(step_logs=steps(320)),
            C.TOO_FEW_UPDATES,
        ),
    ],
)
def test_a_cause_whose_object_stands_out_is_likelier(record, twin, kind):
    assert kind in striking_causes(record)
    assert kind not in striking_causes(twin)
    stuck = finding("LOS106", symptom=Symptom.NO_LEARNING)
    noisy = finding("LOS103", symptom=Symptom.LOSS_OSCILLATES)

    def probability(one):
        named = {cause.kind: cause.confidence for cause in rank_causes((stuck, noisy), one)}
        return named.get(kind, 0.0)

    assert probability(record) > 1.5 * probability(twin)


def test_the_program_decides_between_causes_of_one_symptom():
    nan = finding("LOS105", symptom=Symptom.LOSS_NAN)
    own = TrainingRecord(model_description=model(hidden(), loss=LossKind.OTHER))
    standard = TrainingRecord(model_description=model(hidden()))
    assert kinds(nan, record=own)[0] is C.UNSTABLE_CUSTOM_LOSS
    assert C.UNSTABLE_CUSTOM_LOSS not in kinds(nan, record=standard)


def test_rows_that_keras_shuffles_are_not_blamed():
    fit = FitDescription(shuffle=True, has_validation=False)
    found = unlikely_causes(TrainingRecord(fit_description=fit))
    assert {C.NOT_SHUFFLED, C.PREPROCESSING_MISMATCH, C.UNREPRESENTATIVE_SPLIT} <= found


def test_a_note_counts_once_a_typical_symptom_says_that_it_costs_something():
    trait = finding("DAT113", severity=Severity.NOTE, causes=(C.PREPROCESSING_MISMATCH,))
    other = finding("LOS105", symptom=Symptom.LOSS_OSCILLATES)
    mismatch = finding("LOS111", symptom=Symptom.VALIDATION_MISMATCH)
    assert kinds(trait, mismatch)[0] is C.PREPROCESSING_MISMATCH
    assert kinds(trait, other)[0] is C.LEARNING_RATE_TOO_HIGH


def test_what_the_first_cause_leaves_unexplained_points_to_a_second():
    fact = finding("MOD108", causes=(C.WRONG_LOSS,))
    slow = finding("LOS108", symptom=Symptom.SLOW_CONVERGENCE)
    stuck = finding("LOS106", symptom=Symptom.NO_LEARNING)
    assert kinds(fact, slow)[:2] == [C.WRONG_LOSS, C.LEARNING_RATE_TOO_LOW]
    assert C.LEARNING_RATE_TOO_LOW not in kinds(fact, stuck)


def test_what_the_first_cause_explains_worse_than_another_points_to_that_one():
    zero = finding("MOD110", causes=(C.BAD_INITIALIZATION,))
    slow = finding("LOS108", symptom=Symptom.SLOW_CONVERGENCE)
    dead = finding("ACT101", symptom=Symptom.DEAD_RELU)
    assert SYMPTOMS[Symptom.SLOW_CONVERGENCE][C.BAD_INITIALIZATION] > 1.0
    assert kinds(zero, slow)[:2] == [C.BAD_INITIALIZATION, C.LEARNING_RATE_TOO_LOW]
    assert kinds(zero, dead) == [C.BAD_INITIALIZATION]


def test_outliers_explain_labels_that_look_random():
    random = finding("DAT111", causes=(C.LABELS_CORRUPTED,))
    outliers = Finding(
        code="DAT107",
        name="target-outliers",
        severity=Severity.ERROR,
        summary="DAT107.",
        causes=(C.OUTLIERS,),
    )
    assert kinds(random)[0] is C.LABELS_CORRUPTED
    assert kinds(random, outliers)[0] is C.OUTLIERS


def test_labels_that_teach_a_simple_model_are_hardly_random():
    memorised = Finding(
        code="DAT116",
        name="memorised-labels",
        severity=Severity.ERROR,
        summary="DAT116.",
        causes=(C.LABELS_CORRUPTED,),
    )
    steps_too_large = finding("GRD107", causes=(C.LEARNING_RATE_TOO_HIGH,))
    taught, not_taught = (TrainingRecord(data_profile=profile(score)) for score in (0.9, 0.53))
    assert kinds(memorised, steps_too_large, record=taught)[0] is C.LEARNING_RATE_TOO_HIGH
    assert kinds(memorised, steps_too_large, record=not_taught)[0] is C.LABELS_CORRUPTED


def test_labels_that_the_loss_cannot_use_are_broken_though_they_teach_a_simple_model():
    divided = finding("DAT109", causes=(C.LABELS_CORRUPTED, C.WRONG_LOSS))
    taught = TrainingRecord(data_profile=profile(0.9))
    (alone, *_), (beside, *_) = rank_causes((divided,), EMPTY), rank_causes((divided,), taught)
    assert alone.kind is beside.kind is C.LABELS_CORRUPTED
    assert beside.confidence == pytest.approx(alone.confidence, abs=0.01)


def test_outliers_explain_the_spread_of_the_targets():
    spread = finding("DAT110", causes=(C.TARGETS_NOT_SCALED,))
    outliers = finding("DAT107", causes=(C.OUTLIERS,))
    named = {"name": "target-outliers"}
    row = Finding(**{**{key: getattr(outliers, key) for key in outliers.__slots__}, **named})
    assert kinds(spread, row)[0] is C.OUTLIERS


def test_a_value_far_beyond_its_limit_says_more():
    near = finding("DAT110", causes=(C.TARGETS_NOT_SCALED,), value=4.0, limit=3.0)
    far = finding("DAT110", causes=(C.TARGETS_NOT_SCALED,), value=4e7, limit=3.0)
    other = finding("DAT101", causes=(C.INPUTS_NOT_NORMALIZED,), value=4.0, limit=3.0)
    assert kinds(near, other)[0] is C.INPUTS_NOT_NORMALIZED
    assert kinds(far, other)[0] is C.TARGETS_NOT_SCALED


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.name)
def test_each_check_speaks_for_a_cause_or_only_ever_gives_notes(check):
    source = inspect.getsource(type(check))
    speaks = "causes=" in source or check.symptom is not None or check.name in CHECKS
    # A feature that is the answer makes results too good: no cause of a bad run.
    assert speaks or "Severity.WARNING" not in source or check.name == "leakage-suspect"
