"""What can be wrong with data: each makes a change of the rows of a task."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from programs.data import CLASS_GOALS, Data, Part

Damage = Callable[[Data, int], Data]


def scaled_inputs(factor: float) -> Damage:
    """Every feature on a scale of its own, up to `factor` times the healthy one, and off zero."""

    def damage(data: Data, seed: int) -> Data:
        random = np.random.default_rng(seed)
        width = data.train.x.shape[-1]
        scale = factor ** random.uniform(0.5, 1.0, width)
        offset = scale * random.uniform(0.0, 2.0, width)
        return data.with_parts(lambda part: _with_inputs(part, part.x * scale + offset))

    return damage


def shrunk_inputs(factor: float) -> Damage:
    """Inputs that hardly differ from one another, such as pixels divided twice."""
    return lambda data, seed: data.with_parts(lambda part: _with_inputs(part, part.x * factor))


def scaled_targets(factor: float) -> Damage:
    """Numbers to answer in a unit that makes them large."""

    def change(part: Part) -> Part:
        return replace(part, y=(factor * (part.y + 2.0)).astype("float32"))

    return lambda data, seed: data.with_parts(change)


def missing_values(share: float) -> Damage:
    """NaN instead of some values of the training rows, and of the validation rows."""

    def damage(data: Data, seed: int) -> Data:
        random = np.random.default_rng(seed)

        def change(part: Part) -> Part:
            x = part.x.copy()
            count = max(1, round(share * x.size))
            x.reshape(-1)[random.choice(x.size, count, replace=False)] = np.nan
            return replace(part, x=x)

        return replace(data, train=change(data.train), validation=change(data.validation))

    return damage


def extreme_targets(factor: float, share: float = 0.03) -> Damage:
    """A few training rows with an answer far outside."""

    def damage(data: Data, seed: int) -> Data:
        random = np.random.default_rng(seed)
        y = data.train.y.copy()
        rows = random.choice(len(y), max(2, round(share * len(y))), replace=False)
        sign = random.choice([-1.0, 1.0], len(rows), p=[0.2, 0.8])
        y[rows] = (factor * sign).reshape(-1, *[1] * (y.ndim - 1))
        return replace(data, train=replace(data.train, y=y))

    return damage


def shuffled_labels(share: float) -> Damage:
    """A share of the answers is exchanged among the rows, in training and validation."""

    def damage(data: Data, seed: int) -> Data:
        random = np.random.default_rng(seed)

        def change(part: Part) -> Part:
            y = part.y.copy()
            rows = random.choice(len(y), max(2, round(share * len(y))), replace=False)
            y[rows] = y[random.permutation(rows)]
            return replace(part, y=y)

        return replace(data, train=change(data.train), validation=change(data.validation))

    return damage


def moved_labels(places: float) -> Damage:
    """The answers of the training rows are moved against the rows, as after one sort too many."""

    def damage(data: Data, seed: int) -> Data:
        y = np.roll(data.train.y, int(places), axis=0)
        return replace(data, train=replace(data.train, y=y))

    return damage


def rare_class(share: float) -> Damage:
    """Only a few rows of the last class are left in training and validation."""

    def damage(data: Data, seed: int) -> Data:
        def change(part: Part) -> Part:
            last = part.y == part.y.max()
            keep = max(2, round(share * (~last).sum() / (1.0 - share)))
            rows = np.flatnonzero(~last | (np.cumsum(last) <= keep))
            return part.rows(rows)

        return replace(data, train=change(data.train), validation=change(data.validation))

    return damage


def ordered_rows(share: float) -> Damage:
    """Training rows in the order of their answers; of a share below 1 only that many."""

    def damage(data: Data, seed: int) -> Data:
        random = np.random.default_rng(seed)
        train = data.train
        order = np.argsort(train.y.reshape(len(train), -1)[:, 0], kind="stable")
        rest = random.choice(len(train), round((1.0 - share) * len(train)), replace=False)
        order[rest] = order[random.permutation(rest)]
        return replace(data, train=train.rows(order))

    return damage


def missing_kinds(share: float) -> Damage:
    """The split was made without shuffling: training sees only this share of classes or range."""

    def damage(data: Data, seed: int) -> Data:
        both = Part(
            x=np.concatenate([data.train.x, data.validation.x]),
            y=np.concatenate([data.train.y, data.validation.y]),
        )
        values = both.y.reshape(len(both), -1)[:, 0]
        if data.goal in CLASS_GOALS:
            seen = values < max(1, round(share * data.classes))
        else:
            seen = values <= np.quantile(values, share)
        return replace(
            data,
            train=both.rows(np.flatnonzero(seen)),
            validation=both.rows(np.flatnonzero(~seen)),
        )

    return damage


def other_preprocessing(factor: float) -> Damage:
    """Validation and test inputs are not divided as those of training were."""

    def change(part: Part) -> Part:
        return _with_inputs(part, part.x * factor)

    return lambda data, seed: replace(
        data, validation=change(data.validation), test=change(data.test)
    )


def shifted_held_out(deviations: float) -> Damage:
    """The mean of training was not taken off the validation and test inputs."""

    def change(part: Part, spread: np.ndarray) -> Part:
        return _with_inputs(part, part.x + deviations * spread)

    def damage(data: Data, seed: int) -> Data:
        spread = data.train.x.std(axis=0)
        return replace(
            data,
            validation=change(data.validation, spread),
            test=change(data.test, spread),
        )

    return damage


def fewer_rows(divisor: float) -> Damage:
    """Only a part of the training rows."""

    def damage(data: Data, seed: int) -> Data:
        count = max(24, int(len(data.train) / divisor))
        return replace(data, train=data.train.rows(np.arange(count)))

    return damage


def _with_inputs(part: Part, x: np.ndarray) -> Part:
    return replace(part, x=x.astype("float32"))
