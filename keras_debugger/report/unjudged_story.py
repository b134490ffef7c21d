"""Checks that could not judge, in words: why, and what would let them."""

from dataclasses import dataclass

from keras_debugger.report.words import (
    capital,
    clean,
    count,
    listing,
    sentence,
    title,
)
from keras_debugger.types.finding import Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class UnjudgedStory:
    """Checks that could not judge for one reason: how many, why, what to do, and which."""

    sentence: str
    hint: str
    checks: tuple[str, ...]


def tell_unjudged(skipped: tuple[Skipped, ...]) -> tuple[UnjudgedStory, ...]:
    """Checks grouped by what would let them judge; those that only saw too little are one group."""
    groups: dict[str, list[Skipped]] = {}
    for skip in skipped:
        groups.setdefault(clean(skip.hint) if skip.missing else "", []).append(skip)
    return tuple(_group(group) for group in groups.values())


def _group(group: list[Skipped]) -> UnjudgedStory:
    missing = listing(dict.fromkeys(need.value for skip in group for need in skip.missing))
    hints = dict.fromkeys(clean(skip.hint).rstrip(".") for skip in group)
    why = f"the record holds no {missing}" if missing else "this run says too little"
    return UnjudgedStory(
        sentence=f"{count(len(group), 'check')} could not judge: {why}.",
        hint=capital(sentence("; ".join(hints))),
        checks=tuple(f"{clean(skip.code)} {title(skip.name)}" for skip in group),
    )
