"""Small compiled models of every kind, with data that they train on, for tests and benchmarks."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import layers

ROWS = 24


@dataclass(frozen=True)
class Kind:
    """One kind of model and where edits go.

    Args:
        make: makes the compiled model.
        data: makes (x, y).
        hidden: path of a hidden layer with weights, for penalties and initial values.
        active: path of a hidden layer with an activation; the same as `hidden` if empty.
        dropout: path of the layer to put dropout behind; the same as `hidden` if empty.
        normalized: path of the layer to put normalisation behind; the same as `hidden` if empty.
        narrowed: path of the layer that gets fewer units; the same as `hidden` if empty.
        skip: path of a layer and of an earlier one whose output is added to its own.
        refused: what cannot be done, to a word that the refusal must hold.
    """

    make: Callable[[], keras.Model]
    data: Callable[[], tuple]
    hidden: str = "hidden"
    active: str = ""
    dropout: str = ""
    normalized: str = ""
    narrowed: str = ""
    skip: tuple[str, str] = ("second", "hidden")
    refused: dict[str, str] = field(default_factory=dict)


def table_rows(classes=3):
    def data():
        generator = np.random.default_rng(0)
        x = generator.normal(3.0, 5.0, size=(ROWS, 4)).astype("float32")
        return x, generator.integers(0, classes, size=ROWS)

    return data


def sequence_rows(length=6, features=3):
    def data():
        generator = np.random.default_rng(0)
        x = generator.normal(size=(ROWS, length, features)).astype("float32")
        return x, generator.integers(0, 3, size=ROWS)

    return data


def token_rows():
    generator = np.random.default_rng(0)
    x = generator.integers(1, 10, size=(ROWS, 6))
    x[:, 4:] = 0
    return x.astype("int32"), generator.integers(0, 3, size=ROWS)


def image_rows():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(ROWS, 8, 8, 2)).astype("float32")
    return x, generator.integers(0, 3, size=ROWS)


def classifier(inputs, features, **arguments):
    out = layers.Dense(3, activation="softmax", name="out")(features)
    return compiled(keras.Model(inputs, out), **arguments)


def compiled(model, loss="sparse_categorical_crossentropy", **arguments):
    arguments.setdefault("metrics", ["accuracy"])
    model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.5), loss=loss, **arguments)
    return model


def sequential():
    return compiled(
        keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(8, activation="sigmoid", name="hidden"),
                layers.Dense(8, activation="tanh", name="second"),
                layers.Dense(3, activation="softmax", name="out"),
            ]
        )
    )


def unbuilt():
    return compiled(
        keras.Sequential(
            [
                layers.Dense(8, activation="sigmoid", name="hidden"),
                layers.Dense(8, activation="tanh", name="second"),
                layers.Dense(3, activation="softmax", name="out"),
            ]
        )
    )


def activation_layers():
    return compiled(
        keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(8, name="hidden"),
                layers.ReLU(name="relu"),
                layers.Dense(8, name="second"),
                layers.LeakyReLU(name="leaky"),
                layers.Dense(3, name="out"),
                layers.Softmax(name="softmax"),
            ]
        )
    )


def several_inputs_and_outputs():
    one, two = keras.Input((4,), name="one"), keras.Input((2,), name="two")
    hidden = layers.Dense(8, activation="tanh", name="hidden")(one)
    x = layers.Concatenate()([layers.Dense(8, activation="elu", name="second")(hidden), two])
    classes = layers.Dense(3, activation="softmax", name="classes")(x)
    number = layers.Dense(1, name="number")(x)
    model = keras.Model({"one": one, "two": two}, {"classes": classes, "number": number})
    return compiled(
        model,
        loss={"classes": "sparse_categorical_crossentropy", "number": "mse"},
        metrics={"classes": ["sparse_categorical_accuracy"], "number": ["mae"]},
        loss_weights={"classes": 1.0, "number": 0.5},
    )


def several_rows():
    x, y = table_rows()()
    return {"one": x, "two": x[:, :2]}, {"classes": y, "number": x[:, :1]}


def shared_layer():
    inputs = keras.Input((4,))
    one, two = (layers.Dense(4, activation="tanh", name=name) for name in ("hidden", "second"))
    return classifier(inputs, one(two(one(two(inputs)))))


def nested():
    inner_input = keras.Input((4,))
    deep = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="tanh", name="leaf")])
    deep.name = "deep"
    x = layers.Dense(6, activation="tanh", name="hidden")(inner_input)
    x = layers.Dense(6, activation="tanh", name="second")(x)
    inner = keras.Model(inner_input, deep(x), name="inner")
    inputs = keras.Input((4,))
    return classifier(inputs, inner(inputs))


def nested_twice():
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, activation="tanh", name="hidden")], name="inner"
    )
    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two")
    return classifier([one, two], layers.Subtract()([inner(one), inner(two)]))


def two_tables():
    x, y = table_rows()()
    return [x, x[::-1].copy()], y


def sequential_in_sequential():
    inner = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, activation="tanh", name="hidden"),
            layers.Dense(8, activation="tanh", name="second"),
        ],
        name="inner",
    )
    return compiled(
        keras.Sequential(
            [keras.Input((4,)), inner, layers.Dense(3, activation="softmax", name="out")]
        )
    )


def layer_in_and_outside():
    shared = layers.Dense(4, activation="tanh", name="hidden")
    inner_input = keras.Input((4,))
    inner = keras.Model(inner_input, shared(inner_input), name="inner")
    inputs = keras.Input((4,))
    return classifier(inputs, shared(inner(inputs)))


def skip():
    inputs = keras.Input((4,))
    x = layers.Dense(8, name="hidden")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Activation("relu", name="act")(x)
    y = layers.Dense(8, activation="tanh", name="second")(x)
    return classifier(inputs, layers.Add()([x, y]))


def convolution():
    return compiled(
        keras.Sequential(
            [
                keras.Input((8, 8, 2)),
                layers.Conv2D(4, 3, activation="relu", padding="same", name="hidden"),
                layers.Conv2D(4, 3, activation="relu", padding="same", name="second"),
                layers.MaxPooling2D(),
                layers.SeparableConv2D(4, 3, activation="relu", name="separable"),
                layers.GlobalAveragePooling2D(),
                layers.Dense(3, activation="softmax", name="out"),
            ]
        )
    )


def recurrent():
    inputs = keras.Input((6, 3))
    x = layers.LSTM(8, return_sequences=True, name="lstm")(inputs)
    x = layers.Bidirectional(layers.GRU(4, return_sequences=True), name="both")(x)
    x = layers.TimeDistributed(layers.Dense(4, activation="tanh"), name="each")(x)
    x = layers.RNN(layers.SimpleRNNCell(4), name="cells")(x)
    return classifier(inputs, x)


def encoder_decoder():
    source, target = keras.Input((6, 3), name="source"), keras.Input((6, 3), name="target")
    _, hidden, cell = layers.LSTM(5, return_state=True, name="encoder")(source)
    decoded = layers.LSTM(5, name="decoder")(target, initial_state=[hidden, cell])
    x = layers.Dense(5, activation="tanh", name="hidden")(decoded)
    return classifier([source, target], x)


def two_sequences():
    x, y = sequence_rows()()
    return [x, x[::-1].copy()], y


def masked():
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Embedding(10, 4, mask_zero=True, name="words")(inputs)
    x = layers.Dense(4, activation="tanh", name="hidden")(x)
    return classifier(inputs, layers.LSTM(4, name="lstm")(x))


def attention():
    inputs = keras.Input((6, 4))
    x = layers.MultiHeadAttention(2, 3, name="attention")(inputs, inputs, use_causal_mask=True)
    x = layers.LayerNormalization(name="norm")(layers.Add()([x, inputs]))
    y = layers.Dense(8, activation="gelu", name="hidden")(x)
    y = layers.Dense(4, name="back")(y)
    x = layers.Add()([x, y])
    return classifier(inputs, layers.GlobalAveragePooling1D()(x))


def transformer_encoder(blocks=2, width=8, classes=3):
    """Layers of Keras only: attention, normalisation and two dense layers in each block."""
    inputs = keras.Input((6, width))
    x = inputs
    for block in range(blocks):
        attended = layers.MultiHeadAttention(2, width // 2, name=f"attention_{block}")(x, x)
        x = layers.LayerNormalization(name=f"norm_{block}")(
            layers.Add(name=f"sum_{block}")([x, attended])
        )
        hidden = layers.Dense(2 * width, activation="gelu", name=f"hidden_{block}")(x)
        back = layers.Dense(width, name=f"back_{block}")(hidden)
        x = layers.Add(name=f"second_sum_{block}")([x, back])
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="out")(x))


def operations():
    inputs = keras.Input((4,))
    x = layers.Dense(8, activation="tanh", name="hidden")(inputs * 2.0 + np.ones(4, "float32"))
    x = layers.Lambda(lambda t: keras.ops.tanh(t) * 2.0, name="lambda")(x)
    first, second = keras.ops.split(x, 2, axis=-1)
    x = keras.ops.concatenate([first[:, ::-1], second], axis=-1)
    logits = layers.Dense(3, name="out")(x)
    return compiled(keras.Model(inputs, keras.ops.softmax(logits)))


class Scaled(layers.Layer):
    """A layer whose config tells all."""

    def __init__(self, factor=2.0, **arguments):
        super().__init__(**arguments)
        self.factor = factor

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")

    def call(self, x):
        return x * self.scale * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


class Simple(layers.Layer):
    """A layer that leaves its config to Keras."""

    def __init__(self, factor=2.0):
        super().__init__()
        self.factor = factor

    def call(self, x):
        return x * self.factor


class Forgetful(layers.Layer):
    """A layer whose config forgets an argument."""

    def __init__(self, factor=2.0, **arguments):
        super().__init__(**arguments)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return super().get_config()


def custom():
    inputs = keras.Input((4,))
    x = layers.Dense(8, activation=own_activation, name="hidden")(inputs)
    return classifier(inputs, Simple(3.0)(Scaled(5.0, name="scaled")(x)))


def own_activation(x):
    return keras.ops.tanh(x) * 1.5


def forgetful():
    inputs = keras.Input((4,))
    x = layers.Dense(8, activation="tanh", name="hidden")(inputs)
    return classifier(inputs, Forgetful(5.0, name="forgetful")(x))


class Tied(layers.Layer):
    """A layer that uses the weights of another one."""

    def __init__(self, source, **arguments):
        super().__init__(**arguments)
        self.kernel = source.kernel

    def call(self, x):
        return keras.ops.matmul(x, keras.ops.transpose(self.kernel))

    def get_config(self):
        return {**super().get_config(), "source": None}

    @classmethod
    def from_config(cls, config):
        raise NotImplementedError("a tied layer needs its source")


def tied():
    inputs = keras.Input((4,))
    dense = layers.Dense(8, activation="tanh", name="hidden")
    x = dense(inputs)
    return classifier(inputs, Tied(dense, name="tied")(x))


def tied_by_closure():
    inputs = keras.Input((4,))
    dense = layers.Dense(8, activation="tanh", name="hidden")
    x = dense(inputs)
    x = layers.Lambda(lambda t: keras.ops.matmul(t, keras.ops.transpose(dense.kernel)))(x)
    return classifier(inputs, x)


class Called(keras.Model):
    """A model with a call of its own."""

    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8, activation="tanh", name="hidden")
        self.out = layers.Dense(3, activation="softmax", name="out")

    def call(self, x):
        return self.out(self.hidden(x))


def subclassed():
    model = compiled(Called())
    model(np.zeros((1, 4), "float32"))
    return model


class OwnInit(keras.Model):
    """A functional model that makes its layers itself."""

    def __init__(self, units=8):
        inputs = keras.Input((4,))
        x = layers.Dense(units, activation="tanh", name="hidden")(inputs)
        x = layers.Dense(units, activation="tanh", name="second")(x)
        super().__init__(inputs, layers.Dense(3, activation="softmax", name="out")(x))


class OwnInitAndStep(OwnInit):
    """The same with a training step of its own."""

    def train_step(self, data):
        return super().train_step(data)


def own_init():
    return compiled(OwnInit(6))


def own_init_and_step():
    return compiled(OwnInitAndStep(6))


class OwnStep(keras.Model):
    """A functional model with a loss of its own."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return 2.0 * super().compute_loss(x, y, y_pred, sample_weight, training=training)


