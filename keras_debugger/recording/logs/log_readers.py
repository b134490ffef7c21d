"""Which reader a log file is for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.logs.csv_log import read_table
from keras_debugger.recording.logs.history_json import holds_scores, messages, read_history
from keras_debugger.recording.logs.json_text import parse_json, parse_lines, parse_lists
from keras_debugger.recording.logs.log_text import plain_text
from keras_debugger.recording.logs.pasted_log import looks_like_progress, read_pasted_text
from keras_debugger.recording.logs.table_exports import table_of
from keras_debugger.recording.logs.table_rows import find_table
from keras_debugger.types.record import TrainingRecord

_PICKLES = (b"\x80", b"\x93NUMPY")  # pickle, joblib; numpy.save of a dict


def read_log(path: Path) -> TrainingRecord:
    """Read a log file by what it holds, whatever it is called.

    Args:
        path: a CSVLogger file or another table, a history as JSON, pasted Keras progress lines,
            or a notebook that holds any of them.

    Returns:
        The record.

    Raises:
        UnreadableFileError: the file is none of these.
    """
    content = path.read_bytes()
    if content.startswith(_PICKLES):
        raise UnreadableFileError(
            given=f"{path}, a pickle, which could run code when it is loaded",
            expected="a log of text",
            do="load it yourself and pass the dict that it holds to diagnose, or save it as JSON",
        )
    text = plain_text(content)
    if not text.strip():
        raise UnreadableFileError(
            given=f"{path}, an empty file",
            expected="the log of a training",
            do="let at least one epoch end before you diagnose it",
        )
    return _read(text, source=str(path))


def _read(text: str, *, source: str) -> TrainingRecord:
    content = parse_json(text) if text.lstrip().startswith(("{", "[")) else None
    if isinstance(content, Mapping) and {"cells", "worksheets"} & set(content):
        return _read(_printed(content), source=source)
    if messages(content) and not holds_scores(content):
        return _read(messages(content), source=source)
    table = table_of(content)
    if table is not None:
        return read_table(table, source=source)
    if content is not None:
        return read_history(content, source=source)
    if looks_like_progress(text):
        return read_pasted_text(text, source=source)
    table = find_table(text)
    if table is not None:
        return read_table(table, source=source)
    for content in (parse_lines(text.splitlines()), parse_lists(text)):
        if holds_scores(content):
            return read_history(content, source=source)
    return read_pasted_text(text, source=source)


def _printed(notebook: Mapping[str, Any]) -> str:
    """What the cells of a Jupyter notebook printed or showed as text."""
    sheets = notebook.get("worksheets") or [notebook]
    cells = [cell for sheet in sheets for cell in sheet["cells"]]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    texts = [out.get("text") or out.get("data", {}).get("text/plain", ()) for out in outputs]
    return "\n".join("".join(text) for text in texts)
