"""What is known of the data of a run: given by the user, or copied from the first batches."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from keras_debugger.recording.data.label_drift import label_drift
from keras_debugger.recording.data_profile import (
    compare_data,
    profile_data,
    with_simple_models,
)
from keras_debugger.recording.step.batch_sample import BatchSample, Rows
from keras_debugger.types.record import DataProfile, Shift
from keras_debugger.types.vocabulary import CLASS_FORMS

PROBE_ROWS = 256
FEWEST_PROBE_ROWS = 32
PROBE_ENTRIES = 2**15  # of the inputs; a probe costs about what a training step costs
PROBE_BYTES = 16 * 2**20


class DataEvidence:
    """Profiles of training and validation data, made once when there is enough to see.

    Args:
        probe_data: `(x, y)` or `(x, y, x_validation, y_validation)`, None if not given.
        sample: rows of the training batches, None if the data are given.
        validation_sample: rows of the validation batches.
    """

    def __init__(
        self, probe_data: Any, sample: BatchSample | None, validation_sample: BatchSample
    ) -> None:
        self._sample = sample
        self._validation_sample = validation_sample
        self._given: list[Rows] = []
        if probe_data is not None:
            pairs = zip(probe_data[::2], probe_data[1::2], strict=True)
            self._given = [Rows(x=x, y=y, sample_weight=None) for x, y in pairs]
        self._rows: int | None = None
        self._batch_size = 0  # mean over the first epoch, 0 if not known
        self._validation_rows: int | None = None
        self._profile: DataProfile | None = None
        self._validation_profile: DataProfile | None = None
        self._shift: Shift | None = None
        self._tried = False

    @property
    def training(self) -> Rows | None:
        """Training rows, None before any was seen."""
        if self._given:
            return self._given[0]
        return self._sample.rows() if self._sample is not None else None

    @property
    def validation(self) -> Rows | None:
        """Validation rows, None if none were seen."""
        return self._given[1] if len(self._given) > 1 else self._validation_sample.rows()

    @property
    def validation_rows(self) -> int | None:
        """Number of validation rows, None if not known."""
        return self._given[1].count if len(self._given) > 1 else self._validation_rows

    def probe_batch(self) -> Rows | None:
        """The batch that probes run on, bounded in rows and bytes."""
        rows = self.training
        if rows is None:
            return None
        leaves = [leaf for leaf in keras.tree.flatten(rows.x) if leaf is not None]
        one = [np.asarray(leaf[:1]) for leaf in leaves]
        count = PROBE_ENTRIES // max(sum(row.size for row in one), 1)
        count = min(max(count, FEWEST_PROBE_ROWS), PROBE_ROWS)
        return rows.spread(max(1, min(count, PROBE_BYTES // max(sum(r.nbytes for r in one), 1))))

    @property
    def is_complete(self) -> bool:
        """Whether no further training rows are to come."""
        return bool(self._given) or self._rows is not None

    def epoch_ends(self, *, rows: int, steps: int = 0) -> None:
        """Profile what was seen in a first whole pass; take no further rows of it.

        Args:
            rows: rows that were trained on so far.
            steps: steps that were done with them, 0 if not known.
        """
        if self._rows is None:
            self._rows = rows
            self._batch_size = -(-rows // steps) if steps else 0
            if self._sample is not None:
                self._sample.close()
            self._profile = self._describe_training()
        if self._validation_rows is None:
            seen = self._validation_sample.seen
            if seen or len(self._given) > 1:
                self._validation_rows = seen
                self._validation_sample.close()
                self._validation_profile = self._describe_validation()
                self._shift = self._compare()

    @property
    def profile(self) -> DataProfile | None:
        """Profile of the training data, None before the first epoch end."""
        return self._profile

    @property
    def validation_profile(self) -> DataProfile | None:
        """Profile of the validation data, None if none were seen."""
        return self._validation_profile

    @property
    def shift(self) -> Shift | None:
        """How training and validation data differ, None if not known."""
        return self._shift

    def try_simple_models(self) -> None:
        """Add to the profile of the training data what simple models reach, once."""
        rows = self.training
        if self._profile is not None and rows is not None and not self._tried:
            self._tried = True
            self._profile = with_simple_models(self._profile, rows.x, rows.y)

    def class_weight(self) -> Mapping[int, float] | None:
        """Weight of each class, if the sample weights are a function of the class."""
        rows = self.training
        if rows is None or rows.sample_weight is None or rows.y is None:
            return None
        labels, weights = np.asarray(rows.y), np.asarray(rows.sample_weight).reshape(-1)
        if labels.ndim == 2 and labels.shape[1] > 1:
            labels = labels.argmax(axis=1)
        labels = labels.reshape(-1)
        classes = np.unique(labels)
        if len(labels) != len(weights) or len(classes) > 1000 or len(np.unique(weights)) < 2:
            return None
        spans = [np.unique(weights[labels == label]) for label in classes]
        if any(len(span) != 1 for span in spans):
            return None
        return {int(label): float(span[0]) for label, span in zip(classes, spans, strict=True)}

    def _describe_training(self) -> DataProfile | None:
        rows = self.training
        if rows is None or rows.y is None:
            return None
        profile = profile_data(rows.x, rows.y, rows.sample_weight)
        if self._given or self._rows is None:
            return profile
        drift = float("nan")
        if profile.labels and rows.first_labels is not None:
            classes = profile.labels[0].form in CLASS_FORMS
            drift = label_drift(rows.first_labels, self._batch_size, classes=classes)
        complete = self._rows == rows.count
        return replace(profile, rows=self._rows, complete=complete, label_drift=drift)

    def _describe_validation(self) -> DataProfile | None:
        rows = self.validation
        if rows is None or rows.y is None:
            return None
        profile = profile_data(rows.x, rows.y, rows.sample_weight)
        seen = self.validation_rows or profile.rows
        return replace(profile, rows=seen, complete=seen == rows.count)

    def _compare(self) -> Shift | None:
        training, validation = self.training, self.validation
        if training is None or validation is None or training.y is None:
            return None
        return compare_data(training.x, training.y, validation.x, validation.y)