def own_step():
    inputs = keras.Input((4,))
    x = layers.Dense(8, activation="tanh", name="hidden")(inputs)
    x = layers.Dense(8, activation="tanh", name="second")(x)
    return compiled(OwnStep(inputs, layers.Dense(3, activation="softmax", name="out")(x)))


def frozen():
    inner = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation="tanh", name="base"),
            layers.BatchNormalization(name="base_norm"),
        ],
        name="backbone",
    )
    inner.trainable = False
    inputs = keras.Input((4,))
    x = layers.Dense(8, activation="tanh", name="hidden")(inner(inputs))
    return classifier(inputs, layers.Dense(8, activation="tanh", name="second")(x))


def lora():
    model = sequential()
    model.get_layer("hidden").enable_lora(2)
    return compiled(model)


def quantized():
    model = sequential()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # input layers have no kernel
        model.quantize("int8")
    return compiled(model)


REFUSED_ALL = ("dropout", "penalty", "initializer", "activation", "batch norm", "layer norm")
REFUSED_ALL += ("normalize", "head", "shrink", "residual")


def refused(word, *, setup=True):
    every = (*REFUSED_ALL, "set-up") if setup else REFUSED_ALL
    return dict.fromkeys(every, word)


KINDS = {
    "sequential": Kind(sequential, table_rows()),
    "sequential, not built": Kind(unbuilt, table_rows()),
    "activation layers": Kind(
        activation_layers, table_rows(), active="relu", dropout="relu", skip=("leaky", "relu")
    ),
    "several inputs and outputs": Kind(several_inputs_and_outputs, several_rows),
    "shared layers": Kind(  # the width of the outer one is that of the input
        shared_layer, table_rows(), narrowed="second", refused={"residual": "called once"}
    ),
    "nested": Kind(
        nested,
        table_rows(),
        hidden="inner/hidden",
        active="inner/deep/leaf",
        skip=("inner/second", "inner/hidden"),
    ),
    "nested, called twice": Kind(
        nested_twice,
        two_tables,
        hidden="inner/hidden",
        skip=("inner/hidden", "inner/hidden"),
        refused={"residual": "called once"},
    ),
    "sequential in sequential": Kind(
        sequential_in_sequential,
        table_rows(),
        hidden="inner/hidden",
        skip=("inner/second", "inner/hidden"),
    ),
    "layer in and outside": Kind(
        layer_in_and_outside,
        table_rows(),
        hidden="inner/hidden",
        skip=("inner/hidden", "inner/hidden"),
        refused={"shrink": "shapes", "residual": "called once"},
    ),
    "skip": Kind(
        skip,
        table_rows(),
        active="act",
        dropout="act",
        normalized="second",
        skip=("second", "act"),
        refused={"shrink": "shapes"},
    ),
    "convolution": Kind(convolution, image_rows, active="separable"),
    "recurrent": Kind(
        recurrent,
        sequence_rows(),
        hidden="each",
        dropout="both",
        normalized="lstm",
        skip=("both", "lstm"),
        refused={"batch norm": "lstm"},
    ),
    "encoder and decoder": Kind(
        encoder_decoder, two_sequences, dropout="decoder", skip=("hidden", "decoder")
    ),
    "masked": Kind(masked, token_rows, skip=("hidden", "words"), refused={"normalize": "int32"}),
    "attention": Kind(
        attention,
        sequence_rows(features=4),
        dropout="attention",
        normalized="attention",
        skip=("back", "norm"),
        refused={"batch norm": "attention"},
    ),
    "operations and lambdas": Kind(operations, table_rows(), skip=("lambda", "hidden")),
    "own layers": Kind(custom, table_rows(), skip=("scaled", "hidden")),
    "own layer that forgets": Kind(forgetful, table_rows(), refused=refused("forgetful")),
    "tied": Kind(tied, table_rows(), refused=refused("tied")),
    "tied by closure": Kind(tied_by_closure, table_rows(), refused=refused("hidden/kernel")),
    "subclassed": Kind(subclassed, table_rows(), refused=refused("call")),
    "own __init__": Kind(own_init, table_rows()),
    "own __init__ and step": Kind(own_init_and_step, table_rows(), refused=refused("train_step")),
    "own step": Kind(own_step, table_rows()),
    "frozen part": Kind(frozen, table_rows()),
    "low-rank adapters": Kind(lora, table_rows(), hidden="second", skip=("second", "hidden")),
    "quantized": Kind(quantized, table_rows(), refused=refused("quantized")),
}
