"""Before and after as a diff of two model summaries, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from keras_debugger.report.words import name as short
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation

KEPT_AROUND = 2  # equal lines shown before and after a change


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One layer of a summary.

    Args:
        mark: `-` only before, `+` only after, a blank in both, `.` for lines that are left out.
        layer: its name, class and what is set on it.
        shape: shape of its output, as text.
        parameters: number of its weights, as text.
    """

    mark: str
    layer: str
    shape: str = ""
    parameters: str = ""


def summary_diff(before: ModelDescription, after: ModelDescription) -> tuple[DiffLine, ...]:
    """Compare two models layer by layer.

    Args:
        before: the original.
        after: the fixed model.

    Returns:
        Lines that changed with their neighbours, and the number of weights of both at the end;
        empty if the summaries are equal.
    """
    old, new = ([_row(layer) for layer in model.layers] for model in (before, after))
    if old == new:
        return ()
    lines: list[DiffLine] = []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for block in blocks:
        kind, i, j, k, m = block
        if kind == "equal":
            lines += _shortened(old[i:j], first=block == blocks[0], last=block == blocks[-1])
            continue
        lines += [DiffLine("-", *row) for row in old[i:j]]
        lines += [DiffLine("+", *row) for row in new[k:m]]
    totals = [f"{model.parameters:,}" for model in (before, after)]
    marks = (" ",) if totals[0] == totals[1] else ("-", "+")
    lines += [
        DiffLine(mark, "all weights", "", total) for mark, total in zip(marks, totals, strict=False)
    ]
    return tuple(lines)


def diff_text(lines: Sequence[DiffLine]) -> str:
    """The lines in columns, as a unified diff shows them."""
    if not lines:
        return ""
    wide = max(len(line.layer) for line in lines)
    shape = max(len(line.shape) for line in lines)
    count = max(len(line.parameters) for line in lines)
    texts = (
        f"{line.mark} {line.layer:<{wide}}  {line.shape:<{shape}}  {line.parameters:>{count}}"
        for line in lines
    )
    return "\n".join(text.rstrip() for text in texts)


def _row(layer: LayerDescription) -> tuple[str, str, str]:
    told = ", ".join(_told(layer))
    what = f"{short(layer.path)} ({short(layer.class_name)}{': ' if told else ''}{told})"
    sizes = ", ".join("?" if size is None else str(size) for size in layer.output_shape or ())
    return what, f"({sizes})" if sizes else "", f"{layer.parameters:,}"


def _told(layer: LayerDescription) -> Iterator[str]:
    """What is set on a layer, as far as fixes change it."""
    if layer.activation is not Activation.LINEAR:
        yield layer.activation.value
    if layer.dropout:
        yield f"dropout {layer.dropout:g}"
    if layer.l1:
        yield f"L1 {layer.l1:g}"
    if layer.l2:
        yield f"L2 {layer.l2:g}"
    if layer.kernel_initializer:
        yield layer.kernel_initializer
    if layer.momentum is not None:
        yield f"momentum {layer.momentum:g}"
    if layer.parameters and not layer.trainable:
        yield "frozen"


def _shortened(rows: list[tuple[str, str, str]], *, first: bool, last: bool) -> Iterator[DiffLine]:
    """Equal lines next to a change; those further away become one line."""
    head = 0 if first else KEPT_AROUND
    tail = 0 if last else KEPT_AROUND
    if len(rows) <= head + tail + 1:
        yield from (DiffLine(" ", *row) for row in rows)
        return
    yield from (DiffLine(" ", *row) for row in rows[:head])
    yield DiffLine(".", f"{len(rows) - head - tail} layers as they were")
    yield from (DiffLine(" ", *row) for row in rows[len(rows) - tail :])
