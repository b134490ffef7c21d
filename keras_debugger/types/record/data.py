"""What the inputs and labels look like."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from keras_debugger.types.record.simple_models import SimpleModel, StrongFeature
from keras_debugger.types.vocabulary import LabelForm

LEAST_SPREAD = 2e-3  # sd of inputs; with less, signals die in the first layer


@dataclass(frozen=True, slots=True, kw_only=True)
class InputProfile:
    """What one input looks like; statistics are for each feature, shape (features,).

    A feature is a column of a table; of an image or a sequence, a channel (last axis). Statistics
    ignore NaN and infinity, which are counted apart.

    Args:
        name: input name, empty for a single unnamed input.
        shape: shape without the rows.
        dtype: NumPy dtype name.
        names: column names if the data had them, else empty.
        mean: mean of each feature.
        sd: standard deviation of each feature.
        minimum: smallest value of each feature.
        maximum: largest value of each feature.
        median: median of each feature.
        robust_sd: interquartile range / 1.349 of each feature.
        outlier_share: share of rows with |x - median| > 10 robust_sd, for each feature.
        nonfinite: number of NaN and infinite values of each feature, int.
        nonfinite_rows: number of rows that hold a NaN or an infinity.
        largest: largest absolute finite value.
        copies: pairs of feature numbers, the later one a copy of the earlier one in every row that
            was looked at, up to a positive factor and an offset.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    mean: np.ndarray
    sd: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    median: np.ndarray
    robust_sd: np.ndarray
    outlier_share: np.ndarray
    nonfinite: np.ndarray
    nonfinite_rows: int
    largest: float
    names: tuple[str, ...] = ()
    copies: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelProfile:
    """What one set of labels looks like.

    Args:
        name: output name, empty for a single unnamed output.
        form: what they look like.
        shape: shape without the rows.
        dtype: NumPy dtype name.
        minimum: smallest finite value.
        maximum: largest finite value.
        mean: mean of the finite values.
        sd: standard deviation of the finite values.
        median: median of the finite values.
        mean_abs_deviation: mean absolute distance from the median.
        nonfinite: number of NaN and infinite values.
        integer_valued: whether every value is a whole number.
        outlier_share: share of values with |y - median| > 10 (interquartile range / 1.349).
        classes: distinct class values in order, empty for numbers.
        counts: rows of each class, same order, int.
        order: association of neighbouring rows' labels in the given order, 0 (shuffled) to 1
            (sorted): share of neighbours with equal class beyond chance, or lag-1 correlation.
        zero_share: share of finite values nearer to zero than a thousandth of their mean size.
    """

    name: str
    form: LabelForm
    shape: tuple[int, ...]
    dtype: str
    minimum: float
    maximum: float
    mean: float
    sd: float
    median: float
    mean_abs_deviation: float
    nonfinite: int
    integer_valued: bool
    outlier_share: float
    classes: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    order: float = 0.0
    zero_share: float = 0.0

    def share_of_rarest(self, weights: Mapping[int, float] | None = None) -> float:
        """What the class with the fewest rows makes of all rows, 0 to 1.

        Args:
            weights: what a row counts by the number of its class, 1 where it is not named.
        """
        weights = weights or {}
        counted = [
            count * weights.get(int(value), 1.0)
            for value, count in zip(self.classes, self.counts, strict=True)
        ]
        return counted[self.counts.index(min(self.counts))] / sum(counted)

    def is_rarest_halved(self, weights: Mapping[int, float] | None) -> bool:
        """Whether class weights leave the class with the fewest rows less than half of its share.

        Args:
            weights: as for `share_of_rarest`.
        """
        return 2.0 * self.share_of_rarest(weights) < self.share_of_rarest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProfile:
    """What the data look like.

    Args:
        rows: number of rows, or of rows seen if the source does not tell.
        sampled: number of rows that the statistics were computed from.
        inputs: one profile for each input.
        labels: one profile for each output.
        weighted: whether sample weights were given.
        complete: False if only the first batches of the run were seen.
        constant_features: number of features of the first input with no variation.
        duplicate_rows: number of rows that repeat an earlier row.
        simple_models: what simple models reach on the first input and output; empty if not tried.
        label_drift: how much the labels of the first output vary from batch to batch, as a multiple
            of what rows drawn at random show, about 1 if shuffled; NaN if batches were not seen.
        strong_feature: the feature of the first input that nearly gives the answer by itself;
            looked for together with the simple models, None if no feature does.
    """

    rows: int
    sampled: int
    inputs: tuple[InputProfile, ...]
    labels: tuple[LabelProfile, ...]
    weighted: bool = False
    complete: bool = True
    constant_features: int = 0
    duplicate_rows: int = 0
    simple_models: tuple[SimpleModel, ...] = ()
    label_drift: float = float("nan")
    strong_feature: StrongFeature | None = None
