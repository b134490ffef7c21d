"""Program: everything that decides a training, as a value that a fault can edit."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from programs.data import Data


@dataclass(frozen=True, kw_only=True)
class Program:
    """A training program.

    Args:
        name: unique name.
        task: key of data.TASKS.
        body: key of bodies.BODIES: the layers between input and output.
        widths: units or filters of the hidden layers.
        activation: of the hidden layers.
        recurrent_activation: candidate activation of recurrent layers.
        norm: `batch`, `layer` or empty.
        norm_momentum: of batch normalisation.
        dropout: share after each hidden layer.
        l2: weight penalty of hidden layers.
        start: name of a Keras initializer or `zeros`; empty for that of the layer.
        start_scale: factor on the start of hidden layers.
        start_bias: bias of the hidden layers before training.
        output: activation of the last layer, `usual` for that of the goal.
        loss: `usual` for that of the goal, or a key of losses.LOSSES.
        logits: last layer linear and a loss that is told so.
        one_hot: one-hot labels for a classification.
        smoothing: label smoothing, with one-hot labels.
        optimizer: key of optimizers.OPTIMIZERS.
        rate: learning rate.
        rate_factor: factor that a fault puts on the learning rate.
        schedule: `constant`, `cosine`, `restarts`, `warm-up`, `steps`, `exponential`.
        clip: largest global norm of a gradient, None for any.
        batch: rows of a step.
        epochs: passes.
        shuffle: as in `fit`.
        class_weight: whether classes are weighted by their rarity.
        callbacks: `early-stopping`, `on-plateau` or both.
        metrics: names of metrics; the usual one of the goal if empty.
        frozen: how many hidden layers are not trainable.
        pretrained: epochs of a training on other rows before, with nothing frozen.
        rows: rows of the training and of the validation part, None for those of the task.
        validation: `data`, `split` or empty.
        probe: whether the recorder gets the data.
        damage: changes to the data, in order; (data, seed) -> data.
    """

    name: str
    task: str
    body: str = "mlp"
    widths: tuple[int, ...] = (32, 16)
    activation: str = "relu"
    recurrent_activation: str = "tanh"
    norm: str = ""
    norm_momentum: float = 0.9
    dropout: float = 0.0
    l2: float = 0.0
    start: str = ""
    start_scale: float = 1.0
    start_bias: float = 0.0
    output: str = "usual"
    loss: str = "usual"
    logits: bool = False
    one_hot: bool = False
    smoothing: float = 0.0
    optimizer: str = "adam"
    rate: float = 3e-3
    rate_factor: float = 1.0
    schedule: str = "constant"
    clip: float | None = None
    batch: int = 32
    epochs: int = 15
    shuffle: bool = True
    class_weight: bool = False
    callbacks: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    frozen: int = 0
    pretrained: int = 0
    rows: tuple[int, int] | None = None
    validation: str = "data"
    probe: bool = True
    damage: tuple[Callable[[Data, int], Data], ...] = ()

    def edit(self, **changes: object) -> "Program":
        """The program with something changed."""
        return replace(self, **changes)
