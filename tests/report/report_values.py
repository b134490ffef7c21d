"""Builders of values as the other rooms make them, and a hostile name."""

import numpy as np

from keras_debugger.report.diagnosis_view import view
from keras_debugger.report.recommendations import Area, Recommendation
from keras_debugger.report.result import AutofixResult
from keras_debugger.types.cause import Cause
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.edit import ClipNorm, NormalizeInput, ScaleLearningRate
from keras_debugger.types.finding import Crashed, Finding, Skipped
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.record import (
    DataProfile,
    EpochLogs,
    FitDescription,
    GradientLog,
    InputDescription,
    LayerDescription,
    ModelDescription,
    OptimizerDescription,
    OutputDescription,
    StepLogs,
    TrainingRecord,
    VariableDescription,
)
from keras_debugger.types.trial import Score, Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import (
    Activation,
    CauseKind,
    Decision,
    Ending,
    FixKind,
    LayerKind,
    LossKind,
    ModelKind,
    Need,
    Severity,
    Symptom,
    VariableRole,
)

HOSTILE = "<img src=x onerror=alert(1)>[red]**x**|$\\f$`a`{{7*7}}\x1b[31m\u202e\n# top"
STEPS = 5  # optimizer steps an epoch in the records below


def model(names=("dense", "dense_1", "predictions")):
    """Description of a dense classifier with 13 inputs and three classes."""
    units = (32, 16, 3)
    layers = tuple(
        LayerDescription(
            name=name,
            path=name,
            kind=LayerKind.DENSE,
            class_name="Dense",
            activation=Activation.RELU if size != 3 else Activation.SOFTMAX,
            units=size,
            parameters=size * 10,
            trainable_parameters=size * 10,
            output_shape=(None, size),
            kernel_initializer="GlorotUniform",
            bias_initializer="Zeros",
            is_output=size == 3,
        )
        for name, size in zip(names, units, strict=True)
    )
    output = OutputDescription(
        name=names[-1],
        layer=names[-1],
        activation=Activation.SOFTMAX,
        units=3,
        rank=2,
        loss=LossKind.SPARSE_CATEGORICAL_CROSSENTROPY,
        loss_name="sparse_categorical_crossentropy",
        from_logits=False,
    )
    return ModelDescription(
        name="wine_classifier",
        kind=ModelKind.SEQUENTIAL,
        layers=layers,
        inputs=(InputDescription(name="input", shape=(13,), dtype="float32"),),
        outputs=(output,),
        parameters=1027,
        trainable_parameters=1027,
        optimizer=OptimizerDescription(name="adam", learning_rate=0.01),
        metrics=("accuracy",),
    )


def record(loss, *, rate=0.01, names=("dense", "dense_1", "predictions"), scale=1.0, seed=0):
    """A recorded run with these training losses."""
    rng = np.random.default_rng(seed)
    loss = np.asarray(loss, dtype=np.float64)
    epochs, rows = len(loss), len(loss) * STEPS
    step = np.arange(rows)
    with np.errstate(all="ignore"):
        accuracy = np.clip(1.0 - loss / 3, 0, 1)
        norm = scale * np.abs(np.repeat(loss, STEPS)[:, None] * rng.lognormal(size=(rows, 6)))
    variables = tuple(
        VariableDescription(
            path=f"{name}/{role.value}", layer=name, role=role, shape=(3, 3), depth=depth
        )
        for depth, name in enumerate(names)
        for role in (VariableRole.KERNEL, VariableRole.BIAS)
    )
    empty = np.full((rows, 6), np.nan)
    return TrainingRecord(
        epoch_logs=EpochLogs(
            epoch=np.arange(epochs),
            values={
                "loss": loss,
                "val_loss": loss * 1.1,
                "accuracy": accuracy,
                "val_accuracy": accuracy * 0.95,
            },
        ),
        step_logs=StepLogs(
            step=step,
            epoch=step // STEPS,
            loss=np.repeat(loss, STEPS),
            learning_rate=np.full(rows, rate),
            batch_size=np.full(rows, 32),
            seconds=step / 10,
        ),
        gradient_log=GradientLog(
            variables=variables,
            step=step,
            norm=norm,
            max_abs=empty,
            zero_share=empty,
            finite=np.isfinite(norm),
            weight_norm=np.ones((rows, 6)),
            update_norm=empty,
        ),
        model_description=model(names),
        data_profile=DataProfile(rows=114, sampled=114, inputs=(), labels=()),
        fit_description=FitDescription(epochs=epochs, batch_size=32, shuffle=True),
        ending=Ending.FINISHED,
        seconds=4.26,
        versions={"keras": "3.15.1", "tensorflow": "2.21.0"},
        source="a Recorder",
    )


