"""The compiled model as plain values: layers, inputs, outputs, optimizer."""

from dataclasses import dataclass

from keras_debugger.types.vocabulary import Activation, LayerKind, LossKind, ModelKind

MOST_SMOOTHING = 0.5  # of a label; a loss that spreads more of it hides the labels


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDescription:
    """One layer, resolved once; layers of nested models are listed too.

    Args:
        name: layer name.
        path: names of the models it is nested in and its own, joined by `/`; unique.
        kind: what it is.
        class_name: name of its class, for people to read.
        activation: its activation, LINEAR if it has none.
        units: units or filters, None if it has none.
        parameters: number of weights.
        trainable: whether its weights are trained.
        trainable_parameters: number of weights that are trained.
        output_shape: shape of its first output, None for unknown sizes.
        recurrent_activation: activation of the gates, for recurrent layers.
        dropout: dropout rate (also of recurrent layers), 0 if none.
        l1: factor of the L1 weight penalty of its kernel.
        l2: factor of the L2 weight penalty of its kernel.
        regularizers: names of its settings that penalise or bound its weights or answers, such as
            `activity_regularizer` and `kernel_constraint`.
        noise: standard deviation of the noise that it adds in training, 0 if none.
        kept_by_constraint: share of the norm that the constraint of a weight matrix leaves of it
            before the first step, the smallest; None without a constraint.
        kernel_initializer: class name of its kernel's initializer, empty if it has none.
        bias_initializer: class name of its bias's initializer, empty if it has none.
        momentum: momentum of the moving statistics of batch normalisation, None otherwise.
        is_output: whether one of the model's outputs is this layer's output.
        feeds: paths of the layers that take its output.
        looks_untrained: of a frozen layer, whether its weights are what its initializer gives or
            spread like that, or its biases are all equal; None if it is trained or untold.
        scale: factor by which a Rescaling layer multiplies, the largest if there are several.
        axis: axis over which a Softmax layer adds up to 1, None for another layer.
        training_argument: the `training` that a call of it (or of the model it is nested in) fixes
            in a functional model; None if all calls leave it to fit and predict.
    """

    name: str
    path: str
    kind: LayerKind
    class_name: str
    activation: Activation = Activation.LINEAR
    units: int | None = None
    parameters: int = 0
    trainable: bool = True
    trainable_parameters: int = 0
    output_shape: tuple[int | None, ...] | None = None
    recurrent_activation: Activation | None = None
    dropout: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    regularizers: tuple[str, ...] = ()
    noise: float = 0.0
    kept_by_constraint: float | None = None
    kernel_initializer: str = ""
    bias_initializer: str = ""
    momentum: float | None = None
    is_output: bool = False
    feeds: tuple[str, ...] = ()
    looks_untrained: bool | None = None
    scale: float = 1.0
    axis: int | None = None
    training_argument: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDescription:
    """One output of the model and the loss that judges it.

    Args:
        name: output name.
        layer: path of the layer with the last weights before the output, empty if unknown.
        activation: activation that the output passes last.
        units: size of the last axis, None if unknown.
        rank: rank of the output with the batch axis, None if unknown.
        loss: loss on this output.
        loss_name: its name, for people to read.
        from_logits: whether the loss takes logits; None if the loss does not know the question.
        inner: activations between the last weights and the last activation, first one first.
        label_smoothing: share of each label that the loss spreads over all classes, 0 to 1.
        weight: weight of the loss on this output, 1 if it is the only one.
        aligned: whether Keras brings labels and answers to one rank before the loss sees them; not
            so for a `keras.losses.Loss` of the user's own.
    """

    name: str
    layer: str
    activation: Activation
    units: int | None
    rank: int | None
    loss: LossKind
    loss_name: str
    from_logits: bool | None = None
    inner: tuple[Activation, ...] = ()
    label_smoothing: float = 0.0
    weight: float = 1.0
    aligned: bool = True

    @property
    def has_other_loss(self) -> bool:
        """Whether it has a loss, of the user's own or of a kind that we do not know."""
        return self.loss is LossKind.OTHER and self.loss_name != "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDescription:
    """One input of the model: its name, shape without the batch axis, and dtype."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerDescription:
    """The optimizer at the start of the run.

    Args:
        name: class name in lower case, such as `adam`.
        learning_rate: learning rate at the first step.
        schedule: class name of the learning-rate schedule, empty for a constant rate.
        momentum: momentum of SGD or RMSprop, 0 otherwise.
        clipnorm: limit of each gradient's norm, None if not set.
        clipvalue: limit of each gradient's entries, None if not set.
        global_clipnorm: limit of the norm over all gradients, None if not set.
        weight_decay: decoupled weight decay, None if not set.
    """

    name: str
    learning_rate: float
    schedule: str = ""
    momentum: float = 0.0
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    weight_decay: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """A compiled model as plain values.

    Args:
        name: model name.
        kind: how it was written.
        layers: layers in order from input to output, nested ones included.
        inputs: inputs; empty if unknown (a subclassed model).
        outputs: outputs; empty if unknown.
        parameters: number of weights.
        trainable_parameters: number of weights that are trained.
        optimizer: the optimizer, None if not compiled.
        metrics: names of the compiled metrics.
        run_eagerly: compile flag.
        jit_compile: compile flag, resolved.
        steps_per_execution: compile flag.
        own_train_step: whether the class overrides train_step, compute_loss or the like.
    """

    name: str
    kind: ModelKind
    layers: tuple[LayerDescription, ...]
    inputs: tuple[InputDescription, ...] = ()
    outputs: tuple[OutputDescription, ...] = ()
    parameters: int = 0
    trainable_parameters: int = 0
    optimizer: OptimizerDescription | None = None
    metrics: tuple[str, ...] = ()
    run_eagerly: bool = False
    jit_compile: bool = False
    steps_per_execution: int = 1
    own_train_step: bool = False

    @property
    def hidden(self) -> tuple[LayerDescription, ...]:
        """Layers with weights that are not the last before an output."""
        heads = {output.layer for output in self.outputs}
        return tuple(
            layer
            for layer in self.layers
            if layer.parameters and layer.kind is not LayerKind.MODEL and layer.path not in heads
        )
