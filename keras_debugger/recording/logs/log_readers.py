"""Which reader a log file is for."""

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.logs.csv_log import looks_like_table, read_csv_text
from keras_debugger.recording.logs.history_json import parse_history, read_history
from keras_debugger.recording.logs.pasted_log import looks_like_progress, read_pasted_text
from keras_debugger.types.record import TrainingRecord


def read_log(path: Path) -> TrainingRecord:
    """Read a log file by what it holds, whatever it is called.

    Args:
        path: a CSVLogger file or another table, a history JSON, pasted Keras progress lines, or a
            notebook that holds such lines.

    Returns:
        The record.

    Raises:
        UnreadableFileError: the file is none of these.
    """
    source = str(path)
    text = _text(path)
    if not text.strip():
        raise UnreadableFileError(
            given=f"{source}, an empty file",
            expected="the log of a training",
            do="let at least one epoch end before you diagnose it",
        )
    content = parse_history(text) if "{" in text or text.lstrip().startswith("[") else None
    if isinstance(content, Mapping) and "cells" in content:
        text = _printed(content)
    elif content is not None:
        return read_history(content, source=source)
    if looks_like_progress(text):
        return read_pasted_text(text, source=source)
    if looks_like_table(text):
        return read_csv_text(text, source=source)
    raise UnreadableFileError(
        given=f"{source}, which is no Keras log",
        expected="a CSVLogger file, a history JSON, pasted Keras progress lines or a saved record",
        do="save the history with keras.callbacks.CSVLogger, or train with a Recorder",
    )


def _printed(notebook: Mapping[str, Any]) -> str:
    """What the cells of a Jupyter notebook printed."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    return "\n".join("".join(output.get("text", ())) for output in outputs)


def _text(path: Path) -> str:
    content = path.read_bytes()
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    return content.decode("utf-8", errors="replace")
