"""Tasks that are drawn: token sequences, waves, counts, several labels a row."""

import numpy as np

Rows = tuple[np.ndarray, np.ndarray]


def topics(seed: int, rows: int = 1600, length: int = 16) -> Rows:
    """Texts of three topics, each with its own usual words.

    Args:
        seed: of the texts; the words of the topics are always the same.
        rows: number of texts.
        length: words of a text.

    Returns:
        Word numbers from 1 to 59, shape (rows, length), and topics 0 to 2.
    """
    usual = np.random.default_rng(1).dirichlet(np.full(59, 0.3), size=3)
    random = np.random.default_rng(seed)
    y = random.integers(0, 3, rows)
    return np.stack([random.choice(59, length, p=usual[topic]) + 1 for topic in y]), y


def sentiment(seed: int, rows: int = 1800, length: int = 20) -> Rows:
    """Texts in which more words are kind than unkind, or the reverse; the others say nothing."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, rows)
    x = random.integers(17, 80, (rows, length))
    telling = random.random((rows, length)) < 0.4
    right = random.random((rows, length)) < 0.8
    side = np.where(right, y[:, None], 1 - y[:, None])
    words = 1 + 8 * side + random.integers(0, 8, (rows, length))
    return np.where(telling, words, x), y


def waves(seed: int, rows: int = 1500, length: int = 20) -> Rows:
    """Sines of three frequencies with any phase in noise, shape (rows, length, 1)."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 3, rows)
    phase = random.uniform(0, 2 * np.pi, rows)
    angle = phase[:, None] + (0.35 + 0.3 * y[:, None]) * np.arange(length)
    x = np.sin(angle) + random.normal(scale=0.4, size=(rows, length))
    return x[:, :, None], y


def forecast(seed: int, rows: int = 1500, length: int = 16) -> Rows:
    """A damped oscillation driven by noise; the answer is the value after the window."""
    random = np.random.default_rng(seed)
    x = np.zeros((rows, length + 1))
    x[:, :2] = random.normal(size=(rows, 2))
    for step in range(2, length + 1):
        past = 1.6 * x[:, step - 1] - 0.8 * x[:, step - 2]
        x[:, step] = past + random.normal(scale=0.4, size=rows)
    x /= x[:, :-1].std()
    return x[:, :-1, None], x[:, -1:]


def tags(seed: int, rows: int = 1000, length: int = 12) -> Rows:
    """A class for each word, that depends on the word and, for some words, on the one before."""
    random = np.random.default_rng(seed)
    x = random.integers(1, 12, (rows, length))
    before = np.concatenate([np.zeros((rows, 1), int), x[:, :-1]], axis=1)
    return x, np.where(x < 8, x % 3, before % 3)


def labels(seed: int, rows: int = 1800, features: int = 12) -> Rows:
    """Four labels, each on beyond a plane, with noise near it."""
    random = np.random.default_rng(seed)
    planes = np.random.default_rng(2).normal(size=(features, 4))
    x = random.normal(size=(rows, features))
    value = x @ planes / np.sqrt(features) + random.normal(scale=0.2, size=(rows, 4))
    return x, (value > 0.2).astype(int)


def counts(seed: int, rows: int = 1800, features: int = 6) -> Rows:
    """Counts whose mean grows exponentially with the features."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, features))
    mean = np.exp(0.8 + x @ np.array([0.5, -0.4, 0.3, 0.2, 0.0, 0.0]))
    return x, random.poisson(mean)[:, None]