def falling(epochs=30, end=0.08, start=1.6):
    """Losses that fall towards `end`."""
    return end + (start - end) * np.exp(-np.arange(epochs) / 5)


def stuck(epochs=30):
    """Losses that go up and down without falling."""
    return 1.9 + 0.5 * np.sin(np.arange(epochs) * 1.9) + 6 * np.exp(-np.arange(epochs) / 2)


def problem(place="dense", summary="The training loss ends at 1.85; a constant guess gets 1.09."):
    return Finding(
        code="LOS104",
        name="no-learning",
        severity=Severity.ERROR,
        summary=summary,
        symptom=Symptom.NO_LEARNING,
        place=place,
        epoch=9,
        step=47,
        value=1.8512345678,
        limit=1.0986122887,
        confidence=0.97,
    )


def sick(place="dense", **of_record):
    """Diagnosis of a run that learns nothing."""
    scale = Finding(
        code="DAT102",
        name="features-on-uneven-scales",
        severity=Severity.WARNING,
        summary="Feature 12 has a standard deviation of 315, feature 7 of 0.124.",
        place="feature 12",
        value=2540.3,
        limit=100.0,
        causes=(CauseKind.INPUTS_NOT_NORMALIZED,),
    )
    note = Finding(
        code="MOD109",
        name="few-rows-for-the-model",
        severity=Severity.NOTE,
        summary="1,027 parameters for 114 rows.",
        consequence_of="DAT102",
    )
    hint = "record the run with keras_debugger.Recorder()"
    return view(
        Diagnosis(
            record=record(stuck(), **of_record),
            findings=(problem(place), scale, note),
            causes=(
                Cause(
                    kind=CauseKind.INPUTS_NOT_NORMALIZED,
                    confidence=0.8172635,
                    findings=("LOS104", "DAT102"),
                    evidence=(
                        "Standard deviations of the features range from 0.124 to 315.",
                        "With standardised inputs the same model reached 0.21 in 20 steps.",
                    ),
                    fixes=("normalize-inputs", "lower-learning-rate"),
                ),
                Cause(
                    kind=CauseKind.LEARNING_RATE_TOO_HIGH,
                    confidence=0.1432,
                    findings=("LOS104",),
                    fixes=("lower-learning-rate",),
                    place="optimizer",
                ),
            ),
            skipped=(
                Skipped(code="ACT101", name="dead-relu", missing=(Need.ACTIVATIONS,), hint=hint),
                Skipped(code="ACT102", name="saturation", missing=(Need.ACTIVATIONS,), hint=hint),
                Skipped(code="LOS109", name="plateau", missing=(), hint="train for 40 epochs"),
            ),
            crashed=(Crashed(code="OPT101", traceback="Traceback:\n  x\nValueError: <b>"),),
            checked=("LOS101", "LOS104", "DAT102", "GRD101", "MOD109"),
        )
    )


def sound():
    """Diagnosis of a healthy run."""
    return view(
        Diagnosis(
            record=record(falling()), checked=("LOS101", "LOS102", "GRD101", "ACT101", "DAT101")
        )
    )


def plan():
    return Plan(
        name="normalize-inputs + clip-gradients + lower-learning-rate",
        cause=CauseKind.INPUTS_NOT_NORMALIZED,
        prior=0.82,
        fixes=(
            AppliedFix(
                name="normalize-inputs",
                kind=FixKind.NORMALIZE_INPUTS,
                edits=(NormalizeInput(),),
                reason="Features of one scale let one learning rate fit all weights.",
                risk="none for new data of the same source",
            ),
            AppliedFix(
                name="clip-gradients",
                kind=FixKind.CLIP_GRADIENTS,
                edits=(ClipNorm(limit=1.0),),
                reason="a rare large gradient can no longer throw the weights away",
                risk="training may be slower",
            ),
            AppliedFix(
                name="lower-learning-rate",
                kind=FixKind.LOWER_LEARNING_RATE,
                edits=(ScaleLearningRate(factor=0.1),),
                reason="smaller steps do not leap over the valley",
                risk="training may be slower",
            ),
        ),
    )


