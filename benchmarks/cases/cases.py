"""Faulty and healthy training programs modelled on public reports; see README.md.

Every program is our own, small (below 30 s on a CPU) and self-contained: data are generated or
come with scikit-learn. `CASES` at the end is the registry.
"""

import keras
import numpy as np
from blocks import (
    breast_cancer,
    cancer_classifier,
    circles,
    diabetes,
    diabetes_raw,
    digit_classifier,
    digits,
    mlp,
    noisy_xor,
    regressor,
    seeded,
    split,
    standardised,
    standardised_targets,
    wine_raw,
    with_inputs,
    with_targets,
)
from corpus import Build, Case, Cause, Data, Fix, Score, Symptom, either
from keras import layers, losses, ops, optimizers
from sklearn import datasets

# Output layer and loss ---------------------------------------------------------------------------

SOFTMAX_SINGLE_UNIT = Case(
    name="softmax_single_unit",
    source="https://stackoverflow.com/questions/31880720 (DeepLocalize, DeepFD)",
    reported="binary classifier with a one-unit softmax stays at the share of class 1",
    faults=(
        Symptom.CONSTANT_PREDICTIONS,
        Symptom.NO_LEARNING,
        Symptom.LOSS_METRIC_DISAGREE,  # Keras 3 takes the loss from the logits, so the loss falls
    ),
    expected_root_causes=(either(Cause.WRONG_OUTPUT_ACTIVATION),),
    acceptable_fixes=(Fix.CHANGE_OUTPUT_ACTIVATION,),
    build=cancer_classifier(output="softmax"),
    data=breast_cancer,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=cancer_classifier(),
)

RELU_OUTPUT_CLASSIFIER = Case(
    name="relu_output_classifier",
    source="https://stackoverflow.com/questions/47352366 (DeepLocalize, DeepFD)",
    reported="ten-class digit classifier whose last layer is ReLU stays near chance",
    faults=(Symptom.NO_LEARNING, Symptom.DEAD_RELU, Symptom.UNDERFITTING),
    expected_root_causes=(either(Cause.WRONG_OUTPUT_ACTIVATION, Cause.LOGITS_MISMATCH),),
    acceptable_fixes=(Fix.CHANGE_OUTPUT_ACTIVATION, Fix.SET_FROM_LOGITS),
    build=digit_classifier(output="relu"),
    data=digits,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=digit_classifier(),
)

LOGITS_AS_PROBABILITIES = Case(
    name="logits_as_probabilities",
    source="https://github.com/bonlime/keras-deeplab-v3-plus/issues/129",
    reported="loss drops to 1e-7 or sticks, accuracy stays low: last layer has no activation",
    faults=(Symptom.UNDERFITTING, Symptom.LOSS_OSCILLATES),
    expected_root_causes=(either(Cause.LOGITS_MISMATCH, Cause.WRONG_OUTPUT_ACTIVATION),),
    acceptable_fixes=(Fix.SET_FROM_LOGITS, Fix.CHANGE_OUTPUT_ACTIVATION),
    build=digit_classifier(output=None),
    data=digits,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=digit_classifier(
        output=None, loss=losses.SparseCategoricalCrossentropy(from_logits=True)
    ),
)

CATEGORICAL_LOSS_SINGLE_UNIT = Case(
    name="categorical_loss_single_unit",
    source="https://github.com/keras-team/keras/issues/14729",
    reported="breast-cancer model, one sigmoid unit, categorical cross-entropy: low accuracy",
    faults=(Symptom.NO_LEARNING, Symptom.LOSS_METRIC_DISAGREE),
    expected_root_causes=(either(Cause.WRONG_LOSS),),
    acceptable_fixes=(Fix.CHANGE_LOSS,),
    build=cancer_classifier(loss="categorical_crossentropy"),
    data=breast_cancer,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=cancer_classifier(),
)

SIGMOID_OUTPUT_REGRESSION = Case(
    name="sigmoid_output_regression",
    source="https://stackoverflow.com/questions/48221692 (DeepLocalize, DeepFD)",
    reported="regression whose sigmoid output cannot reach the targets; loss stops high",
    faults=(Symptom.UNDERFITTING, Symptom.CONSTANT_PREDICTIONS, Symptom.SATURATED_ACTIVATIONS),
    expected_root_causes=(either(Cause.WRONG_OUTPUT_ACTIVATION, Cause.TARGETS_NOT_SCALED),),
    acceptable_fixes=(Fix.CHANGE_OUTPUT_ACTIVATION, Fix.SCALE_TARGETS),
    build=regressor(10, (16,), output="sigmoid"),
    data=diabetes_raw,
    fit={"epochs": 60, "batch_size": 16},
    score=Score.R2,
    repaired_build=regressor(10, (16,), output=None, optimizer=lambda: optimizers.Adam(1e-2)),
)

XOR_ABSOLUTE_ERROR = Case(
    name="xor_absolute_error",
    source="https://stackoverflow.com/questions/31556268 (DeepLocalize, DeepFD)",
    reported="XOR network with sigmoid units, absolute error and slow SGD answers 0.5 everywhere",
    faults=(Symptom.NO_LEARNING, Symptom.CONSTANT_PREDICTIONS),
    expected_root_causes=(either(Cause.WRONG_LOSS), either(Cause.LEARNING_RATE_TOO_LOW)),
    acceptable_fixes=(Fix.CHANGE_LOSS, Fix.RAISE_LEARNING_RATE, Fix.CHANGE_OPTIMIZER),
    build=seeded(
        lambda: mlp(
            2,
            (4,),
            1,
            activation="sigmoid",
            output="sigmoid",
            loss="mean_absolute_error",
            optimizer=optimizers.SGD(0.05, momentum=0.11, nesterov=True),
        )
    ),
    data=noisy_xor,
    fit={"epochs": 40, "batch_size": 16},
    repaired_build=seeded(
        lambda: mlp(
            2,
            (4,),
            1,
            activation="sigmoid",
            output="sigmoid",
            loss="binary_crossentropy",
            optimizer=optimizers.Adam(0.1),
        )
    ),
)


