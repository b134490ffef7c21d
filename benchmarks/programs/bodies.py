"""The layers between the input and the output of a program, by name."""

from collections.abc import Callable

import keras

from programs.program import Program

L = keras.layers
Tensor = keras.KerasTensor


def hidden(program: Program, layer: Callable[..., keras.Layer], units: int, **options) -> list:
    """One hidden layer with what the program puts behind it."""
    regularizer = keras.regularizers.L2(program.l2) if program.l2 else None
    options = {"kernel_initializer": initializer(program), **options}
    if program.start_bias:
        options["bias_initializer"] = keras.initializers.Constant(program.start_bias)
    layers = [layer(units, kernel_regularizer=regularizer, **options)]
    if program.norm:
        layers.append(normalization(program))
    layers.append(L.Activation(program.activation))
    if program.dropout:
        layers.append(L.Dropout(program.dropout))
    return layers


def initializer(program: Program) -> keras.initializers.Initializer:
    """The start of the weights of hidden layers."""
    scale = program.start_scale
    if program.start == "zeros":
        return keras.initializers.Zeros()
    if program.start == "constant":
        return keras.initializers.Constant(0.1 * scale)
    mode = "fan_in" if program.start == "he_normal" else "fan_avg"
    variance = 2.0 if program.start == "he_normal" else 1.0
    shape = "truncated_normal" if program.start == "he_normal" else "uniform"
    return keras.initializers.VarianceScaling(variance * scale**2, mode=mode, distribution=shape)


def normalization(program: Program) -> keras.Layer:
    """Batch or layer normalisation."""
    if program.norm == "batch":
        return L.BatchNormalization(momentum=program.norm_momentum)
    return L.LayerNormalization()


def chain(x: Tensor, layers: list[keras.Layer]) -> Tensor:
    """Layers one after the other."""
    for layer in layers:
        x = layer(x)
    return x


def mlp(program: Program, x: Tensor) -> Tensor:
    """Dense layers."""
    if len(x.shape) > 2:
        x = L.Flatten()(x)
    for units in program.widths:
        x = chain(x, hidden(program, L.Dense, units))
    return x


def residual(program: Program, x: Tensor) -> Tensor:
    """Dense blocks with a way round each."""
    x = L.Dense(program.widths[0])(x)
    for units in program.widths:
        inner = chain(x, hidden(program, L.Dense, units))
        x = L.Add()([x, L.Dense(program.widths[0])(inner)])
    return L.Activation(program.activation)(x)


def cnn(program: Program, x: Tensor) -> Tensor:
    """Convolutions with pooling, then a dense layer."""
    for filters in program.widths[:-1]:
        x = chain(x, hidden(program, L.Conv2D, filters, kernel_size=3, padding="same"))
        x = L.MaxPooling2D()(x)
    return chain(L.Flatten()(x), hidden(program, L.Dense, program.widths[-1]))


def cnn_mean(program: Program, x: Tensor) -> Tensor:
    """Convolutions and the mean over places."""
    for filters in program.widths:
        x = chain(x, hidden(program, L.Conv2D, filters, kernel_size=3, padding="same"))
    return L.GlobalAveragePooling2D()(x)


def cnn_1d(program: Program, x: Tensor) -> Tensor:
    """Convolutions over time and the largest value."""
    for filters in program.widths:
        x = chain(x, hidden(program, L.Conv1D, filters, kernel_size=5, padding="same"))
    return L.GlobalMaxPooling1D()(x)


def recurrent(program: Program, x: Tensor, layer: Callable[..., keras.Layer]) -> Tensor:
    """Recurrent layers; all but the last give every step."""
    for place, units in enumerate(program.widths):
        x = layer(
            units,
            activation=program.recurrent_activation,
            return_sequences=place + 1 < len(program.widths),
            kernel_initializer=initializer(program),
        )(x)
    return L.Dropout(program.dropout)(x) if program.dropout else x


def lstm(program: Program, x: Tensor) -> Tensor:
    """LSTM layers."""
    return recurrent(program, x, L.LSTM)


def gru(program: Program, x: Tensor) -> Tensor:
    """GRU layers."""
    return recurrent(program, x, L.GRU)


def simple_rnn(program: Program, x: Tensor) -> Tensor:
    """Simple recurrent layers."""
    return recurrent(program, x, L.SimpleRNN)


def both_ways(program: Program, x: Tensor) -> Tensor:
    """A bidirectional LSTM."""
    return L.Bidirectional(L.LSTM(program.widths[0], activation=program.recurrent_activation))(x)


def tagger(program: Program, x: Tensor) -> Tensor:
    """A recurrent layer that answers at each step."""
    return L.GRU(program.widths[0], activation=program.recurrent_activation, return_sequences=True)(
        x
    )


def bag(program: Program, x: Tensor) -> Tensor:
    """The mean of the word vectors, then dense layers."""
    return mlp(program, L.GlobalAveragePooling1D()(x))


def transformer(program: Program, x: Tensor) -> Tensor:
    """Attention and dense blocks with ways round them, normalised before each.

    A convolution over neighbours comes first: attention itself does not see the order.
    """
    width = program.widths[0]
    x = L.Conv1D(width, 5, padding="same")(x)
    for _ in program.widths:
        inner = L.LayerNormalization()(x)
        x = L.Add()([x, L.MultiHeadAttention(2, width // 2)(inner, inner)])
        inner = L.Dense(2 * width, activation="gelu")(L.LayerNormalization()(x))
        inner = L.Dropout(program.dropout)(inner) if program.dropout else inner
        x = L.Add()([x, L.Dense(width)(inner)])
    return L.GlobalAveragePooling1D()(L.LayerNormalization()(x))


BODIES = {
    "mlp": mlp,
    "residual": residual,
    "cnn": cnn,
    "cnn-mean": cnn_mean,
    "cnn-1d": cnn_1d,
    "lstm": lstm,
    "gru": gru,
    "simple-rnn": simple_rnn,
    "both-ways": both_ways,
    "tagger": tagger,
    "bag": bag,
    "transformer": transformer,
}
