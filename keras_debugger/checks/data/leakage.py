"""DAT119: one feature gives the answer away."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.data.features import feature_name
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import StrongFeature, TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity


@dataclass(frozen=True, kw_only=True)
class LeakageSuspect(Check):
    """One feature alone gives the answer nearly perfectly, and the others do not.

    Sees: how often the nearest other row along one feature has the same answer (balanced accuracy,
        or R2), and what the best simple model reaches without that feature.
    Formula: lead = (score of the feature - score of the others) / (1 - chance). A note from
        `min_lead` and `errors` standard errors of the others on, counted on the rows of the
        smallest class; a warning if the feature is the answer itself under other names or in
        another unit.
    Source: Kaufman et al. 2012, Leakage in data mining, ACM TKDD 6(4) (the reason). On easy data
        (iris, wine, breast cancer, blobs) the others do as well, so there is no lead.
    Known problems: a law that one measurement obeys looks the same: ask whether the feature is
        known before the answer is.
    Fixes: leave the feature out, if it is not known at the time of the answer.
    """

    code: ClassVar[str] = "DAT119"
    name: ClassVar[str] = "leakage-suspect"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    min_lead: float = 0.05  # share of the way from a constant guess to no error
    errors: float = 3.0  # standard errors

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        data = record.data
        if not data.simple_models:
            raise TooShortError("needs a data profile with simple models")
        strong = data.strong_feature
        if strong is None:
            return ()
        lead = (strong.score - strong.others) / (1.0 - data.simple_models[0].chance)
        limit = self._limit(strong)
        if lead < limit and not strong.is_answer:
            return ()
        place = feature_name(data.inputs[0], strong.feature)
        words = "is the answer itself" if strong.is_answer else "nearly gives the answer alone"
        return (
            self.finding(
                severity=Severity.WARNING if strong.is_answer else Severity.NOTE,
                summary=f"{place} {words}: it scores {strong.score:.3f} in {strong.rows} rows, a "
                f"model of all other features {strong.others:.3f}.",
                place=place,
                value=lead,
                limit=limit,
                confidence=0.85 if strong.is_answer else 0.5,
            ),
        )

    def _limit(self, strong: StrongFeature) -> float:
        share = min(max(strong.others, 0.0), 1.0)
        return max(self.min_lead, self.errors * sqrt(share * (1.0 - share) / strong.fewest))
