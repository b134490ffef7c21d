"""What a record does not hold, or holds in another way than one would think: a sentence each."""

from keras_debugger.recording.step.step_table import FIRST_STEPS
from keras_debugger.recording.step.watch import Watch


def notes_of(watch: Watch, *, every: int) -> tuple[str, ...]:
    """Notes on the rows that a watch read.

    Args:
        watch: the watch.
        every: steps between rows in full.
    """
    notes = [
        "the loss of a step is that of its batch alone; the loss of an epoch is the mean over the "
        "epoch that Keras keeps"
    ]
    if every > 1:
        notes.append(
            "largest entries, shares of zeros, updates and norms of weights are recorded at the "
            f"first {FIRST_STEPS} steps and at every {every}th step; between them a norm of "
            "weights is the last that was recorded"
        )
    stride = max(watch.steps.stride, watch.gradients.stride)
    if stride > 1:
        notes.append(
            f"rows after the first {FIRST_STEPS} steps were thinned to every {stride}th step"
        )
    replicas = getattr(watch.model, "distribute_strategy", None)
    if replicas is not None and replicas.num_replicas_in_sync > 1:
        notes.append(
            "losses and gradients are those of the first replica on its share of the batch"
        )
    if any(site.repeated for site in watch.sites):
        notes.append("an optimizer is applied several times a step; the last time is recorded")
    if not watch.sites and watch.done:
        notes.append("gradients were not recorded: no Keras optimizer was applied in the step")
    if watch.sample is not None and watch.sample.refusal:
        notes.append(f"the data were not profiled: {watch.sample.refusal}; give probe_data=(x, y)")
    if watch.activations is not None and watch.activations.note:
        notes.append(watch.activations.note)
    return tuple(notes)
