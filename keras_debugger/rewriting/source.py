"""A model as Python code that makes it: Sequential or functional, for layers of Keras."""

import builtins
import keyword
import re
from collections import Counter
from typing import Any

import keras

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.rewriting.engine import rebuild
from keras_debugger.rewriting.layer_plan import RebuildPlan
from keras_debugger.rewriting.model_form import is_built_sequential, is_functional, own_classes
from keras_debugger.rewriting.randomness import untouched_random_state
from keras_debugger.rewriting.source_values import NoCodeError, call_code, layer_code, value_code
from keras_debugger.rewriting.trace import Recorded

_RESERVED = ("keras", "layers", "model", "np", "x_train", "y_train", "x_val", "y_val")


def source_of(model: Any) -> str:
    """Code that makes a model of the same layers, names and settings, with fresh weights.

    Args:
        model: a Functional or built Sequential model, of layers and operations of Keras.

    Returns:
        Lines of Python without imports: they use `keras`, `layers` (of Keras) and, for arrays,
        `np`. The variable `model` holds the model.

    Raises:
        UnsupportedModelError: a model, layer or operation is not one of Keras's.
    """
    if not is_functional(model):
        raise _no_source(model, "it has a call of its own")
    with untouched_random_state():
        rebuilt = rebuild(model, RebuildPlan())
        writer = _Writer(rebuilt.models, rebuilt.recorded)
        for _, original, made in reversed(rebuilt.models):
            writer.write(original, made)  # comparing initializers draws seeds too
    return "\n".join(writer.lines)


class _Writer:
    """Writes a model and those nested in it, inner ones first, in one namespace."""

    def __init__(self, models: list[tuple[str, Any, Any]], recorded: dict[int, Recorded]) -> None:
        self.lines: list[str] = []
        self.recorded = recorded
        self.taken = {*_RESERVED, *dir(builtins)}
        self.variables: dict[int, str] = {id(models[0][1]): "model"}  # id of a layer or model
        self.nested = {id(original) for _, original, _ in models[1:]}
        self.times = Counter(id(call.operation) for one in recorded.values() for call in one.calls)

    def write(self, original: Any, made: Any) -> None:
        if own_classes(type(original)):
            raise _no_source(original, "its class is your own")
        if id(original) not in self.variables:
            self.variables[id(original)] = self.fresh(original.name)
        variable = self.variables[id(original)]
        if isinstance(original, keras.Sequential):
            self.write_chain(original, variable)
        else:
            self.write_graph(original, made, variable)

    def write_chain(self, model: Any, variable: str) -> None:
        layers = [self.callee(layer) for layer in model.layers]
        self.lines += [f"{variable} = keras.Sequential(", "    ["]
        if is_built_sequential(model):
            tensor = model.inputs[0]
            self.lines.append(f"        {_input_code(tensor.shape, tensor.dtype, '')},")
        self.lines += [f"        {code}," for code in layers]
        self.lines += ["    ],", f"    name={value_code(model.name)},", ")"]

    def write_graph(self, model: Any, made: Any, variable: str) -> None:
        recorded = self.recorded[id(made)]
        names: dict[int, str] = {}
        for tensor in recorded.inputs:
            names[id(tensor)] = self.fresh(tensor.name)
            code = _input_code(tensor.shape, tensor.dtype, tensor.name)
            self.lines.append(f"{names[id(tensor)]} = {code}")
        for call in recorded.calls:
            args, kwargs = call.arguments
            try:
                if isinstance(call.operation, keras.layers.Layer):
                    callee = self.callee(call.operation)
                    code = call_code(callee, args, kwargs, names)
                else:
                    code = call_code(call.operation, args, kwargs, names)
            except NoCodeError as error:
                raise _no_source(call.operation, str(error)) from error
            made_here = [id(tensor) for tensor in keras.tree.flatten(call.result)]
            targets = [self.fresh(call.operation.name) for _ in made_here]
            names.update(zip(made_here, targets, strict=True))
            several = isinstance(call.result, list | tuple)
            left = ", ".join(targets) + ("," if several and len(targets) == 1 else "")
            self.lines.append(f"{left} = {code}")
        ends = ", ".join(value_code(part, names) for part in (made.input, made.output))
        self.lines.append(f"{variable} = keras.Model({ends}, name={value_code(model.name)})")

    def callee(self, layer: Any) -> str:
        """What to call: the layer itself, or the variable of one that is used more than once."""
        if id(layer) in self.variables:
            return self.variables[id(layer)]
        try:
            code = layer_code(layer)
        except NoCodeError as error:
            raise _no_source(layer, str(error)) from error
        if self.times[id(layer)] > 1:
            self.variables[id(layer)] = self.fresh(f"{layer.name}_layer")
            self.lines.append(f"{self.variables[id(layer)]} = {code}")
            return self.variables[id(layer)]
        return code

    def fresh(self, name: str) -> str:
        """A new variable, called after a layer."""
        base = re.sub(r"\W", "_", name, flags=re.ASCII) or "x"
        base = f"x_{base}" if base[0].isdigit() or keyword.iskeyword(base) else base
        variable, number = base, 1
        while variable in self.taken:
            number += 1
            variable = f"{base}_{number}"
        self.taken.add(variable)
        return variable


def _input_code(shape: Any, dtype: str, name: str) -> str:
    named = f", name={value_code(name)}" if name else ""
    kind = "" if str(dtype) == "float32" else f", dtype={value_code(str(dtype))}"
    if shape[0] is None:
        return f"keras.Input({tuple(shape[1:])}{kind}{named})"
    return f"keras.Input(batch_shape={tuple(shape)}{kind}{named})"


def _no_source(layer: Any, reason: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        given=f"the layer {layer.name!r} ({type(layer).__name__}), which cannot be written as "
        f"code: {reason}",
        expected="a Functional or Sequential model of layers of Keras",
        do="make the change in your own code, as the lines of the fix say",
    )
