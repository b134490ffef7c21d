"""What is known of a run, in short pieces."""

from keras_debugger.report.words import ENDINGS, clean, count, duration, listing, name, number
from keras_debugger.types.record import ModelDescription, TrainingRecord


def facts_of(record: TrainingRecord) -> tuple[tuple[str, str], ...]:
    """What is known of a run: name of each fact, and words."""
    facts = []
    if record.epoch_logs is not None:
        ended = ENDINGS[record.ending]
        took = f" in {duration(record.seconds)}" if record.seconds == record.seconds else ""
        text = f"{count(record.epoch_logs.count, 'epoch')}{took}" + (f", {ended}" if ended else "")
        detail = f" ({clean(record.ending_detail)})" if record.ending_detail else ""
        facts.append(("run", text + detail))
    if record.model_description is not None:
        facts += _model(record.model_description)
        if (optimizer := record.model_description.optimizer) is not None:
            rate = number(optimizer.learning_rate)
            facts.append(("optimizer", f"{name(optimizer.name)}, learning rate {rate}"))
    if record.data_profile is not None:
        sampled = record.data_profile.sampled
        part = f" ({sampled:,} looked at)" if sampled < record.data_profile.rows else ""
        facts.append(("training data", count(record.data_profile.rows, "row") + part))
    if record.source:
        facts.append(("source", clean(record.source)))
    if record.versions:
        versions = (f"{clean(key)} {clean(value)}" for key, value in record.versions.items())
        facts.append(("versions", ", ".join(versions)))
    return tuple(facts)


def _model(model: ModelDescription) -> tuple[tuple[str, str], ...]:
    weights = count(model.parameters, "parameter")
    losses = listing(dict.fromkeys(clean(output.loss_name) for output in model.outputs))
    kind = "" if model.name == model.kind.value else f" ({model.kind.value})"
    about = ("model", f"{name(model.name)}{kind}, {weights}")
    return (about, ("loss", losses)) if losses else (about,)
