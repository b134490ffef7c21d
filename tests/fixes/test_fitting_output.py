"""Which activation and loss fit which labels."""

import pytest

from keras_debugger.fixes.fitting_output import OutputForm, UnclearError, fitting_output
from keras_debugger.types.record import LabelProfile, OutputDescription
from keras_debugger.types.vocabulary import Activation, LabelForm, LossKind

A, L, F = Activation, LossKind, LabelForm
BCE, CCE, SCCE, MSE, MAE = (
    L.BINARY_CROSSENTROPY,
    L.CATEGORICAL_CROSSENTROPY,
    L.SPARSE_CATEGORICAL_CROSSENTROPY,
    L.MEAN_SQUARED_ERROR,
    L.MEAN_ABSOLUTE_ERROR,
)


def labels(form, low=0.0, high=1.0, *, shape=(), classes=(), **more):
    integers = form not in (F.CONTINUOUS, F.OTHER)
    return LabelProfile(
        name="",
        form=form,
        shape=shape,
        dtype="float32",
        minimum=low,
        maximum=high,
        mean=(low + high) / 2,
        sd=(high - low) / 4,
        median=(low + high) / 2,
        mean_abs_deviation=(high - low) / 5,
        nonfinite=more.get("nonfinite", 0),
        integer_valued=more.get("integer_valued", integers),
        outlier_share=0.0,
        classes=classes,
        counts=(50,) * len(classes),
    )


def output(activation, units, loss, *, from_logits=False):
    return OutputDescription(
        name="head",
        layer="head",
        activation=activation,
        units=units,
        rank=2,
        loss=loss,
        loss_name=loss.value,
        from_logits=from_logits if loss in (BCE, CCE, SCCE) else None,
    )


BINARY = labels(F.BINARY, classes=(0.0, 1.0))
SIGNS = labels(F.BINARY, -1.0, 1.0, classes=(-1.0, 1.0))
DIGITS = labels(F.INTEGER_CLASSES, 0.0, 9.0, classes=tuple(map(float, range(10))))
ONE_HOT = labels(F.ONE_HOT, shape=(3,), classes=(0.0, 1.0, 2.0))
MANY = labels(F.MULTI_HOT, shape=(4,))
PRICES = labels(F.CONTINUOUS, 25.0, 346.0, shape=(1,))
SHARES = labels(F.CONTINUOUS, 0.0, 1.0, shape=(1,))
SIGNED = labels(F.CONTINUOUS, -3.0, 3.0, shape=(1,))
STEPS_ONE_HOT = labels(F.PER_STEP, 0.0, 1.0, shape=(20, 3), classes=(0.0, 1.0, 2.0))
STEPS = labels(F.PER_STEP, 0.0, 4.0, shape=(20,))

