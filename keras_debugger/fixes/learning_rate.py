"""What the fixes of the learning rate share: what holds the rate, and which way it went."""

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.types.edit import ScaleLearningRate
from keras_debugger.types.record import OptimizerDescription
from keras_debugger.types.setup import TrainingSetup

RATE_CALLBACKS = ("LearningRateScheduler", "ReduceLROnPlateau")


def scale_rate(fix: Fix, setup: TrainingSetup, factor: float) -> ScaleLearningRate:
    """The edit that multiplies the rate; raises NotApplicableError.

    Args:
        fix: the fix that asks, for its words.
        setup: the set-up.
        factor: what to multiply the rate by.
    """
    if edited_model(setup).optimizer is None or not setup.learning_rate > 0:
        raise fix.refuse(
            given="a model whose learning rate is not known",
            expected="a compiled model with a learning rate above zero",
            do="compile the model before you hand it over",
        )
    for edit in setup.edits_of(ScaleLearningRate):
        if isinstance(edit, ScaleLearningRate) and (edit.factor > 1) != (factor > 1):
            raise fix.refuse(
                given=f"a plan that already multiplies the rate by {edit.factor:g}",
                expected="a rate that no other fix moves the other way",
                do="try the two in different plans",
            )
    return ScaleLearningRate(factor=factor)


def compiled_optimizer(fix: Fix, setup: TrainingSetup) -> OptimizerDescription:
    """The optimizer after the edits of a set-up; raises NotApplicableError if there is none.

    Args:
        fix: the fix that asks, for its words.
        setup: the set-up.
    """
    optimizer = edited_model(setup).optimizer
    if optimizer is None:
        raise fix.refuse(
            given="a model that is not compiled",
            expected="a compiled model",
            do="compile the model before you hand it over",
        )
    return optimizer


def is_scheduled(setup: TrainingSetup) -> bool:
    """Whether a schedule, an edit or a callback already changes the rate during training."""
    optimizer = edited_model(setup).optimizer
    if optimizer is not None and optimizer.schedule:
        return True
    return any(name in RATE_CALLBACKS for name in setup.fit.callbacks)
