"""x, y in any form that fit accepts -> DataProfile."""

from dataclasses import replace
from typing import Any

import numpy as np

from keras_debugger.recording.data.data_shift import compare_data
from keras_debugger.recording.data.input_profile import describe_input
from keras_debugger.recording.data.label_profile import describe_labels
from keras_debugger.recording.data.named_arrays import named_arrays, sample_rows
from keras_debugger.recording.data.row_hashes import repeated, row_hashes
from keras_debugger.types.record import DataProfile

__all__ = ["compare_data", "profile_data", "with_simple_models"]


def profile_data(
    x: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    simple_models: bool = False,
    seed: int = 0,
) -> DataProfile:
    """Describe data as plain values; the data are only read.

    Args:
        x: inputs: an array or a list, tuple or dict of arrays, rows first.
        y: labels in the same forms, or None.
        sample_weight: weights of the rows, or None.
        simple_models: whether to see what simple scikit-learn models reach (takes about a second).
        seed: seed of the choice of rows and of the simple models.

    Returns:
        The description. Quantiles, means and deviations come from at most 20,000 rows (fewer of
        large rows), chosen at random, and 10,000 features; limits, NaN and class counts come from
        all rows.
    """
    inputs, labels = named_arrays(x), named_arrays(y)
    rows = sample_rows(inputs or labels, seed)
    profiles = tuple(describe_input(item, rows) for item in inputs)
    described = tuple(describe_labels(item) for item in labels)
    constant = 0
    if profiles and profiles[0].mean.size:
        constant = int(np.sum(profiles[0].maximum == profiles[0].minimum))
    profile = DataProfile(
        rows=min((len(item.array) for item in inputs or labels), default=0),
        sampled=int(rows.size),
        inputs=profiles,
        labels=described,
        weighted=sample_weight is not None,
        constant_features=constant,
        duplicate_rows=repeated(row_hashes(inputs), rows),
    )
    return with_simple_models(profile, x, y, seed=seed) if simple_models else profile


def with_simple_models(profile: DataProfile, x: Any, y: Any, *, seed: int = 0) -> DataProfile:
    """A profile that also says what simple models reach; it takes about a second.

    Args:
        profile: profile of the data.
        x: the inputs that were profiled, or a part of their rows.
        y: their labels.
        seed: seed of the choice of rows and of the models.
    """
    inputs, labels = named_arrays(x), named_arrays(y)
    if not inputs or not labels:
        return profile
    # scikit-learn takes a second to import and only this needs it
    from keras_debugger.recording.data.simple_models import try_simple_models
    from keras_debugger.recording.data.strong_feature import find_strong_feature

    form, table, answers = profile.labels[0].form, inputs[0].array, labels[0].array
    return replace(
        profile,
        simple_models=try_simple_models(table, answers, form, seed=seed),
        strong_feature=find_strong_feature(table, answers, form, seed=seed),
    )
