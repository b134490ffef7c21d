"""Recorder: the Keras callback that writes down a training run."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_debugger.backend import require_tensorflow
from keras_debugger.errors import InvalidModelError
from keras_debugger.recording.live import TrainingAlarm
from keras_debugger.recording.run.options import Options
from keras_debugger.recording.run.run_log import RunLog
from keras_debugger.recording.step.batch_sample import Rows
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Ending


class Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """Records gradients, updates, activations and losses of a training run while it runs.

    The model is watched through a copy of its compiled training function that is put in its place
    for one call at a time. Weights, history and random state are those of a run without it.

    Args:
        directory: folder for `training_history.json` and `record.npz`, written at each epoch end;
            nothing is written if None.
        probe_data: `(x, y)` or `(x, y, x_validation, y_validation)`: the data that `fit` is given.
            If None, the data profile comes from the first rows that the training step receives.
        every: largest values, zeros and updates are recorded at each `every`-th step, and at each
            of the first 50; norms and losses always. At least 1.
        keep_bad_batch: keep the first batch with a non-finite loss or gradient.
        alarms: `"warn"` says while the run goes on what is wrong; `"stop"` also stops it where it
            cannot succeed; None does neither.
        activations: `"epochs"` looks at the layers on a fixed batch at epoch ends; `"steps"` also
            on the batches of the steps that are recorded in full (of the first 50 and each 10th
            with `every=1`), which costs a forward pass there.
        keep_initial_weights: keep a copy of the weights before the first step.

    Raises:
        InvalidArgumentError: an argument cannot be used.
        MissingBackendError: TensorFlow is missing, or Keras runs on another backend.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> from keras_debugger import Recorder
        >>> model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> recorder = Recorder()
        >>> x = np.ones((8, 3), "float32")
        >>> _ = model.fit(x, x[:, :1], batch_size=4, verbose=0, callbacks=[recorder])
        >>> recorder.record.gradients.norm.shape
        (2, 2)
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        probe_data: Any = None,
        every: int = 10,
        keep_bad_batch: bool = False,
        alarms: str | None = None,
        activations: str = "epochs",
        keep_initial_weights: bool = True,
    ) -> None:
        require_tensorflow()
        super().__init__()
        self._is_off = False
        options = Options(
            directory=None if directory is None else Path(directory),
            probe_data=probe_data,
            every=every,
            keep_bad_batch=keep_bad_batch,
            alarms=alarms,
            activations=activations,
            keep_initial_weights=keep_initial_weights,
        )
        self._log = RunLog(options, guard=self._guarded)

    @property
    def record(self) -> TrainingRecord:
        """What has been recorded so far; may be asked for at any time."""
        return self._log.record()

    def full_record(self) -> TrainingRecord:
        """The record, and what simple scikit-learn models reach on the rows that were seen.

        `diagnose` asks for it, so that labels without any signal can be told. The first call takes
        a second or two; nothing of it is done while the model trains.
        """
        return self._log.full_record()

    @property
    def initial_weights(self) -> dict[str, np.ndarray] | None:
        """Weights before the first step by path of the variable; None if they were not kept."""
        return self._log.initial_weights

    @property
    def bad_batch(self) -> Rows | None:
        """The first batch with a non-finite value; None if there was none or it was not kept."""
        return self._log.bad_batch

    @contextmanager
    def attach(self, model: Any) -> Iterator["Recorder"]:
        """Record a loop of `model.train_on_batch` calls.

        Args:
            model: a compiled model.

        Raises:
            InvalidModelError: the model is no compiled Keras model.

        Example:
            >>> import keras
            >>> import numpy as np
            >>> from keras_debugger import Recorder
            >>> model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> recorder = Recorder()
            >>> with recorder.attach(model):
            ...     for _ in range(3):
            ...         _ = model.train_on_batch(np.ones((2, 1)), np.ones((2, 1)))
            >>> len(recorder.record.steps.step)
            3
        """
        if not isinstance(model, keras.Model) or not model.compiled:
            raise InvalidModelError(
                given=f"{type(model).__name__}", expected="a compiled Keras model", do="compile it"
            )
        self._guarded(lambda: self._log.begin(model, {}))
        self._guarded(self._log.arm_for_loop)
        try:
            yield self
        except BaseException as error:
            self._log.fail(error)
            raise
        else:
            self._guarded(lambda: self._log.end(Ending.FINISHED))
        finally:
            self._log.disarm()

    def on_train_begin(self, logs: Any = None) -> None:
        """Describe the model and copy its weights."""
        self._guarded(lambda: self._log.begin(self.model, self.params))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch."""
        self._guarded(lambda: self._log.epoch_begins(epoch))

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Let the coming step be watched."""
        self._guarded(self._log.step_begins)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Let validation data be seen."""
        self._guarded(self._log.evaluation_step_begins)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Read what the steps wrote, probe the model and save."""
        self._guarded(lambda: self._log.epoch_ends(epoch, logs or {}))

    def on_train_end(self, logs: Any = None) -> None:
        """Note how the run ended, and save."""
        self._guarded(self._log.fit_ends)

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """Run a part of ours; an error switches recording off, says so once and goes no further."""
        if self._is_off:
            return None
        try:
            return work()
        except TrainingAlarm:  # the user has made warnings into errors
            raise
        except Exception as error:
            if os.environ.get("KERAS_DEBUGGER_STRICT") == "1":
                raise
            self._is_off = True
            self._log.switch_off(error)
            warnings.warn(
                f"keras_debugger stopped recording because of an error of its own "
                f"({type(error).__name__}: {error}); the training is not affected",
                RuntimeWarning,
                stacklevel=2,
            )
            return None
