"""DiagnosisView: a diagnosis that people can print, show and save."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.report.encoding import printable
from keras_debugger.report.files import place_json, place_text
from keras_debugger.report.json_form import diagnosis_json
from keras_debugger.report.markdown import diagnosis_markdown
from keras_debugger.report.story import tell
from keras_debugger.report.text import diagnosis_text
from keras_debugger.types.diagnosis import Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class DiagnosisView(Diagnosis):
    """What is wrong with a training run, why, and what could not be judged.

    `print` it, `show()` it in colour, or `save` it as a page. The fields hold the same as values.

    Args:
        record: the run.
        findings: what was found, most severe first; `problems` are those above a note.
        causes: possible reasons, most likely first, each with its probability, 0 to 1; empty for a
            healthy run.
        skipped: checks that could not judge, and what would let them.
        crashed: parts of keras_debugger that raised.
        checked: codes of the checks that ran and could judge.
        experiments: those that were made, in order; empty if only the record was judged.
        next_experiments: those that would tell the causes apart, most telling for its cost first.
        unknown: probability that the cause is none of those that are known, 0 to 1.

    Example:
        >>> from keras_debugger import diagnose
        >>> diagnosis = diagnose({"loss": [0.9, 0.7, float("nan")]})
        >>> diagnosis.healthy
        False
        >>> [(finding.code, finding.epoch) for finding in diagnosis.problems]
        [('LOS101', 2)]
        >>> diagnosis.save("diagnostic_report.html").name
        'diagnostic_report.html'
    """

    def __str__(self) -> str:
        return printable(diagnosis_text(tell(self)))

    def __repr__(self) -> str:
        return printable(f"<Diagnosis: {tell(self).headline}>")

    def _repr_html_(self) -> str:
        from keras_debugger.report.html import diagnosis_fragment

        return diagnosis_fragment(self)

    def show(self, file: IO[str] | None = None) -> None:
        """Show the diagnosis in the terminal, in colour where it has colours.

        Args:
            file: where to write; standard output if None.
        """
        from keras_debugger.report.terminal import show_diagnosis

        show_diagnosis(self, file)

    def save(self, path: str | Path) -> Path:
        """Write the diagnosis to a file, whole or not at all.

        Args:
            path: name of the file; its ending decides the form: `.md`, `.html` (one self-contained
                page) or `.json`. Folders are made.

        Returns:
            The path of the file.

        Raises:
            InvalidArgumentError: the ending is none of these.
            OSError: the file cannot be written.
        """
        path = Path(path)
        match path.suffix.lower():
            case ".md":
                return place_text(path, diagnosis_markdown(tell(self)))
            case ".html" | ".htm":
                from keras_debugger.report.html import diagnosis_page

                return place_text(path, diagnosis_page(self))
            case ".json":
                return place_json(path, diagnosis_json(self, tell(self).headline))
        raise InvalidArgumentError(
            given=f"path={str(path)!r}",
            expected="a file name that ends in .md, .html or .json",
            do='use diagnosis.save("diagnostic_report.html")',
        )


def view(diagnosis: Diagnosis) -> DiagnosisView:
    """The diagnosis as something that people can print, show and save."""
    return DiagnosisView(**{part.name: getattr(diagnosis, part.name) for part in fields(diagnosis)})
