"""MOD106: a softmax shares one probability among labels that do not exclude each other."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import OutputDescription, TrainingRecord
from keras_debugger.types.vocabulary import (
    Activation,
    CauseKind,
    LabelForm,
    LossKind,
    Need,
    Severity,
)


@dataclass(frozen=True, kw_only=True)
class SoftmaxForSeveralLabels(Check):
    """A softmax over several units is judged by a binary cross-entropy.

    Sees: last activation, units and loss of each output; the form of its labels if known.
    Formula: softmax over more than one unit with binary cross-entropy, or with labels of which
        several hold in one row.
    Source: Bishop 2006, section 4.3: a softmax shares one probability among all classes, so two
        labels of one row can never both be near 1.
    Known problems: with one-hot labels and one class a row learning works nearly as well: a note
        where the run ends well.
    Fixes: change-output-activation (sigmoid), change-loss (categorical cross-entropy).
    """

    code: ClassVar[str] = "MOD106"
    name: ClassVar[str] = "softmax-for-several-labels"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        forms: list[LabelForm | None] = [None] * len(record.model.outputs)
        if record.data_profile is not None and len(record.data.labels) == len(forms):
            forms = [labels.form for labels in record.data.labels]
        return tuple(
            self._finding(record, output, form)
            for output, form in zip(record.model.outputs, forms, strict=True)
            if output.activation is Activation.SOFTMAX
            and (output.units or 0) > 1
            and (output.loss is LossKind.BINARY_CROSSENTROPY or form is LabelForm.MULTI_HOT)
        )

    def _finding(
        self, record: TrainingRecord, output: OutputDescription, form: LabelForm | None
    ) -> Finding:
        several = form is LabelForm.MULTI_HOT
        causes = (CauseKind.WRONG_OUTPUT_ACTIVATION, CauseKind.WRONG_LOSS)
        return self.finding(
            severity=Severity.ERROR if several else severity_by_outcome(record),
            summary=f"Output {output.name} is a softmax over {output.units} units, but "
            + (
                "rows have several labels." if several else f"{output.loss_name} judges each alone."
            ),
            place=output.layer or output.name,
            value=float(output.units or 0),
            limit=1.0,
            confidence=0.95 if several else 0.8,
            causes=causes if several else causes[::-1],
        )