def row_distance(y_true, y_predicted):
    """Euclidean distance of each row; its gradient at distance zero is undefined."""
    return ops.sqrt(ops.sum(ops.square(y_true - y_predicted), axis=-1))


def rainfall(seed: int) -> Data:
    """A non-negative target that is exactly zero for about half of the rows."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(600, 8))
    amount = x @ random.normal(size=8) + 0.5 * x[:, 0] * x[:, 1]
    return split(x, np.maximum(amount, 0.0)[:, None].astype("float32"), seed, stratify=False)


UNSTABLE_DISTANCE_LOSS = Case(
    name="unstable_distance_loss",
    source="https://github.com/keras-team/keras/issues/9097 and issues/6644",
    reported="hand-written Euclidean loss turns NaN as soon as one prediction is exact",
    faults=(
        Symptom.LOSS_NAN,  # in the weights; ReLU turns NaN into 0 here, so the loss stays finite
        Symptom.CONSTANT_PREDICTIONS,
        Symptom.NO_LEARNING,
    ),
    expected_root_causes=(either(Cause.UNSTABLE_CUSTOM_LOSS),),
    acceptable_fixes=(Fix.CHANGE_LOSS,),
    build=regressor(8, (32,), output="relu", loss=row_distance),
    data=rainfall,
    fit={"epochs": 30, "batch_size": 32},
    score=Score.R2,
    repaired_build=regressor(
        8, (32,), output="relu", loss="mae", optimizer=lambda: optimizers.Adam(3e-3)
    ),
)

# Optimisation ------------------------------------------------------------------------------------


def parabola(seed: int) -> Data:
    """Targets y = 5 x^2 + cubed noise for x in [0, 5]."""
    random = np.random.default_rng(seed)
    x = random.uniform(0.0, 5.0, size=(400, 1))
    y = 5.0 * x**2 + random.normal(size=x.shape) ** 3
    return split(x, y.astype("float32"), seed, stratify=False)


SGD_RATE_TOO_HIGH = Case(
    name="sgd_rate_too_high",
    source="https://stackoverflow.com/questions/48934338 (DeepLocalize, DeepFD)",
    reported="fitting a parabola with SGD at 0.1: predictions blow up or are a constant",
    faults=(
        Symptom.LOSS_DIVERGES,
        Symptom.EXPLODING_GRADIENTS,
        Symptom.DEAD_RELU,
        Symptom.CONSTANT_PREDICTIONS,
        Symptom.NO_LEARNING,
    ),
    expected_root_causes=(either(Cause.LEARNING_RATE_TOO_HIGH, Cause.TARGETS_NOT_SCALED),),
    acceptable_fixes=(
        Fix.LOWER_LEARNING_RATE,
        Fix.CHANGE_OPTIMIZER,
        Fix.SCALE_TARGETS,
        Fix.CLIP_GRADIENTS,
    ),
    build=regressor(1, (50, 30), optimizer=lambda: optimizers.SGD(0.1)),
    data=parabola,
    fit={"epochs": 40, "batch_size": 32},
    score=Score.R2,
    repaired_build=regressor(1, (50, 30), optimizer=lambda: optimizers.Adam(1e-2)),
)

OSCILLATING_LOSS = Case(
    name="oscillating_loss",
    source="https://stackoverflow.com/questions/37624102 (DeepFD); shiningrain/AUTOTRAINER, "
    "AutoTrainer/demo_case/Oscillating_Loss_Case",
    reported="loss jumps up and down: Nesterov SGD at 0.1 with momentum 0.9 on small batches",
    faults=(Symptom.LOSS_OSCILLATES, Symptom.LOSS_DIVERGES, Symptom.SATURATED_ACTIVATIONS),
    expected_root_causes=(either(Cause.LEARNING_RATE_TOO_HIGH),),
    acceptable_fixes=(Fix.LOWER_LEARNING_RATE, Fix.CHANGE_OPTIMIZER),
    build=digit_classifier(
        activation="tanh", optimizer=lambda: optimizers.SGD(0.09, momentum=0.9, nesterov=True)
    ),
    data=digits,
    fit={"epochs": 12, "batch_size": 8},
    repaired_build=digit_classifier(
        activation="tanh", optimizer=lambda: optimizers.SGD(0.01, momentum=0.9, nesterov=True)
    ),
)


def linear_prices(seed: int) -> Data:
    """A linear target with values of a few hundred."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(500, 3))
    y = x @ np.array([[120.0], [-60.0], [30.0]]) + 250.0 + random.normal(scale=10.0, size=(500, 1))
    return split(x, y.astype("float32"), seed, stratify=False)


