"""Normalise the inputs by a layer of the model."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.fixes.flow import next_layers
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import DropBrokenRows, Edit, FillInput, NormalizeInput
from keras_debugger.types.record import (
    LEAST_SPREAD,
    InputProfile,
    LayerDescription,
    ModelDescription,
)
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind


@dataclass(frozen=True, kw_only=True)
class NormalizeInputs(StructuralFix):
    """Put a Normalization layer, adapted on training data only, behind each input that needs one.

    The saved model then takes raw inputs.

    When: features are on a large or uneven scale, or a Rescaling divides again what was divided.
    Refused when: the model cannot be rebuilt, or no input is left: whole numbers, text and
        inputs of embeddings, inputs that a normalising, rescaling or frozen layer takes first,
        inputs with NaN, inputs whose features are all constant or near mean 0 and deviation 1.
    Risk: data that change over time need the layer adapted again; zeros of sparse features are
        shifted.
    Source: LeCun et al. 1998, Efficient BackProp, section 4.3.
    """

    name: ClassVar[str] = "normalize-inputs"
    kind: ClassVar[FixKind] = FixKind.NORMALIZE_INPUTS
    reason: ClassVar[str] = "Features of one scale let one learning rate suit all weights."
    risk: ClassVar[str] = "Data that change over time need the layer adapted again."

    near_mean: float = 0.25  # distance of a feature's mean from 0 that counts as none
    near_sd: float = 1.5  # ratio of a feature's deviation to 1 that counts as none

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        reasons: list[str] = []
        edits: list[Edit] = []
        filled = {edit.input for edit in setup.edits if isinstance(edit, FillInput)}
        for position, profile in enumerate(setup.data.inputs):
            cleaned = position in filled or bool(setup.edits_of(DropBrokenRows))
            reason = self._against(model, position, profile, cleaned=cleaned)
            if reason:
                reasons.append(reason)
            else:
                times = 1.0 / _shrinks(_first_layers(model, position), profile)
                edits.append(NormalizeInput(input=position, times=times))
        if not edits:
            raise self.refuse(
                given="; ".join(reasons) or "a model without known inputs",
                expected="an input of numbers that are not normalised yet",
                do="look at another fix",
            )
        return tuple(edits)

    def _against(
        self, model: ModelDescription, position: int, profile: InputProfile, *, cleaned: bool
    ) -> str:
        """Why an input is left alone; empty if it is to be normalised."""
        name = f"input {profile.name or position}"
        declared = model.inputs[position].dtype if position < len(model.inputs) else profile.dtype
        first = _first_layers(model, position)
        if "float" not in declared or profile.dtype.startswith(("str", "<U", "object", "|S")):
            return f"{name} that holds no floating-point numbers ({declared})"
        if any(layer.kind is LayerKind.EMBEDDING for layer in first):
            return f"{name} that an embedding takes"
        shrinks = _shrinks(first, profile) != 1.0
        if any(_scales_itself(layer) for layer in first) and not shrinks:
            return f"{name} that is normalised first"
        if any(layer.parameters and not layer.trainable for layer in first):
            return f"{name} that a frozen layer takes"
        if profile.nonfinite_rows and not cleaned:
            return f"{name} with NaN or infinity in {profile.nonfinite_rows} rows"
        varied = profile.sd > 0
        if not varied.any():
            return f"{name} whose features are all constant"
        sd, mean = profile.sd[varied], profile.mean[varied]
        if shrinks:
            return ""
        near = (np.abs(mean) < self.near_mean) & (np.abs(np.log(sd)) < np.log(self.near_sd))
        return f"{name} that is already normalised" if near.all() else ""


def _first_layers(model: ModelDescription, position: int) -> tuple[LayerDescription, ...]:
    """The layers that take an input, through nested models that only pass it on."""
    sources = [layer for layer in model.layers if layer.kind is LayerKind.INPUT]
    if position < len(model.inputs):
        named = [one for one in sources if one.name == model.inputs[position].name]
        sources = named or sources[position : position + 1]
    else:
        sources = sources[position : position + 1]
    if sources:
        return _through(model, next_layers(model, sources[0].path))
    rest = [layer for layer in model.layers if layer.kind is not LayerKind.MODEL]
    return _through(model, tuple(rest[:1]))


def _through(
    model: ModelDescription, layers: tuple[LayerDescription, ...]
) -> tuple[LayerDescription, ...]:
    found: list[LayerDescription] = []
    for layer in layers:
        if layer.kind is LayerKind.RESHAPE:
            found += _through(model, next_layers(model, layer.path))
        else:
            found.append(layer)
    return tuple(found)


def _shrinks(first: tuple[LayerDescription, ...], profile: InputProfile) -> float:
    """Factor of a Rescaling that leaves an input next to no spread; 1 if there is none.

    Pixels that were divided by 255 before are divided again. Normalised inputs are made so much
    larger in front of it.
    """
    scales = [layer.scale for layer in first if layer.class_name == "Rescaling"]
    spread = float(np.nanmax(profile.sd)) if profile.sd.size else 0.0
    return scales[0] if len(scales) == 1 and 0.0 < scales[0] * spread < LEAST_SPREAD else 1.0


def _scales_itself(layer: LayerDescription) -> bool:
    scales = layer.kind in (LayerKind.PREPROCESSING, LayerKind.NORMALIZATION)
    return scales and not (layer.class_name == "Rescaling" and "+" in layer.path)
