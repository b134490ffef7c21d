"""Faults with a dial: each edits a healthy program, and is what a person would have to undo."""

from programs.faults.data import IN_THE_DATA
from programs.faults.fault import Fault, is_named
from programs.faults.layers import IN_THE_LAYERS
from programs.faults.loss_and_output import IN_LOSS_AND_OUTPUT
from programs.faults.steps import IN_THE_STEPS

__all__ = ["FAULTS", "HOSTS", "Fault", "is_named"]

FAULTS: tuple[Fault, ...] = (*IN_THE_STEPS, *IN_LOSS_AND_OUTPUT, *IN_THE_LAYERS, *IN_THE_DATA)

# Healthy programs that faults are put into.
HOSTS = (
    "digits-mlp",
    "even-digits",
    "wine-tanh",
    "cancer",
    "diabetes",
    "friedman",
    "friedman-sgd",
    "circuit",
    "moons",
    "circles",
    "groups",
    "noisy",
    "labels",
    "digits-momentum",
    "digits-batch-norm",
    "cancer-logits",
    "images-cnn",
    "images-mean",
    "waves-lstm",
    "waves-cnn",
    "forecast-gru-clip",
    "forecast-rnn",
    "topics-lstm",
    "topics-bag",
    "digits-residual",
    "digits-deep",
    "linear-sgd",
    "iris",
)