RMSPROP_RATE_TOO_LOW = Case(
    name="rmsprop_rate_too_low",
    source="https://stackoverflow.com/questions/51181393 (DeepFD)",
    reported="linear regression creeps: RMSprop at its default 0.001 needs thousands of epochs",
    faults=(Symptom.SLOW_CONVERGENCE,),
    expected_root_causes=(either(Cause.LEARNING_RATE_TOO_LOW, Cause.TARGETS_NOT_SCALED),),
    acceptable_fixes=(Fix.RAISE_LEARNING_RATE, Fix.SCALE_TARGETS, Fix.CHANGE_OPTIMIZER),
    build=regressor(3, (), optimizer=lambda: optimizers.RMSprop(1e-3)),
    data=linear_prices,
    fit={"epochs": 60, "batch_size": 16},
    score=Score.R2,
    repaired_build=regressor(3, (), optimizer=lambda: optimizers.RMSprop(1.0)),
)


def two_uniform_squares(seed: int) -> Data:
    """Two classes of points drawn from neighbouring squares inside the unit square."""
    random = np.random.default_rng(seed)
    low = random.uniform(0.2, 0.45, size=(150, 2))
    high = random.uniform(0.5, 0.7, size=(150, 2))
    return split(np.concatenate([low, high]), np.repeat([0, 1], 150), seed)


TOO_FEW_EPOCHS = Case(
    name="too_few_epochs",
    source="https://stackoverflow.com/questions/50306988 (DeepLocalize, DeepFD)",
    reported="two separable clouds, two sigmoid units, five epochs of Adam: accuracy at one half",
    faults=(Symptom.SLOW_CONVERGENCE, Symptom.NO_LEARNING),
    expected_root_causes=(either(Cause.TOO_FEW_UPDATES, Cause.LEARNING_RATE_TOO_LOW),),
    acceptable_fixes=(Fix.TRAIN_LONGER, Fix.RAISE_LEARNING_RATE),
    build=seeded(
        lambda: mlp(
            2,
            (2,),
            2,
            activation="sigmoid",
            output="softmax",
            loss="sparse_categorical_crossentropy",
            optimizer=optimizers.Adam(1e-3),
        )
    ),
    data=two_uniform_squares,
    fit={"epochs": 5, "batch_size": 32},
    repaired_build=seeded(
        lambda: mlp(
            2,
            (2,),
            2,
            activation="sigmoid",
            output="softmax",
            loss="sparse_categorical_crossentropy",
            optimizer=optimizers.Adam(0.05),
        )
    ),
    repaired_fit={"epochs": 40, "batch_size": 32},
)

# Architecture and initial weights ----------------------------------------------------------------

DEEP_SIGMOID = Case(
    name="deep_sigmoid",
    source="shiningrain/AUTOTRAINER, AutoTrainer/demo_case/Gradient_Vanish_Case/demo.py; "
    "https://github.com/microsoft/CNTK/issues/476",
    reported="adding sigmoid layers makes training stand still from the first epoch",
    faults=(Symptom.VANISHING_GRADIENTS, Symptom.NO_LEARNING),
    expected_root_causes=(either(Cause.SATURATING_ACTIVATION),),
    acceptable_fixes=(Fix.CHANGE_HIDDEN_ACTIVATION, Fix.ADD_BATCH_NORM, Fix.CHANGE_INITIALIZER),
    build=digit_classifier(
        hidden=(32,) * 8, activation="sigmoid", optimizer=lambda: optimizers.SGD(0.1)
    ),
    data=digits,
    fit={"epochs": 25, "batch_size": 32},
    repaired_build=digit_classifier(hidden=(32,) * 8),
)

DEAD_RELU = Case(
    name="dead_relu",
    source="https://github.com/keras-team/keras/issues/7057",
    reported="units that never fire because of unlucky weights get no gradient and never recover",
    faults=(Symptom.DEAD_RELU, Symptom.NO_LEARNING, Symptom.CONSTANT_PREDICTIONS),
    expected_root_causes=(either(Cause.BAD_INITIALIZATION),),
    acceptable_fixes=(Fix.CHANGE_INITIALIZER, Fix.CHANGE_HIDDEN_ACTIVATION, Fix.ADD_BATCH_NORM),
    build=digit_classifier(bias_initializer=keras.initializers.Constant(-3.0)),
    data=digits,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=digit_classifier(),
)

DEAD_RELU_BY_LARGE_STEPS = Case(
    name="dead_relu_by_large_steps",
    source="https://github.com/keras-team/keras/issues/3425 and issues/3687",
    reported="ReLU network learns for a moment, then loss jumps and all outputs are the same",
    faults=(Symptom.DEAD_RELU, Symptom.LOSS_DIVERGES, Symptom.CONSTANT_PREDICTIONS),
    expected_root_causes=(either(Cause.LEARNING_RATE_TOO_HIGH),),
    acceptable_fixes=(Fix.LOWER_LEARNING_RATE, Fix.CHANGE_OPTIMIZER, Fix.CLIP_GRADIENTS),
    build=digit_classifier(
        hidden=(64, 64, 32), optimizer=lambda: optimizers.SGD(0.5, momentum=0.95)
    ),
    data=digits,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=digit_classifier(
        hidden=(64, 64, 32), optimizer=lambda: optimizers.SGD(0.02, momentum=0.9)
    ),
)

ZERO_WEIGHTS = Case(
    name="zero_weights",
    source="https://github.com/tensorflow/models/issues/1529",
    reported="all kernels start at zero: the network answers the class shares for ever",
    faults=(Symptom.NO_LEARNING, Symptom.CONSTANT_PREDICTIONS, Symptom.VANISHING_GRADIENTS),
    expected_root_causes=(either(Cause.BAD_INITIALIZATION),),
    acceptable_fixes=(Fix.CHANGE_INITIALIZER,),
    build=digit_classifier(kernel_initializer="zeros"),
    data=digits,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=digit_classifier(),
)

