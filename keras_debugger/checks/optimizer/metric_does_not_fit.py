"""OPT104: a metric says nothing about the task."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.tasks import is_regression
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CLASS_FORMS, LabelForm, Need, Severity

_COUNTS = ("accuracy", "acc", "precision", "recall", "auc")
_CUT_AT_HALF = ("accuracy", "acc")  # as strings; a metric object may have a threshold of its own
_DISTANCES = ("mae", "mse", "mean_absolute_error", "mean_squared_error")


@dataclass(frozen=True, kw_only=True)
class MetricDoesNotFit(Check):
    """A metric of classes judges numbers, or the other way round.

    Sees: names of the compiled metrics, the form of the labels and the loss of the one output.
    Formula: an accuracy, precision, recall or AUC with labels that are numbers; a distance with
        labels that are classes; a binary accuracy with one-hot classes (it counts the zeros too);
        an `accuracy` of one logit, which Keras cuts at .5 and not at 0.
    Source: definition of the metrics: an accuracy of numbers counts exact hits.
    Known problems: a metric changes nothing in the training: always a note.
    Fixes: another metric.
    """

    code: ClassVar[str] = "OPT104"
    name: ClassVar[str] = "metric-does-not-fit"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.DATA})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        pairs = record.labelled_outputs
        if len(pairs) != 1:
            return ()
        output, form = pairs[0][0], pairs[0][1].form
        if form is LabelForm.INTEGER_CLASSES and is_regression(record):
            form = LabelForm.CONTINUOUS
        words = {
            metric: f"says little about labels that are {form.value}"
            for metric in record.model.metrics
            if self._is_odd(metric, form)
        }
        if output.units == 1 and output.from_logits:
            cut = set(record.model.metrics) & set(_CUT_AT_HALF) - set(words)
            words |= dict.fromkeys(cut, "cuts logits at .5, and the two classes meet at 0")
        return tuple(
            self.finding(
                severity=Severity.NOTE,
                summary=f"The metric {metric} {said}.",
                place=metric,
                confidence=0.8,
            )
            for metric, said in words.items()
        )

    def _is_odd(self, metric: str, form: LabelForm) -> bool:
        if form is LabelForm.CONTINUOUS:
            return any(word in metric.lower().split("_") for word in _COUNTS)
        if form is LabelForm.ONE_HOT and metric == "binary_accuracy":
            return True
        return form in CLASS_FORMS and metric in _DISTANCES
