"""AutofixResult: the verdict, the model to use, and everything that they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from keras_debugger.report.diagnosis_view import DiagnosisView
from keras_debugger.report.encoding import printable
from keras_debugger.report.files import place, place_bytes, place_json, place_text
from keras_debugger.report.json_form import history_json, plain
from keras_debugger.report.markdown import result_markdown
from keras_debugger.report.recommendations import Recommendation
from keras_debugger.report.reproduce import FILES as REPRODUCTION_FILES
from keras_debugger.report.reproduce import write_reproduction
from keras_debugger.report.result_story import tell_result
from keras_debugger.report.text import result_text
from keras_debugger.report.words import clean, plan_title
from keras_debugger.types.changed_model import ChangedModel
from keras_debugger.types.plan import Plan
from keras_debugger.types.reproduction import Reproduction
from keras_debugger.types.trial import Trial
from keras_debugger.types.verdict import Verdict
from keras_debugger.types.vocabulary import Decision

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILES = {
    "training_history.json": "epoch logs of the original run",
    "training_history_fixed.json": "epoch logs of the changed model",
    "diagnostic_report.md": "what was found in the original run, and why",
    "training_comparison.png": "loss, metric, gradient norm and learning rate, before and after",
    "fixed_model.keras": "the fixed model; keras.models.load_model reads it, raw inputs go in",
    "final_report.md": "this report as Markdown",
    "final_report.html": "this report as one page that opens offline",
    "split.json": "which of your rows trained, chose and judged, with the SHA-256 of each part",
    **REPRODUCTION_FILES,
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class AutofixResult:
    """What autofix found, did and proved.

    Args:
        verdict: the verdict in one word; compares equal to its text, such as `"verified"`.
        proof: before, after, gain and interval.
        diagnosis: of the original run.
        diagnosis_after: of the fixed run; None if no fix was proved.
        before: trainings of the original in the proof, one a seed.
        after: trainings of the fixed model on the same seeds; empty if nothing was proved.
        tried: trainings of the search.
        plan: the fixes that were proved, or came nearest; None if nothing was compared.
        model: the fixed model if a fix was proved, else the user's own, as it was.
        changed: the changed model of `plan` as plain values; None if nothing was compared.
        history: epoch logs of the training that made `model`, by name.
        recommendations: what to do next.
        split: which rows were used for what, in words.
        rows: the row numbers of each part with their SHA-256, for a JSON file.
        cost: what the run cost, in trainings of the original.
        told: the most that it could cost, as told before it started.
        seconds: time of all trainings, in seconds.
        notes: anything else to know, one sentence each.
        reproduction: what `reproduce.py` needs; None if no fix was proved.

    Example:
        >>> from keras_debugger import autofix
        >>> from keras_debugger.demo import wine, wine_classifier
        >>> model, data = wine_classifier(), wine()
        >>> result = autofix(model, data, epochs=20, budget=1.0, directory="report", verbose=0)
        >>> result.fixed, result.verdict == "verified"
        (True, True)
        >>> result.proof.gain > 0.1  # relative reduction of the error, 1 is all of it
        True
        >>> result.plot("before_and_after.png").get_size_inches().shape
        (2,)
        >>> result.save("report")[-1].name
        'final_report.html'
    """

    verdict: Decision
    proof: Verdict
    diagnosis: DiagnosisView
    diagnosis_after: DiagnosisView | None = None
    before: tuple[Trial, ...] = ()
    after: tuple[Trial, ...] = ()
    tried: tuple[Trial, ...] = ()
    plan: Plan | None = None
    model: Any = None
    changed: ChangedModel | None = None
    history: Mapping[str, tuple[float, ...]]
    recommendations: tuple[Recommendation, ...] = ()
    split: str = ""
    rows: Mapping[str, Any] = field(default_factory=dict)
    cost: float = float("nan")
    told: float = float("nan")
    seconds: float = float("nan")
    notes: tuple[str, ...] = ()
    reproduction: Reproduction | None = None

    def __str__(self) -> str:
        return printable(result_text(tell_result(self)))

    def __repr__(self) -> str:
        return printable(f"<AutofixResult {self.verdict.value}: {tell_result(self).headline}>")

    def _repr_html_(self) -> str:
        from keras_debugger.report.html import result_fragment

        return result_fragment(self)

    @property
    def fixed(self) -> bool:
        """Whether `model` is a fixed model whose gain was proved."""
        return self.verdict.is_proven

    def summary(self) -> str:
        """The verdict, the cause and the fix in a few lines."""
        story = tell_result(self)
        lines = [f"{story.badge.upper()}: {story.headline}"]
        if story.before.causes:
            cause = story.before.causes[0]
            lines.append(f"Cause: {cause.title} ({cause.confidence}).")
        if self.plan is not None and story.fixes:
            words = "Fix" if self.fixed else "Nearest fix"
            lines.append(f"{words}: {plan_title(self.plan)}.")
        if story.interval is not None:
            lines.append(f"Gain: {story.interval.words}.")
        return printable("\n".join(lines))

    def show(self, file: IO[str] | None = None) -> None:
        """Show the result in the terminal, in colour where it has colours.

        Args:
            file: where to write; standard output if None.
        """
        from keras_debugger.report.terminal import show_result

        show_result(self, file)

    def plot(self, path: str | Path | None = None) -> "Figure":
        """Draw loss, metric, gradient norms and learning rate, before and after.

        Args:
            path: also write the picture as PNG to this file.

        Returns:
            The Matplotlib figure; it needs no display.

        Raises:
            OSError: the file cannot be written.
        """
        from keras_debugger.report.drawing import to_png
        from keras_debugger.report.pictures import result_figure

        figure = result_figure(self)
        if path is not None:
            place_bytes(Path(path), to_png(figure))
        return figure

    def save(self, directory: str | Path) -> tuple[Path, ...]:
        """Write everything to a folder, each file whole or not at all.

        `fixed_model.keras` is written only if a fix was proved, `training_history_fixed.json` only
        if a changed model was trained for the proof.

        Args:
            directory: the folder; it is made if it is not there.

        Returns:
            The paths of the files that were written.

        Raises:
            OSError: a file cannot be written; what stood there before is still there.
        """
        folder = Path(directory)
        written = [
            place_json(folder / "training_history.json", history_json(self.diagnosis.record)),
            self.diagnosis.save(folder / "diagnostic_report.md"),
            place_json(folder / "split.json", dict(self.rows)),
        ]
        if self.fixed:
            fixed = plain(self.history)
            written.append(place_json(folder / "training_history_fixed.json", fixed))
        elif self.after:
            fixed = history_json(self.after[0].record)
            written.append(place_json(folder / "training_history_fixed.json", fixed))
        self.plot(folder / "training_comparison.png")
        written.append(folder / "training_comparison.png")
        failure: Exception | None = None
        if self.fixed:
            try:
                written.append(place(folder / "fixed_model.keras", self.model.save))
                if self.reproduction is not None:
                    written += write_reproduction(folder, self.reproduction)
            except Exception as error:  # the reports are written first, then it is raised
                failure = error
        written += self._save_reports(folder, {path.name for path in written}, failure)
        if failure is not None:
            raise failure
        return tuple(written)

    def _save_reports(
        self, folder: Path, written: set[str], failure: Exception | None
    ) -> tuple[Path, Path]:
        from keras_debugger.report.html import result_page

        written |= {"final_report.md", "final_report.html"}
        files = [(name, what) for name, what in FILES.items() if name in written]
        if failure is not None:
            why = clean(f"{type(failure).__name__}: {failure}")
            files.append(("fixed_model.keras", f"could not be saved: {why}"))
        elif not self.fixed and (folder / "fixed_model.keras").exists():
            files.append(("fixed_model.keras", "of an earlier run: this one proved no fix"))
        elif not self.fixed:
            files.append(("fixed_model.keras", "not written: no fix was proved"))
        page = result_markdown(tell_result(self), picture="training_comparison.png", files=files)
        return (
            place_text(folder / "final_report.md", page),
            place_text(folder / "final_report.html", result_page(self, files=files)),
        )
