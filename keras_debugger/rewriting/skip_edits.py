"""A connection round some layers, gathered in a RebuildPlan."""

from keras_debugger.rewriting.layer_plan import RebuildPlan
from keras_debugger.rewriting.model_form import is_built_sequential, own_classes
from keras_debugger.rewriting.subject import Subject, cannot_apply
from keras_debugger.types.edit import AddSkip
from keras_debugger.types.graph import Call


def add_skip(edit: AddSkip, subject: Subject, plan: RebuildPlan) -> None:
    """Let the output of an earlier layer be added to that of a layer.

    Both must be called once, in the same model, and give one tensor of the same shape, both or
    neither of them masked: Keras drops a mask that only one of two added tensors has.
    """
    here, there = (_only_call(edit, subject, path) for path in (edit.layer, edit.source))
    if edit.layer.rpartition("/")[0] != edit.source.rpartition("/")[0]:
        raise cannot_apply(edit, f"{edit.source!r} is in another model")
    if here.output_shape != there.output_shape or not here.output_shape:
        raise cannot_apply(
            edit, f"its output is {here.output_shape}, that of {edit.source!r} {there.output_shape}"
        )
    if here.masked != there.masked:
        raise cannot_apply(edit, f"only one of it and {edit.source!r} hands a mask on")
    if here.layer == there.layer or not _leads_to(subject, there, here):
        raise cannot_apply(edit, f"{edit.source!r} does not come before it")
    if here.outputs[0] in subject.graph.outputs:
        raise cannot_apply(edit, "the layer is an output of the model")
    _check_sequential(edit, subject)
    plan.of(edit.layer).skip_from = edit.source


def _only_call(edit: AddSkip, subject: Subject, path: str) -> Call:
    subject.layer(path, edit)
    calls = subject.graph.calls_of(path)
    if len(calls) != 1 or len(calls[0].outputs) != 1:
        raise cannot_apply(edit, f"{path!r} is not called once with one output")
    return calls[0]


def _leads_to(subject: Subject, source: Call, target: Call) -> bool:
    reached = set(source.outputs)
    for call in subject.graph.calls:
        if reached & set(call.inputs):
            reached |= set(call.outputs)
    return target.outputs[0] in reached


def _check_sequential(edit: AddSkip, subject: Subject) -> None:
    """A Sequential model becomes a functional one, so it may have no methods of its own."""
    parent = edit.layer.rpartition("/")[0]
    model = subject.layers[parent] if parent else subject.model
    if type(model).__name__ == "Sequential" and not is_built_sequential(model):
        raise cannot_apply(edit, "the model is not built yet")
    if hasattr(model, "add") and own_classes(type(model)):
        raise cannot_apply(edit, f"a {type(model).__name__} cannot become a functional model")
