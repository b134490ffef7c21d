"""Numbers, names and fixed vocabularies as words that people read."""

import math
from collections.abc import Iterable

from keras_debugger.types.plan import Plan
from keras_debugger.types.vocabulary import Decision, Ending, Severity

FAMILIES = {
    "LOS": "loss curves",
    "GRD": "gradients",
    "ACT": "activations",
    "DAT": "data",
    "MOD": "model",
    "OPT": "optimizer",
}
SEVERITIES = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
ENDINGS = {
    Ending.FINISHED: "ran to its end",
    Ending.STOPPED_EARLY: "was stopped early",
    Ending.INTERRUPTED: "was interrupted",
    Ending.FAILED: "failed",
    Ending.UNFINISHED: "was left before its end",
    Ending.RUNNING: "is still running",
    Ending.UNKNOWN: "",
}
TONES = {
    Decision.VERIFIED: "good",
    Decision.IMPROVED: "good",
    Decision.NOT_PROVEN: "fair",
    Decision.NO_BETTER: "fair",
    Decision.WORSE: "bad",
    Decision.HEALTHY: "good",
    Decision.REFUSED: "bad",
}
MEANINGS = {
    Decision.VERIFIED: "the lower bound of the gain is above the improvement that was asked for",
    Decision.IMPROVED: "the mean gain is above the improvement that was asked for, and its lower "
    "bound is above zero",
    Decision.NOT_PROVEN: "the fix may help, but the evidence does not rule out chance; "
    "your model is left as it was",
    Decision.NO_BETTER: "nothing that was tried beat the original; your model is left as it was",
    Decision.WORSE: "the change that came nearest does harm beyond chance; your model is left as "
    "it was",
    Decision.HEALTHY: "nothing is wrong, so nothing was changed",
    Decision.REFUSED: "no change of the model can mend this; the data need your attention first",
}
_SPELLED = {"relu": "ReLU", "elu": "ELU", "gelu": "GELU", "nan": "NaN", "l2": "L2"}
_SENTENCE = 700  # letters; more is a layer name gone wild


def clean(text: object, *, limit: int = _SENTENCE) -> str:
    """Text on one line that can do no harm to a terminal, a page or a file.

    Args:
        text: any text, also a layer name with control characters, direction marks or half
            surrogates, which become visible escapes.
        limit: letters to keep; the middle of a longer text is left out.

    Returns:
        Printable text that can be encoded as UTF-8.
    """
    words = " ".join(str(text).split())
    if len(words) > limit:
        keep = max(1, (limit - 5) // 2)
        words = f"{words[:keep]} ... {words[-keep:]}"
    return "".join(map(_visible, words))


def _visible(letter: str) -> str:
    if not letter.isprintable():
        return letter.encode("unicode_escape", "surrogatepass").decode("ascii")
    return letter


def name(text: object) -> str:
    """A layer, feature or metric name, short enough for a line."""
    return clean(text, limit=72)


def number(value: float) -> str:
    """A number with three significant digits: `0.972`, `1,234`, `1.2e-5`."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    size = abs(value)
    if value == int(value) and size < 1e6:
        return f"{value:,.0f}"
    if 999.5 <= size < 1e6:
        return f"{value:,.0f}"
    if 1e-3 <= size < 1e3:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def score_words(value: float) -> str:
    """A score with as many digits as others of its kind: `0.600` beside `0.661`."""
    return f"{value:.3f}" if 1e-3 <= abs(value) < 10.0 else number(value)


def cost_words(trainings: float) -> str:
    """What something cost, in trainings of the original: `0.12 trainings`."""
    return "no training" if trainings < 0.005 else f"{trainings:.2f} trainings"


def percent(share: float) -> str:
    """A share as a percentage: `93 %`; one digit more below 10 % of a percent."""
    if not math.isfinite(share):
        return "not known"
    hundredths = 100.0 * share
    return (
        f"{hundredths:.0f} %" if abs(hundredths) >= 1 or hundredths == 0 else f"{hundredths:.1g} %"
    )


def duration(seconds: float) -> str:
    """A time in words: `45 s`, `3 min 20 s`, `1 h 5 min`."""
    if not math.isfinite(seconds):
        return "not known"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def count(amount: int, noun: str) -> str:
    """A number of things: `1 check`, `12 checks`."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def title(code_name: str) -> str:
    """The name of a check or a fix as a title: `exploding-gradients` is `Exploding gradients`."""
    words = (_SPELLED.get(word, word) for word in clean(code_name).replace("-", " ").split(" "))
    return capital(" ".join(words))


def capital(sentence: str) -> str:
    """The sentence with a capital first letter, the others as they are."""
    return sentence[:1].upper() + sentence[1:]


def sentence(text: str) -> str:
    """Cleaned text that ends with a full stop."""
    words = clean(text)
    return words if not words or words[-1] in ".!?:" else f"{words}."


def listing(items: Iterable[str]) -> str:
    """Items in a sentence: `a, b and c`."""
    words = list(items)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def plan_title(plan: Plan) -> str:
    """The name of a plan in words."""
    return title(plan.name.replace(" + ", ", "))


def families(codes: Iterable[str]) -> str:
    """What the checks with these codes look at: `loss curves (7), gradients (4)`."""
    amounts: dict[str, int] = {}
    for code in codes:
        family = FAMILIES.get(code[:3], "other checks")
        amounts[family] = amounts.get(family, 0) + 1
    return listing(f"{family} ({amount})" for family, amount in amounts.items())
