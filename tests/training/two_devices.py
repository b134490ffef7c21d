"""Trials of a model made under MirroredStrategy on two virtual devices: a process of its own."""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parent))
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from programs_for_workers import model_of, plan_of, trainer_of  # noqa: E402

from keras_debugger.training.isolation import ProcessExecutor  # noqa: E402
from keras_debugger.training.program_digest import digest_of  # noqa: E402
from keras_debugger.training.weights import read_weights, write_weights  # noqa: E402
from keras_debugger.types.edit import NormalizeInput, SetBatchSize  # noqa: E402

PLAN = plan_of(SetBatchSize(rows=16), NormalizeInput())


def losses(trained):
    assert not trained.trial.failure, trained.trial.failure
    return trained.trial.record.epochs.values["loss"]


with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    model = model_of()
trainer = trainer_of(model)
two = trainer.train(PLAN, seed=1, held_out=True)
assert two.model.distribute_strategy.num_replicas_in_sync == 2
alone = trainer_of(model_of()).train(PLAN, seed=1, held_out=True)
assert alone.model.distribute_strategy.num_replicas_in_sync == 1
np.testing.assert_allclose(losses(two), losses(alone), rtol=1e-3)
assert two.trial.cost == alone.trial.cost
again = trainer_of(model).train(PLAN, seed=1, held_out=True)
assert losses(again).tolist() == losses(two).tolist()

rebuilt = trainer.program.build_for(trainer._task(PLAN, seed=1, epochs=3, held_out=True, watched=1))
assert write_weights(rebuilt, read_weights(two.model))
x = trainer.parts.held_out.x
np.testing.assert_array_equal(rebuilt.predict(x, verbose=0), two.model.predict(x, verbose=0))
assert digest_of(trainer.program)
executor = ProcessExecutor(trainer.program)
assert "distribution strategy" in executor.notes[0], executor.notes
sys.stdout.write("two replicas, the same trial\n")