LARGE_WEIGHTS_TANH = Case(
    name="large_weights_tanh",
    source="thedeepchecker/thedeepchecker, buggy_synthetic_programs/wrong_init/baseCNN_random.py",
    reported="weights drawn with too large a deviation saturate tanh units; accuracy stays low",
    faults=(Symptom.SATURATED_ACTIVATIONS, Symptom.UNDERFITTING),
    expected_root_causes=(either(Cause.BAD_INITIALIZATION),),
    acceptable_fixes=(Fix.CHANGE_INITIALIZER, Fix.ADD_BATCH_NORM),
    build=digit_classifier(
        hidden=(64, 64, 64),
        activation="tanh",
        kernel_initializer=keras.initializers.RandomNormal(stddev=3.0),
    ),
    data=digits,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=digit_classifier(hidden=(64, 64, 64), activation="tanh"),
)

LINEAR_HIDDEN_LAYERS = Case(
    name="linear_hidden_layers",
    source="https://github.com/aymericdamien/TensorFlow-Examples/issues/207; neuralint/neuralint, "
    "DNN-metamodel.gps/TF_lenet_missing_relus.gst",
    reported="hidden layers without activation are no better than a linear model",
    faults=(Symptom.NO_LEARNING, Symptom.UNDERFITTING),
    expected_root_causes=(either(Cause.MISSING_NONLINEARITY),),
    acceptable_fixes=(Fix.CHANGE_HIDDEN_ACTIVATION,),
    build=seeded(
        lambda: mlp(
            2,
            (32, 32),
            1,
            activation=None,
            output="sigmoid",
            loss="binary_crossentropy",
            optimizer=optimizers.Adam(1e-2),
        )
    ),
    data=circles,
    fit={"epochs": 20, "batch_size": 32},
    repaired_build=seeded(
        lambda: mlp(
            2,
            (32, 32),
            1,
            output="sigmoid",
            loss="binary_crossentropy",
            optimizer=optimizers.Adam(1e-2),
        )
    ),
)


def frozen_digit_classifier(seed: int) -> keras.Model:
    model = digit_classifier()(seed)
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.layers[-1].trainable = False
    model.compile(optimizer="adam", loss=model.loss, metrics=["accuracy"])
    return model


ALL_LAYERS_FROZEN = Case(
    name="all_layers_frozen",
    source="https://github.com/keras-team/keras/issues/2506",
    reported="every layer marked not trainable: loss is constant, accuracy at chance",
    faults=(Symptom.NO_LEARNING,),
    expected_root_causes=(either(Cause.FROZEN_LAYERS),),
    acceptable_fixes=(Fix.UNFREEZE,),
    build=frozen_digit_classifier,
    data=digits,
    fit={"epochs": 10, "batch_size": 32},
    repaired_build=digit_classifier(),
)


def signal_slope(seed: int) -> Data:
    """Noisy sequences of 60 steps; the target is the mean of a slow component."""
    random = np.random.default_rng(seed)
    level = random.normal(size=(400, 1))
    drift = np.linspace(0.0, 1.0, 60) * random.normal(size=(400, 1))
    x = (level + drift + random.normal(scale=0.3, size=(400, 60)))[..., None]
    return split(x, (level + drift[:, -1:] / 2).astype("float32"), seed, stratify=False)


def recurrent_regressor(activation: str) -> Build:
    def make() -> keras.Model:
        model = keras.Sequential(
            [layers.Input((60, 1)), layers.LSTM(24, activation=activation), layers.Dense(1)]
        )
        model.compile(optimizer=optimizers.Adam(0.02), loss="mse", metrics=["mae"])
        return model

    return seeded(make)


RELU_RECURRENT = Case(
    name="relu_recurrent",
    source="https://github.com/AlexanderVNikitin/tsgm/issues/59 and "
    "https://github.com/keras-team/keras/issues/2194",
    reported="LSTM with ReLU instead of tanh: the loss suddenly explodes",
    faults=(Symptom.EXPLODING_GRADIENTS, Symptom.LOSS_DIVERGES, Symptom.LOSS_NAN),
    expected_root_causes=(either(Cause.UNBOUNDED_RECURRENT_ACTIVATION),),
    acceptable_fixes=(Fix.CHANGE_HIDDEN_ACTIVATION, Fix.CLIP_GRADIENTS, Fix.LOWER_LEARNING_RATE),
    build=recurrent_regressor("relu"),
    data=signal_slope,
    fit={"epochs": 12, "batch_size": 32},
    score=Score.R2,
    repaired_build=recurrent_regressor("tanh"),
)

# Capacity and regularisation ---------------------------------------------------------------------

OVERFIT_SMALL_DATA = Case(
    name="overfit_small_data",
    source="https://github.com/keras-team/keras/issues/8471 and issues/3755",
    reported="few samples, large network, many epochs: validation loss climbs as training falls",
    faults=(Symptom.OVERFITTING,),
    expected_root_causes=(either(Cause.OVERCAPACITY),),
    acceptable_fixes=(Fix.ADD_REGULARIZATION,),
    build=regressor(10, (256, 256, 128)),
    data=diabetes,
    fit={"epochs": 80, "batch_size": 16},
    score=Score.R2,
    repaired_build=regressor(10, (16,), kernel_regularizer=keras.regularizers.L2(0.02)),
)