FITS = [  # what is there -> what fits
    (BINARY, (A.SOFTMAX, 1, BCE), (A.SIGMOID, BCE, False)),
    (BINARY, (A.RELU, 1, BCE), (A.SIGMOID, BCE, False)),
    (BINARY, (A.TANH, 1, BCE), (A.SIGMOID, BCE, False)),
    (BINARY, (A.SIGMOID, 1, CCE), (A.SIGMOID, BCE, False)),
    (BINARY, (A.SIGMOID, 1, MAE), (A.SIGMOID, BCE, False)),
    (BINARY, (A.LINEAR, 1, MSE), (A.SIGMOID, BCE, False)),
    (BINARY, (A.LINEAR, 1, BCE), (A.LINEAR, BCE, True)),
    (BINARY, (A.SOFTMAX, 2, SCCE), (A.SOFTMAX, SCCE, False)),
    (BINARY, (A.SOFTMAX, 10, SCCE), (A.SOFTMAX, SCCE, False)),
    (BINARY, (A.TANH, 1, L.HINGE), (A.TANH, L.HINGE, False)),
    (SIGNS, (A.SIGMOID, 1, BCE), (A.TANH, L.HINGE, False)),
    (SIGNS, (A.TANH, 1, MSE), (A.TANH, MSE, False)),
    (DIGITS, (A.RELU, 10, SCCE), (A.SOFTMAX, SCCE, False)),
    (DIGITS, (A.LINEAR, 10, SCCE), (A.LINEAR, SCCE, True)),
    (DIGITS, (A.LINEAR, 10, CCE), (A.LINEAR, SCCE, True)),
    (DIGITS, (A.SOFTMAX, 10, MSE), (A.SOFTMAX, SCCE, False)),
    (DIGITS, (A.SIGMOID, 10, SCCE), (A.SOFTMAX, SCCE, False)),
    (ONE_HOT, (A.SIGMOID, 3, CCE), (A.SOFTMAX, CCE, False)),
    (ONE_HOT, (A.SIGMOID, 3, BCE), (A.SIGMOID, BCE, False)),
    (ONE_HOT, (A.SOFTMAX, 3, BCE), (A.SOFTMAX, CCE, False)),
    (ONE_HOT, (A.SOFTMAX, 3, L.KL_DIVERGENCE), (A.SOFTMAX, L.KL_DIVERGENCE, False)),
    (ONE_HOT, (A.LINEAR, 3, MSE), (A.SOFTMAX, CCE, False)),
    (MANY, (A.SOFTMAX, 4, CCE), (A.SIGMOID, BCE, False)),
    (MANY, (A.LINEAR, 4, BCE), (A.LINEAR, BCE, True)),
    (PRICES, (A.SIGMOID, 1, MSE), (A.LINEAR, MSE, False)),
    (PRICES, (A.SOFTMAX, 1, MAE), (A.LINEAR, MAE, False)),
    (PRICES, (A.RELU, 1, MSE), (A.RELU, MSE, False)),
    (PRICES, (A.LINEAR, 1, BCE), (A.LINEAR, MSE, False)),
    (SHARES, (A.SIGMOID, 1, MSE), (A.SIGMOID, MSE, False)),
    (SHARES, (A.SIGMOID, 1, BCE), (A.SIGMOID, BCE, False)),
    (SIGNED, (A.RELU, 1, MSE), (A.LINEAR, MSE, False)),
    (SIGNED, (A.TANH, 1, MSE), (A.LINEAR, MSE, False)),
    (SIGNED, (A.LINEAR, 1, L.MEAN_SQUARED_LOGARITHMIC_ERROR), (A.LINEAR, MSE, False)),
    (SIGNED, (A.LINEAR, 1, L.MEAN_ABSOLUTE_PERCENTAGE_ERROR), (A.LINEAR, MSE, False)),
    (SHARES, (A.LINEAR, 1, L.MEAN_ABSOLUTE_PERCENTAGE_ERROR), (A.LINEAR, MSE, False)),
    (PRICES, (A.LINEAR, 1, L.POISSON), (A.SOFTPLUS, L.POISSON, False)),
    (DIGITS, (A.LINEAR, 1, L.POISSON), (A.SOFTPLUS, L.POISSON, False)),
    (PRICES, (A.EXPONENTIAL, 1, L.POISSON), (A.EXPONENTIAL, L.POISSON, False)),
    (
        PRICES,
        (A.TANH, 1, L.MEAN_SQUARED_LOGARITHMIC_ERROR),
        (A.SOFTPLUS, L.MEAN_SQUARED_LOGARITHMIC_ERROR, False),
    ),
    (STEPS, (A.LINEAR, 5, SCCE), (A.LINEAR, SCCE, True)),
    (STEPS, (A.SIGMOID, 5, SCCE), (A.SOFTMAX, SCCE, False)),
    (STEPS_ONE_HOT, (A.SIGMOID, 3, CCE), (A.SOFTMAX, CCE, False)),
    (STEPS_ONE_HOT, (A.LINEAR, 3, CCE), (A.LINEAR, CCE, True)),
]


@pytest.mark.parametrize(("given", "present", "wanted"), FITS)
def test_changes_the_least_that_makes_them_fit(given, present, wanted):
    activation, loss, from_logits = wanted
    form = fitting_output(output(*present), given)
    assert form == OutputForm(activation=activation, loss=loss, from_logits=from_logits)


@pytest.mark.parametrize(("given", "present", "wanted"), FITS)
def test_what_fits_is_left_alone(given, present, wanted):
    activation, loss, from_logits = wanted
    fitted = output(activation, present[1], loss, from_logits=from_logits)
    assert fitting_output(fitted, given) == OutputForm(
        activation=activation, loss=loss, from_logits=from_logits
    )


def test_probabilities_under_a_loss_of_logits_change_the_loss_alone():
    present = output(A.SOFTMAX, 10, SCCE, from_logits=True)
    assert fitting_output(present, DIGITS) == OutputForm(activation=A.SOFTMAX, loss=SCCE)


def test_one_unit_for_ten_classes_gets_ten_units():
    present = output(A.SIGMOID, 1, SCCE)
    assert fitting_output(present, DIGITS).units == 10


def test_accuracy_tells_that_whole_numbers_are_classes():
    present = output(A.LINEAR, 1, MSE)
    with pytest.raises(UnclearError, match="classes or amounts"):
        fitting_output(present, DIGITS)
    assert fitting_output(present, DIGITS, metrics=("accuracy",)).units == 10


@pytest.mark.parametrize(
    ("given", "present"),
    [
        (DIGITS, (A.OTHER, 10, SCCE)),
        (labels(F.OTHER), (A.LINEAR, 1, MSE)),
        (labels(F.CONTINUOUS, 0.0, 0.04), (A.SOFTMAX, 10, SCCE)),
        (labels(F.BINARY, 1.0, 2.0, classes=(1.0, 2.0)), (A.SIGMOID, 1, BCE)),
        (labels(F.INTEGER_CLASSES, -1.0, 3.0, classes=(-1.0, 0.0, 3.0)), (A.SOFTMAX, 4, SCCE)),
        (DIGITS, (A.SOFTMAX, 3, SCCE)),
        (ONE_HOT, (A.SOFTMAX, 5, CCE)),
        (labels(F.BINARY, nonfinite=3), (A.SIGMOID, 1, BCE)),
        (labels(F.PER_STEP, 0.0, 1.0, shape=(20, 4)), (A.SOFTMAX, 4, CCE)),
    ],
)
def test_says_what_stands_in_the_way(given, present):
    with pytest.raises(UnclearError, match=r"\w+"):
        fitting_output(output(*present), given)
