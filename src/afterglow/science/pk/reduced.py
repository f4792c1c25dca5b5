"""The part of a model that one analyte depends on: compartments that nothing of it comes from are left out, and what flows there has left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from afterglow.science.pk.model import OUT, Analyte, Flow, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A peripheral compartment: the flow out to it and the flow back."""

    out: Flow
    back: Flow


def reduced(model: Model, analyte: Analyte) -> Model:
    """The same model with only what can reach the analyte, and only this analyte."""
    needed = {analyte.compartment}
    while more := {flow.origin for flow in model.flows if flow.to in needed} - needed:
        needed |= more
    kept = tuple(name for name in model.compartments if name in needed)
    flows = tuple(flow if flow.to in needed else replace(flow, to=OUT) for flow in model.flows if flow.origin in needed)
    routes = {
        name: replace(route, legs=legs) for name, route in model.routes.items() if (legs := tuple(leg for leg in route.legs if leg.to in needed))
    }
    volumes = {name: volume for name, volume in model.volumes.items() if name in needed}
    return replace(model, compartments=kept, flows=flows, routes=routes, volumes=volumes, analytes=(analyte,))


def spokes(model: Model) -> tuple[Spoke, ...] | None:
    """The peripheral compartments of a wheel: every other compartment exchanges with the analyte's alone.  None for another shape, or above two."""
    hub = model.analytes[0].compartment
    found = []
    for name in model.compartments:
        if name == hub:
            continue
        out = [flow for flow in model.flows if (flow.origin, flow.to) == (hub, name)]
        back = [flow for flow in model.flows if flow.origin == name]
        if len(out) != 1 or len(back) != 1 or back[0].to != hub:
            return None
        found.append(Spoke(out=out[0], back=back[0]))
    return tuple(found) if len(found) <= 2 else None