PENALTY_TOO_STRONG = Case(
    name="penalty_too_strong",
    source="thedeepchecker/thedeepchecker, "
    "buggy_synthetic_programs/over_regulariaztion/baseCNN_over_reg.py",
    reported="weight penalty swamps the data loss; the model answers a constant",
    faults=(Symptom.UNDERFITTING, Symptom.CONSTANT_PREDICTIONS, Symptom.NO_LEARNING),
    expected_root_causes=(either(Cause.TOO_MUCH_REGULARIZATION),),
    acceptable_fixes=(Fix.REDUCE_REGULARIZATION,),
    build=digit_classifier(kernel_regularizer=keras.regularizers.L2(1.0)),
    data=digits,
    fit={"epochs": 15, "batch_size": 32},
    repaired_build=digit_classifier(kernel_regularizer=keras.regularizers.L2(1e-4)),
)


def classifier_with_output_dropout(rate: float, loss: str) -> Build:
    def make() -> keras.Model:
        model = keras.Sequential(
            [
                layers.Input((13,)),
                layers.Dense(14, activation="relu"),
                layers.Dropout(rate),
                layers.Dense(8, activation="relu"),
                layers.Dropout(rate),
                layers.Dense(3, activation="softmax"),
                layers.Dropout(rate),
            ]
        )
        model.compile(optimizer=optimizers.Adam(3e-3), loss=loss, metrics=["accuracy"])
        return model

    return seeded(make)


def wine_one_hot(seed: int) -> Data:
    return with_targets(standardised(wine_raw(seed)), lambda y: np.eye(3, dtype="float32")[y])


DROPOUT_ON_OUTPUT = Case(
    name="dropout_on_output",
    source="https://github.com/keras-team/keras/issues/5992",
    reported="same answer for all samples: dropout in a tiny network, even after the softmax",
    faults=(
        Symptom.UNDERFITTING,
        Symptom.LOSS_NAN,  # where all outputs of a row are dropped; weights stay finite
    ),
    expected_root_causes=(either(Cause.TOO_MUCH_REGULARIZATION),),
    acceptable_fixes=(Fix.REDUCE_REGULARIZATION,),
    build=classifier_with_output_dropout(0.8, "categorical_crossentropy"),
    data=wine_one_hot,
    fit={"epochs": 40, "batch_size": 16},
    repaired_build=classifier_with_output_dropout(0.0, "categorical_crossentropy"),
)

BATCH_NORM_LAG = Case(
    name="batch_norm_lag",
    source="https://github.com/keras-team/keras/issues/7265 and issues/10666",
    reported="with batch normalisation, training is fine and validation of the same kind is bad",
    faults=(Symptom.VALIDATION_MISMATCH,),
    expected_root_causes=(either(Cause.BATCH_NORM_STATISTICS_LAG, Cause.TOO_FEW_UPDATES),),
    acceptable_fixes=(Fix.CHANGE_BATCH_NORM_MOMENTUM, Fix.TRAIN_LONGER, Fix.NORMALIZE_INPUTS),
    build=digit_classifier(batch_norm=True, optimizer=lambda: optimizers.Adam(0.01)),
    data=lambda seed: with_inputs(digits(seed), lambda x: 255.0 * x),
    fit={"epochs": 4, "batch_size": 128},
    repaired_build=digit_classifier(batch_norm=True, optimizer=lambda: optimizers.Adam(0.01)),
    repaired_fit={"epochs": 30, "batch_size": 64},
)

# Data --------------------------------------------------------------------------------------------

PIXELS_0_TO_255 = Case(
    name="pixels_0_to_255",
    source="https://github.com/keras-team/keras/issues/6914 and "
    "https://github.com/tensorflow/tensorflow/issues/32899",
    reported="digit classifier fed with raw pixels stays at 10 to 30 % accuracy",
    faults=(Symptom.NO_LEARNING, Symptom.DEAD_RELU),
    expected_root_causes=(either(Cause.INPUTS_NOT_NORMALIZED),),
    acceptable_fixes=(Fix.NORMALIZE_INPUTS, Fix.ADD_BATCH_NORM),
    build=digit_classifier(optimizer=lambda: optimizers.SGD(0.05)),
    data=lambda seed: with_inputs(digits(seed), lambda x: 255.0 * x),
    fit={"epochs": 20, "batch_size": 32},
    repaired_build=digit_classifier(optimizer=lambda: optimizers.SGD(0.05)),
    repaired_data=digits,
)

UNEVEN_FEATURES = Case(
    name="uneven_features",
    source="https://stackoverflow.com/questions/47724077 (DeepLocalize, DeepFD)",
    reported="table with columns of very different ranges, not scaled: accuracy barely moves",
    faults=(Symptom.UNDERFITTING, Symptom.LOSS_OSCILLATES),
    expected_root_causes=(either(Cause.INPUTS_NOT_NORMALIZED),),
    acceptable_fixes=(Fix.NORMALIZE_INPUTS, Fix.ADD_BATCH_NORM),
    build=seeded(
        lambda: mlp(
            13,
            (21,),
            3,
            output="softmax",
            loss="sparse_categorical_crossentropy",
            optimizer=optimizers.Adam(1e-3),
        )
    ),
    data=wine_raw,
    fit={"epochs": 50, "batch_size": 16},
    repaired_data=lambda seed: standardised(wine_raw(seed)),
)


def quartic(seed: int) -> Data:
    """Targets y = x^4 for x in [-100, 100]: targets up to 1e8."""
    x = np.random.default_rng(seed).uniform(-100.0, 100.0, size=(600, 1)).astype("float32")
    return split(x, x**4, seed, stratify=False)


