"""What a layer is, by its type, never by its name."""

from typing import Any

import keras

from keras_debugger.types.vocabulary import LayerKind


def _classes(*names: str) -> tuple[type, ...]:
    """Classes of keras.layers; those that this version of Keras lacks are left out."""
    found = (getattr(keras.layers, name, None) for name in names)
    return tuple(kind for kind in found if isinstance(kind, type))


# The first match counts: a subclass stands before its base.
_KINDS: tuple[tuple[LayerKind, tuple[type, ...]], ...] = (
    (LayerKind.INPUT, _classes("InputLayer")),
    (LayerKind.MODEL, (keras.Model,)),
    (LayerKind.DENSE, _classes("Dense", "EinsumDense")),
    (
        LayerKind.RECURRENT,
        _classes("RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    ),
    (
        LayerKind.CONV,
        _classes(
            *("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D"),
            *("DepthwiseConv1D", "DepthwiseConv2D"),
            *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        ),
    ),
    (LayerKind.EMBEDDING, _classes("Embedding")),
    (
        LayerKind.ATTENTION,
        _classes("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"),
    ),
    (
        LayerKind.NORMALIZATION,
        _classes(
            *("BatchNormalization", "LayerNormalization", "GroupNormalization"),
            *("RMSNormalization", "UnitNormalization"),
        ),
    ),
    (
        LayerKind.PREPROCESSING,
        _classes(
            *("Normalization", "Rescaling", "TextVectorization", "CategoryEncoding", "Hashing"),
            *("Discretization", "HashedCrossing", "IntegerLookup", "StringLookup", "Resizing"),
            *("CenterCrop", "MelSpectrogram", "STFTSpectrogram", "AugMix", "AutoContrast"),
            *("CutMix", "MixUp", "Equalization", "RandAugment", "Solarization", "RandomFlip"),
            *("RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomCrop"),
            *("RandomContrast", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur"),
            *("RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomZoom"),
            *("RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness"),
            *("RandomShear", "RandomTranslation"),
        ),
    ),
    (
        LayerKind.DROPOUT,
        _classes(
            *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
            *("AlphaDropout", "GaussianDropout", "GaussianNoise"),
        ),
    ),
    (LayerKind.ACTIVATION, _classes("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")),
    (
        LayerKind.POOLING,
        _classes(
            *(f"{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
            *(f"Global{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
            *(f"Adaptive{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
        ),
    ),
    (
        LayerKind.RESHAPE,
        _classes(
            *("Flatten", "Reshape", "Permute", "RepeatVector", "Masking", "Identity"),
            *("ActivityRegularization", "Cropping1D", "Cropping2D", "Cropping3D"),
            *("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
            *("UpSampling1D", "UpSampling2D", "UpSampling3D"),
        ),
    ),
    (
        LayerKind.MERGE,
        _classes(
            *("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply"),
            "Subtract",
        ),
    ),
    (
        LayerKind.WRAPPER,
        _classes("Bidirectional", "TimeDistributed", "SpectralNormalization", "Wrapper"),
    ),
)


def resolve_kind(layer: Any) -> LayerKind:
    """What a layer is; a subclass counts as its base, OTHER if no base of it is known.

    Args:
        layer: a Keras layer or model.

    Returns:
        The kind.
    """
    for kind, classes in _KINDS:
        if isinstance(layer, classes):
            return kind
    return LayerKind.OTHER


def inner_layer(layer: Any) -> Any:
    """The layer inside wrappers (Bidirectional, TimeDistributed, ...), or the layer itself."""
    while resolve_kind(layer) is LayerKind.WRAPPER:
        inside = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None)
        if inside is None:
            return layer
        layer = inside
    return layer
