"""Fixes: each maps a set-up to a new one, in a file of its own."""

from keras_debugger.fixes.add_dropout import AddDropout
from keras_debugger.fixes.add_l2 import AddL2, AddL2Gently, AddL2Slightly
from keras_debugger.fixes.balance_classes import BalanceClasses
from keras_debugger.fixes.balance_rows import BalanceRows
from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.batch_norm import BatchNorm
from keras_debugger.fixes.batch_norm_momentum import BatchNormMomentum
from keras_debugger.fixes.batch_size import LargerBatches, SmallerBatches
from keras_debugger.fixes.bounded_recurrent_activation import BoundedRecurrentActivation
from keras_debugger.fixes.change_initializer import ChangeInitializer
from keras_debugger.fixes.change_optimizer import ChangeOptimizer
from keras_debugger.fixes.clip_gradients import ClipGlobalNorm, ClipGradients
from keras_debugger.fixes.drop_broken_rows import DropBrokenRows
from keras_debugger.fixes.early_stopping import EarlyStopping
from keras_debugger.fixes.fill_broken_values import FillBrokenValues
from keras_debugger.fixes.fit_output import FitOutput
from keras_debugger.fixes.layer_norm import LayerNorm
from keras_debugger.fixes.less_capacity import LessCapacity
from keras_debugger.fixes.lower_learning_rate import LowerLearningRate, LowerLearningRateStrongly
from keras_debugger.fixes.more_capacity import MoreCapacity
from keras_debugger.fixes.normalize_inputs import NormalizeInputs
from keras_debugger.fixes.raise_learning_rate import (
    RaiseLearningRate,
    RaiseLearningRateGently,
    RaiseLearningRateStrongly,
)
from keras_debugger.fixes.relu_activation import LeakyReluActivation, ReluActivation
from keras_debugger.fixes.residual_connections import ResidualConnections
from keras_debugger.fixes.robust_loss import RobustLoss
from keras_debugger.fixes.scale_targets import ScaleTargets
from keras_debugger.fixes.schedule_learning_rate import (
    ConstantLearningRate,
    DecayLearningRate,
    ReduceRateOnPlateau,
    WarmUpLearningRate,
)
from keras_debugger.fixes.shuffle_rows import ShuffleRows
from keras_debugger.fixes.smooth_activation import EluActivation, GeluActivation
from keras_debugger.fixes.split_anew import SplitAnew
from keras_debugger.fixes.standard_loss import StandardLoss
from keras_debugger.fixes.train_longer import TrainLonger
from keras_debugger.fixes.unfreeze_layers import UnfreezeLayers
from keras_debugger.fixes.weaken_regularization import RemoveRegularization, WeakenRegularization
from keras_debugger.fixes.weight_decay import WeightDecay

ALL_FIXES: tuple[Fix, ...] = (
    FitOutput(),
    StandardLoss(),
    RobustLoss(),
    NormalizeInputs(),
    ScaleTargets(),
    DropBrokenRows(),
    FillBrokenValues(),
    BalanceClasses(),
    BalanceRows(),
    ShuffleRows(),
    SplitAnew(),
    LowerLearningRate(),
    LowerLearningRateStrongly(),
    RaiseLearningRate(),
    RaiseLearningRateGently(),
    RaiseLearningRateStrongly(),
    ConstantLearningRate(),
    DecayLearningRate(),
    ReduceRateOnPlateau(),
    WarmUpLearningRate(),
    ClipGradients(),
    ClipGlobalNorm(),
    ChangeOptimizer(),
    SmallerBatches(),
    LargerBatches(),
    TrainLonger(),
    EarlyStopping(),
    ReluActivation(),
    LeakyReluActivation(),
    EluActivation(),
    GeluActivation(),
    BoundedRecurrentActivation(),
    BatchNorm(),
    LayerNorm(),
    BatchNormMomentum(),
    ChangeInitializer(),
    ResidualConnections(),
    UnfreezeLayers(),
    AddDropout(),
    AddL2(),
    AddL2Gently(),
    AddL2Slightly(),
    WeightDecay(),
    LessCapacity(),
    WeakenRegularization(),
    RemoveRegularization(),
    MoreCapacity(),
)
