"""Program -> compiled model: output, loss, optimizer, schedule, metrics."""

import keras
import tensorflow as tf

from programs.bodies import BODIES
from programs.data import Data, Goal
from programs.program import Program

L = keras.layers
WORD_VECTOR = 16
OPTIMIZERS = {
    "sgd": lambda rate, clip: keras.optimizers.SGD(rate, global_clipnorm=clip),
    "momentum": lambda rate, clip: keras.optimizers.SGD(rate, momentum=0.9, global_clipnorm=clip),
    "nesterov": lambda rate, clip: keras.optimizers.SGD(
        rate, momentum=0.9, nesterov=True, global_clipnorm=clip
    ),
    "adam": lambda rate, clip: keras.optimizers.Adam(rate, global_clipnorm=clip),
    "adamw": lambda rate, clip: keras.optimizers.AdamW(
        rate, weight_decay=0.004, global_clipnorm=clip
    ),
    "rmsprop": lambda rate, clip: keras.optimizers.RMSprop(rate, global_clipnorm=clip),
    "adagrad": lambda rate, clip: keras.optimizers.Adagrad(rate, global_clipnorm=clip),
    "nadam": lambda rate, clip: keras.optimizers.Nadam(rate, global_clipnorm=clip),
    "lion": lambda rate, clip: keras.optimizers.Lion(rate, global_clipnorm=clip),
}
ACTIVATIONS = {
    Goal.CLASSES: "softmax",
    Goal.STEPS: "softmax",
    Goal.TWO_CLASSES: "sigmoid",
    Goal.LABELS: "sigmoid",
    Goal.NUMBER: "linear",
    Goal.COUNT: "exponential",
    Goal.INPUTS: "sigmoid",
}
LOSSES = {
    Goal.CLASSES: "sparse_categorical_crossentropy",
    Goal.STEPS: "sparse_categorical_crossentropy",
    Goal.TWO_CLASSES: "binary_crossentropy",
    Goal.LABELS: "binary_crossentropy",
    Goal.NUMBER: "mean_squared_error",
    Goal.COUNT: "poisson",
    Goal.INPUTS: "mean_squared_error",
}
METRICS = {
    Goal.NUMBER: ("mae",),
    Goal.COUNT: ("mae",),
    Goal.INPUTS: ("mae",),
    Goal.LABELS: ("binary_accuracy",),
}


def build(program: Program, data: Data) -> keras.Model:
    """The compiled model of a program for data of this form."""
    inputs = x = L.Input(data.train.x.shape[1:], dtype=data.train.x.dtype.name)
    if data.tokens:
        x = L.Embedding(data.tokens, WORD_VECTOR)(x)
    x = BODIES[program.body](program, x)
    activation = _output(program, data.goal)
    outputs = L.Dense(_units(data), activation=activation)(x)
    model = keras.Model(inputs, outputs)
    freeze(model, program.frozen)
    compile_model(model, program, data)
    return model


def compile_model(model: keras.Model, program: Program, data: Data) -> None:
    """Compile a model as the program says."""
    names = program.metrics or METRICS.get(data.goal, ("accuracy",))
    rate = _rate(program, steps=program.epochs * -(-len(data.train) // program.batch))
    model.compile(
        optimizer=OPTIMIZERS[program.optimizer](rate, program.clip),
        loss=_loss(program, data.goal),
        metrics=[METRIC_MAKERS[name](data) if name in METRIC_MAKERS else name for name in names],
    )


def freeze(model: keras.Model, count: int) -> None:
    """Stop the first hidden layers with weights from learning; the last layer stays free."""
    layers = [layer for layer in model.layers if layer.weights]
    for layer in layers[: min(count, len(layers) - 1)]:
        layer.trainable = False


def _units(data: Data) -> int:
    if data.goal in (Goal.CLASSES, Goal.STEPS, Goal.LABELS):
        return data.classes
    return data.train.y.shape[-1] if data.goal is Goal.INPUTS else 1


def _output(program: Program, goal: Goal) -> str:
    if program.output != "usual":
        return program.output
    return "linear" if program.logits else ACTIVATIONS[goal]


def _loss(program: Program, goal: Goal) -> object:
    name = LOSSES[goal] if program.loss == "usual" else program.loss
    if program.one_hot and program.loss == "usual":
        name = "categorical_crossentropy"
    if name == "root":
        return root_of_error
    if name in OWN_LOSSES:
        return OWN_LOSSES[name]()
    options = {"from_logits": True} if program.logits else {}
    if program.smoothing:
        options["label_smoothing"] = program.smoothing
    return keras.losses.deserialize({"class_name": CLASSES_OF_LOSSES[name], "config": options})


def root_of_error(y, answers):
    """Root of the squared error of each row: its gradient is infinite where the error is zero."""
    return tf.sqrt(tf.reduce_mean(tf.square(y - answers), axis=-1))


def log_of_answers(y, answers):
    """Cross-entropy without a floor under the logarithm."""
    y = tf.cast(y, answers.dtype)
    return -tf.reduce_mean(
        y * tf.math.log(answers) + (1.0 - y) * tf.math.log(1.0 - answers), axis=-1
    )


OWN_LOSSES = {"root": lambda: root_of_error, "log": lambda: log_of_answers}
CLASSES_OF_LOSSES = {
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "binary_crossentropy": "BinaryCrossentropy",
    "mean_squared_error": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "huber": "Huber",
    "log_cosh": "LogCosh",
    "poisson": "Poisson",
    "hinge": "Hinge",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
}
METRIC_MAKERS = {
    "auc": lambda data: keras.metrics.AUC(name="auc"),
    "precision": lambda data: keras.metrics.Precision(name="precision"),
    "recall": lambda data: keras.metrics.Recall(name="recall"),
    "top-2": lambda data: keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2"),
    "r2": lambda data: keras.metrics.R2Score(name="r2"),
}


def _rate(program: Program, steps: int) -> object:
    rate = program.rate * program.rate_factor
    schedules = keras.optimizers.schedules
    if program.schedule == "cosine":
        return schedules.CosineDecay(rate, steps)
    if program.schedule == "restarts":
        return schedules.CosineDecayRestarts(rate, max(steps // 3, 1), t_mul=2.0, m_mul=0.7)
    if program.schedule == "warm-up":
        return schedules.CosineDecay(
            rate / 20, steps, warmup_target=rate, warmup_steps=max(steps // 8, 1)
        )
    if program.schedule == "steps":
        bounds = [steps // 2, 3 * steps // 4]
        return schedules.PiecewiseConstantDecay(bounds, [rate, rate / 5, rate / 25])
    if program.schedule == "exponential":
        return schedules.ExponentialDecay(rate, max(steps // 4, 1), 0.6)
    return rate