def elu_regressor(rate: float) -> Build:
    def make() -> keras.Model:
        model = keras.Sequential(
            [
                layers.Input((1,)),
                layers.Dense(50, activation="sigmoid"),
                layers.Dense(50, activation="elu"),
                layers.Dense(1),
            ]
        )
        model.compile(optimizer=optimizers.Adam(rate), loss="mse")
        return model

    return seeded(make)


TARGETS_UP_TO_1E8 = Case(
    name="targets_up_to_1e8",
    source="https://stackoverflow.com/questions/52800582 (DeepLocalize, DeepFD)",
    reported="network for x^4 on [-100, 100] stays near zero while targets reach 1e8",
    faults=(Symptom.SLOW_CONVERGENCE, Symptom.UNDERFITTING),
    expected_root_causes=(either(Cause.TARGETS_NOT_SCALED),),
    acceptable_fixes=(Fix.SCALE_TARGETS, Fix.NORMALIZE_INPUTS),
    build=elu_regressor(0.01),
    data=quartic,
    fit={"epochs": 60, "batch_size": 32},
    score=Score.R2,
    repaired_data=lambda seed: standardised_targets(standardised(quartic(seed))),
)


def digits_divided_by_deviation(seed: int) -> Data:
    """Standardised by hand; pixels that are always 0 become 0/0."""
    raw = digits(seed)
    mean, deviation = raw["x"].mean(axis=0), raw["x"].std(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return with_inputs(raw, lambda x: (x - mean) / deviation)


NAN_FROM_STANDARDISING = Case(
    name="nan_from_standardising",
    source="https://github.com/keras-team/keras/issues/2134",
    reported="loss is NaN from the first batch: constant columns were divided by deviation 0",
    faults=(Symptom.LOSS_NAN,),
    expected_root_causes=(either(Cause.NAN_IN_DATA),),
    acceptable_fixes=(Fix.CLEAN_DATA, Fix.NORMALIZE_INPUTS),
    build=digit_classifier(activation="tanh"),
    data=digits_divided_by_deviation,
    fit={"epochs": 10, "batch_size": 32},
    repaired_data=lambda seed: standardised(digits(seed)),
)


def sine_with_outliers(seed: int, *, clean: bool = False) -> Data:
    """Targets y = sin(pi x); in the training part 3 % of the targets are typing errors of 60."""
    random = np.random.default_rng(seed)
    x = random.uniform(-1.0, 1.0, size=(500, 1))
    data = split(x, np.sin(np.pi * x).astype("float32"), seed, stratify=False)
    wrong = random.random(len(data["y"])) < 0.03
    if clean:
        return {**data, "x": data["x"][~wrong], "y": data["y"][~wrong]}
    return {**data, "y": np.where(wrong[:, None], 60.0, data["y"]).astype("float32")}


TARGET_OUTLIERS = Case(
    name="target_outliers",
    source="https://www.neuraldesigner.com/blog/"
    "effective-outlier-treatment-methods-machine-learning/",
    reported="a sine curve with a few wild targets: squared error pulls the whole curve away",
    faults=(Symptom.UNDERFITTING, Symptom.LOSS_OSCILLATES, Symptom.VALIDATION_MISMATCH),
    expected_root_causes=(either(Cause.OUTLIERS),),
    acceptable_fixes=(Fix.CLEAN_DATA, Fix.ROBUST_LOSS),
    build=regressor(1, (32, 32), optimizer=lambda: optimizers.Adam(0.01)),
    data=sine_with_outliers,
    fit={"epochs": 60, "batch_size": 32},
    score=Score.R2,
    repaired_data=lambda seed: sine_with_outliers(seed, clean=True),
)


def digits_labels_divided(seed: int) -> Data:
    """Labels of the training and validation parts divided by 255 along with the pixels."""
    data = digits(seed)
    x_val, y_val = data["validation_data"]
    return {**data, "y": data["y"] / 255.0, "validation_data": (x_val, y_val / 255.0)}


LABELS_DIVIDED = Case(
    name="labels_divided",
    source="https://stackoverflow.com/questions/59325381 (DeepLocalize, DeepFD)",
    reported="labels were normalised like pixels: loss falls to zero, accuracy stays at chance",
    faults=(Symptom.LOSS_METRIC_DISAGREE, Symptom.CONSTANT_PREDICTIONS),
    expected_root_causes=(either(Cause.LABELS_CORRUPTED),),
    acceptable_fixes=(Fix.FIX_LABELS,),
    build=digit_classifier(),
    data=digits_labels_divided,
    fit={"epochs": 12, "batch_size": 32},
    repaired_data=digits,
)


def digits_labels_misaligned(seed: int) -> Data:
    """Training and validation labels in another order than their inputs."""
    data = digits(seed)
    random = np.random.default_rng(seed)
    x_val, y_val = data["validation_data"]
    return {
        **data,
        "y": random.permutation(data["y"]),
        "validation_data": (x_val, random.permutation(y_val)),
    }


LABELS_MISALIGNED = Case(
    name="labels_misaligned",
    source="https://github.com/keras-team/keras/pull/7520 and "
    "https://github.com/tensorflow/tensorflow/issues/50124",
    reported="inputs were shuffled, labels were not: training memorises, validation is at chance",
    faults=(Symptom.NO_LEARNING, Symptom.OVERFITTING, Symptom.VALIDATION_MISMATCH),
    expected_root_causes=(either(Cause.LABELS_CORRUPTED),),
    acceptable_fixes=(Fix.FIX_LABELS,),
    build=digit_classifier(hidden=(128, 64)),
    data=digits_labels_misaligned,
    fit={"epochs": 30, "batch_size": 32},
    repaired_data=digits,
)


def rare_event(seed: int) -> Data:
    """Two overlapping classes, 4 % positive."""
    x, y = datasets.make_classification(
        3000,
        n_features=12,
        n_informative=5,
        weights=[0.96],
        class_sep=0.8,
        flip_y=0.0,
        random_state=seed,
    )
    return standardised(split(x, y, seed))


def rare_event_classifier() -> Build:
    return seeded(
        lambda: mlp(
            12,
            (8,),
            1,
            output="sigmoid",
            loss="binary_crossentropy",
            optimizer=optimizers.Adam(3e-3),
        )
    )


MINORITY_IGNORED = Case(
    name="minority_ignored",
    source="https://github.com/keras-team/keras/issues/10292 and issues/2005",
    reported="accuracy equals the share of the common class; the rare class is never predicted",
    faults=(Symptom.MINORITY_CLASS_IGNORED,),
    expected_root_causes=(either(Cause.CLASS_IMBALANCE),),
    acceptable_fixes=(Fix.WEIGHT_CLASSES,),
    build=rare_event_classifier(),
    data=rare_event,
    fit={"epochs": 10, "batch_size": 64},
    score=Score.BALANCED_ACCURACY,
    repaired_build=rare_event_classifier(),
    repaired_fit={"epochs": 10, "batch_size": 64, "class_weight": {0: 0.52, 1: 12.5}},
)


def digits_sorted(seed: int) -> Data:
    """Training rows ordered by class; validation is to be cut off their end."""
    data = digits(seed)
    x_val, y_val = data["validation_data"]
    x, y = np.concatenate([data["x"], x_val]), np.concatenate([data["y"], y_val])
    order = np.argsort(y, kind="stable")
    return {**data, "x": x[order], "y": y[order], "validation_data": None}


def digits_shuffled(seed: int) -> Data:
    data = digits_sorted(seed)
    order = np.random.default_rng(seed).permutation(len(data["y"]))
    return {**data, "x": data["x"][order], "y": data["y"][order]}


SPLIT_OF_SORTED_DATA = Case(
    name="split_of_sorted_data",
    source="https://github.com/keras-team/keras/issues/8346 and issues/4298",
    reported="validation_split takes the last classes of sorted data: validation accuracy is 0",
    faults=(Symptom.VALIDATION_MISMATCH,),
    expected_root_causes=(either(Cause.UNREPRESENTATIVE_SPLIT, Cause.NOT_SHUFFLED),),
    acceptable_fixes=(Fix.STRATIFY_SPLIT, Fix.SHUFFLE),
    build=digit_classifier(),
    data=digits_sorted,
    fit={"epochs": 15, "batch_size": 32, "validation_split": 0.2},
    repaired_data=digits_shuffled,
)


def digits_two_preprocessings(seed: int) -> Data:
    """Training pixels in [0, 1]; validation and test pixels centred on their mean and scaled."""
    data = digits(seed)
    held_out = with_inputs(data, lambda x: 2.0 * (x - 0.5) - 1.0)
    return {**held_out, "x": data["x"]}


TWO_PREPROCESSINGS = Case(
    name="two_preprocessings",
    source="https://github.com/keras-team/keras/issues/12689 and issues/13517",
    reported="training accuracy 96 %, validation at chance: two generators scale differently",
    faults=(Symptom.VALIDATION_MISMATCH,),
    expected_root_causes=(either(Cause.PREPROCESSING_MISMATCH),),
    acceptable_fixes=(Fix.ALIGN_PREPROCESSING,),
    build=digit_classifier(),
    data=digits_two_preprocessings,
    fit={"epochs": 15, "batch_size": 32},
    repaired_data=digits,
)

# Healthy programs that look suspicious -----------------------------------------------------------

HEALTHY_PLAIN = Case(
    name="healthy_plain",
    source="control; a sound program",
    reported="nothing: a small classifier of digits",
    build=digit_classifier(),
    data=digits,
    fit={"epochs": 20, "batch_size": 32},
)

HEALTHY_WARM_UP = Case(
    name="healthy_warm_up",
    source="control; cf. https://github.com/microsoft/CNTK/issues/476",
    reported="nothing: loss hardly moves in the first two epochs because the rate warms up",
    build=digit_classifier(
        optimizer=lambda: optimizers.Adam(
            optimizers.schedules.CosineDecay(
                0.0, decay_steps=700, warmup_target=3e-3, warmup_steps=140
            )
        )
    ),
    data=digits,
    fit={"epochs": 24, "batch_size": 32},
)


def cancer_small_validation(seed: int) -> Data:
    """Only 16 validation rows: the validation curve is jagged by chance."""
    data = breast_cancer(seed)
    x_val, y_val = data["validation_data"]
    return {**data, "validation_data": (x_val[:16], y_val[:16])}


HEALTHY_NOISY_VALIDATION = Case(
    name="healthy_noisy_validation",
    source="control; cf. https://github.com/scheckmedia/keras-shufflenet/issues/2",
    reported="nothing: validation accuracy jumps because it is measured on 16 rows",
    build=cancer_classifier(kernel_regularizer=keras.regularizers.L2(1e-3)),
    data=cancer_small_validation,
    fit={"epochs": 25, "batch_size": 32},
)


def digits_upper_half(seed: int) -> Data:
    bunch = datasets.load_digits()
    chosen = bunch.target >= 5
    return split(bunch.data[chosen] / 16.0, bunch.target[chosen] - 5, seed)


def fine_tuned_classifier(seed: int) -> keras.Model:
    """Two layers trained on digits 0 to 4, frozen, under a new head for digits 5 to 9."""
    keras.utils.set_random_seed(seed)
    bunch = datasets.load_digits()
    chosen = bunch.target < 5
    pretrained = mlp(
        64,
        (64, 32),
        5,
        output="softmax",
        loss="sparse_categorical_crossentropy",
        optimizer=optimizers.Adam(1e-3),
    )
    pretrained.fit(bunch.data[chosen] / 16.0, bunch.target[chosen], epochs=8, verbose=0)
    model = mlp(
        64,
        (64, 32, 32),
        5,
        output="softmax",
        loss="sparse_categorical_crossentropy",
        optimizer=optimizers.Adam(5e-3),
    )
    for copy, layer in zip(model.layers[:2], pretrained.layers[:2], strict=True):
        copy.set_weights(layer.get_weights())
        copy.trainable = False
    model.compile(
        optimizer=optimizers.Adam(5e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


HEALTHY_FROZEN_BASE = Case(
    name="healthy_frozen_base",
    source="control; cf. https://github.com/keras-team/keras/issues/4674",
    reported="nothing: most layers get no gradient because a pretrained base is frozen on purpose",
    build=fine_tuned_classifier,
    data=digits_upper_half,
    fit={"epochs": 60, "batch_size": 32},
)

HEALTHY_BATCH_NORM = Case(
    name="healthy_batch_norm",
    source="control; cf. https://github.com/keras-team/keras/issues/3366",
    reported="nothing: validation is poor for two epochs until the moving statistics settle",
    build=digit_classifier(batch_norm=True),
    data=lambda seed: standardised(digits(seed)),
    fit={"epochs": 20, "batch_size": 32},
)


def separable_rare_event(seed: int) -> Data:
    """6 % positive, but well separated."""
    x, y = datasets.make_classification(
        1500,
        n_features=10,
        n_informative=4,
        n_clusters_per_class=1,
        weights=[0.94],
        class_sep=2.5,
        flip_y=0.0,
        random_state=seed,
    )
    return standardised(split(x, y, seed))


HEALTHY_IMBALANCED = Case(
    name="healthy_imbalanced",
    source="control; cf. https://github.com/keras-team/keras/issues/4246",
    reported="nothing: 6 % positives, yet both classes are predicted well",
    build=seeded(
        lambda: mlp(
            10,
            (16,),
            1,
            output="sigmoid",
            loss="binary_crossentropy",
            optimizer=optimizers.Adam(5e-3),
        )
    ),
    data=separable_rare_event,
    fit={"epochs": 20, "batch_size": 32},
    score=Score.BALANCED_ACCURACY,
)

HEALTHY_EARLY_PLATEAU = Case(
    name="healthy_early_plateau",
    source="control; cf. https://github.com/phlippe/uvadlc_notebooks/issues/119",
    reported="nothing: loss is flat for the first epochs, then the network breaks symmetry",
    build=digit_classifier(
        hidden=(32, 32, 32), activation="sigmoid", optimizer=lambda: optimizers.Adam(5e-3)
    ),
    data=digits,
    fit={"epochs": 40, "batch_size": 32},
)

HEALTHY_DROPOUT = Case(
    name="healthy_dropout",
    source="control; cf. https://github.com/keras-team/keras/issues/1761 and issues/472",
    reported="nothing: training metric below the validation metric because of dropout",
    build=digit_classifier(hidden=(128, 64), dropout=0.4),
    data=digits,
    fit={"epochs": 30, "batch_size": 32},
)

# Registry ----------------------------------------------------------------------------------------

CASES: tuple[Case, ...] = (
    SOFTMAX_SINGLE_UNIT,
    RELU_OUTPUT_CLASSIFIER,
    LOGITS_AS_PROBABILITIES,
    CATEGORICAL_LOSS_SINGLE_UNIT,
    SIGMOID_OUTPUT_REGRESSION,
    XOR_ABSOLUTE_ERROR,
    UNSTABLE_DISTANCE_LOSS,
    SGD_RATE_TOO_HIGH,
    OSCILLATING_LOSS,
    RMSPROP_RATE_TOO_LOW,
    TOO_FEW_EPOCHS,
    DEEP_SIGMOID,
    DEAD_RELU,
    DEAD_RELU_BY_LARGE_STEPS,
    ZERO_WEIGHTS,
    LARGE_WEIGHTS_TANH,
    LINEAR_HIDDEN_LAYERS,
    ALL_LAYERS_FROZEN,
    RELU_RECURRENT,
    OVERFIT_SMALL_DATA,
    PENALTY_TOO_STRONG,
    DROPOUT_ON_OUTPUT,
    BATCH_NORM_LAG,
    PIXELS_0_TO_255,
    UNEVEN_FEATURES,
    TARGETS_UP_TO_1E8,
    NAN_FROM_STANDARDISING,
    TARGET_OUTLIERS,
    LABELS_DIVIDED,
    LABELS_MISALIGNED,
    MINORITY_IGNORED,
    SPLIT_OF_SORTED_DATA,
    TWO_PREPROCESSINGS,
    HEALTHY_PLAIN,
    HEALTHY_WARM_UP,
    HEALTHY_NOISY_VALIDATION,
    HEALTHY_FROZEN_BASE,
    HEALTHY_BATCH_NORM,
    HEALTHY_IMBALANCED,
    HEALTHY_EARLY_PLATEAU,
    HEALTHY_DROPOUT,
)