def trial(of, *, seed, value, what=None, epochs=30, failure="", held_out=True):
    """A training with this record and accuracy."""
    score = Score(metric="accuracy", value=value, error=1 - value, constant_error=0.6)
    return Trial(
        plan=what or UNCHANGED,
        seed=seed,
        epochs=epochs,
        record=of,
        selection=None if failure else score,
        held_out=score if held_out and not failure else None,
        cost=epochs / 30,
        seconds=2.345678,
        failure=failure,
    )


def proof(decision):
    """What the proof says, with numbers where something was compared."""
    compared = decision in (Decision.VERIFIED, Decision.IMPROVED, Decision.NOT_PROVEN)
    if not compared:
        return Verdict(decision=decision, sentence=f"The verdict is {decision.value}.")
    weak = decision is Decision.NOT_PROVEN
    return Verdict(
        decision=decision,
        sentence="Normalising the inputs cuts the error by 93 % (95 % interval 88 to 97 %): "
        "accuracy rises from 0.39 to 0.96 on 36 held-out rows.",
        metric="accuracy",
        before=(0.388888888, 0.41666666, 0.36111111),
        after=(0.972222222, 0.94444444, 0.97222222),
        error_before=(0.61111, 0.583333, 0.638888),
        error_after=(0.0277777, 0.055555, 0.0277777),
        gain=0.0512345 if weak else 0.9312345,
        low=-0.12 if weak else 0.8812,
        high=0.19 if weak else 0.9712,
        rows=36,
        diverged_before=1,
        plan=plan().name,
        needed="about 4 more seeds" if weak else "",
    )


def result(decision=Decision.VERIFIED, *, diagnosis=None, the_model=None, **changes):
    """A result of autofix with this verdict."""
    compared = decision in (Decision.VERIFIED, Decision.IMPROVED, Decision.NOT_PROVEN)
    healthy = decision is Decision.HEALTHY
    befores = tuple(
        trial(record(stuck() + s, seed=s), seed=1000 + s, value=0.38 + s / 100) for s in range(3)
    )
    afters = tuple(
        trial(
            record(falling(end=0.05 * (s + 1)), rate=0.001, scale=0.3, seed=s),
            seed=1000 + s,
            value=0.97,
            what=plan(),
        )
        for s in range(3)
    )
    failed = Plan(name="weight-classes", cause=CauseKind.CLASS_IMBALANCE, fixes=(), prior=0.1)
    values = {
        "verdict": decision,
        "proof": proof(decision),
        "diagnosis": diagnosis or (sound() if healthy else sick()),
        "diagnosis_after": sound() if decision in (Decision.VERIFIED, Decision.IMPROVED) else None,
        "before": befores if compared else befores[:1],
        "after": afters if compared else (),
        "tried": ()
        if healthy
        else (
            trial(record(stuck()), seed=0, value=0.4, held_out=False),
            trial(record(falling()), seed=0, value=0.96, what=plan(), held_out=False),
            trial(record(stuck()), seed=0, value=0.4, what=failed, epochs=10, failure="no memory"),
        ),
        "plan": plan() if compared else None,
        "model": the_model,
        "history": {"loss": (1.0, float("nan")), "val_loss": (1.1, float("inf"))},
        "recommendations": (
            Recommendation(
                area=Area.DATA,
                text="Collect more rows of the rare classes",
                evidence="the smallest class has 8 rows, the largest 120",
            ),
            Recommendation(
                area=Area.TRAINING,
                text="Add keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)",
                evidence="the validation loss was lowest at epoch 12 and ended at 0.31",
            ),
            Recommendation(
                area=Area.ARCHITECTURE,
                text="Use logistic regression as the yardstick",
                evidence="it reaches 0.97 (cross-validated)",
            ),
        ),
        "split": "114 rows train, 28 choose, 36 are held out (stratified by class, seed 0)",
        "cost": 9.2345,
        "seconds": 41.5678,
        "notes": ("The callback ModelCheckpoint was not used again.",),
    }
    return AutofixResult(**{**values, **changes})
