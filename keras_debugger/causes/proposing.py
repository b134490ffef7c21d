"""Which experiments would tell the causes apart, for a diagnosis that makes none."""

from collections.abc import Sequence

from keras_debugger.causes import interventions as which
from keras_debugger.causes.information import CLEAR, Belief, belief_of, expected_information
from keras_debugger.causes.interventions import Intervention
from keras_debugger.causes.probes import probe_outcomes
from keras_debugger.types.cause import Cause
from keras_debugger.types.experiment import Experiment
from keras_debugger.types.record import TrainingRecord

MOST = 4  # experiments that are proposed
LEAST_INFORMATION = 0.05  # bits
USUAL_EPOCHS = 20


def next_experiments(causes: Sequence[Cause], record: TrainingRecord) -> tuple[Experiment, ...]:
    """The experiments that would decide, most telling for their cost first.

    Args:
        causes: as ranked from the record.
        record: the run; it tells how long a training is.

    Returns:
        Experiments without an answer; none if one cause is clear already.
    """
    if not causes or causes[0].confidence >= CLEAR:
        return ()
    belief = belief_of(causes)
    epochs = record.fit_description.epochs if record.fit_description is not None else None
    epoch = 1.0 / (epochs or USUAL_EPOCHS)
    against: dict[str, list[Cause]] = {}
    for cause in causes:
        if cause.fixes:
            against.setdefault(cause.fixes[0], []).append(cause)
    proposed = [
        _probe(fix, those, belief, max(which.SHORT, epoch)) for fix, those in against.items()
    ]
    proposed += [
        Experiment(
            name=one.name,
            question=one.question,
            separates=one.separates,
            cost=cost,
            information=expected_information(belief, one.outcomes),
        )
        for one, cost in _costs(record, epoch)
    ]
    telling = [one for one in proposed if one.information >= LEAST_INFORMATION]
    telling.sort(key=lambda one: -one.information / max(one.cost, 0.01))
    return tuple(telling[:MOST])


def _probe(fix: str, causes: Sequence[Cause], belief: Belief, cost: float) -> Experiment:
    kinds = tuple(cause.kind for cause in causes)
    either = ", or ".join(kind.value for kind in kinds)
    return Experiment(
        name=f"probe of {fix}",
        question=f"If {either}, {fix} should show it within a few epochs: does it?",
        separates=kinds,
        cost=cost,
        information=expected_information(belief, probe_outcomes(*kinds)),
    )


def _costs(record: TrainingRecord, epoch: float) -> list[tuple[Intervention, float]]:
    """The interventions that the record does not answer, and what they cost."""
    data = record.data_profile
    rows = data.rows if data is not None and data.rows else 1000
    costs = [
        (which.ONE_BATCH, which.BATCH_STEPS * which.BATCH_ROWS * epoch / rows),
        (which.SHUFFLED_LABELS, max(which.LONGER, epoch)),
    ]
    if data is None or not data.simple_models:
        costs.append((which.SIMPLE_MODELS, 0.0))
    if record.activation_log is None:
        costs.append((which.START, 0.0))
    return costs
