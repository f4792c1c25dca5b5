"""Does a protocol agree with itself?  Pure: asked of a file before anybody makes a plan from it, by `afterglow library check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from afterglow.pathway.plan.rules.changes import course_can_be_kept
from afterglow.science.dosing.amounts import ImpossibleAmount, micrograms, milligrams_text
from afterglow.science.dosing.dose import PlannedDose, dose_from_weight, guardrails
from afterglow.science.dosing.limits import DoseLimits, Drug, limits_from


def protocol_faults(content: Mapping[str, Any], drugs: Mapping[str, Drug]) -> tuple[str, ...]:
    """One sentence for each place where the file contradicts itself; none when a plan can rest on it.

    The usual dose lies inside the band that needs no reason; the days can be kept; doses never lie closer than the hard stop allows;
    the last review follows the last infusion; the block holds the infusion; the file's own examples give what they say.
    """
    found = [*_days(content), *_reviews(content), *_block(content)]
    try:
        limits = limits_from(content)
        found += _dose(content, limits)
        for vignette in content["vignettes"]:
            found += _example(content, vignette, limits, drugs)
    except ImpossibleAmount as wrong:
        found.append(f"An amount in it is impossible: {wrong}")
    return tuple(found)


def _dose(content: Mapping[str, Any], limits: DoseLimits) -> Iterator[str]:
    usual, (low, high) = micrograms(content["dose"]["mg_per_kg"]), limits.say_why_ug_per_kg
    if not low <= usual <= high:
        said = f"{milligrams_text(low)}/kg to {milligrams_text(high)}/kg"
        yield f"Its usual dose of {milligrams_text(usual)}/kg lies outside {said}, so that every dose would need a reason."
    if content["dose"]["over_min"] < limits.hard_under_min:
        yield f"Its usual infusion of {content['dose']['over_min']} min is shorter than its own hard stop of {limits.hard_under_min} min."


def _days(content: Mapping[str, Any]) -> Iterator[str]:
    yield from (finding.sentence for finding in course_can_be_kept(content) if not finding.is_met)
    closest_h, rules = 24 * content["course"]["apart_days"][0], content["intervals"]
    if closest_h < rules["say_why_under_h"]:
        yield f"Its doses may lie {closest_h} h apart, and under {rules['say_why_under_h']} h each would need a reason."
    if rules["hard_stop_under_h"] > rules["say_why_under_h"]:
        yield "Its hard stop between doses is wider than the interval that asks for a reason."


def _reviews(content: Mapping[str, Any]) -> Iterator[str]:
    after, infusions = [review["after"] for review in content["reviews"]], content["course"]["infusions"]
    if after != sorted(set(after)):
        yield "Its reviews do not follow one another."
    if after[-1] != infusions:
        yield f"Its last review follows infusion {after[-1]}, and the course has {infusions}: nobody would look at the end."


def _block(content: Mapping[str, Any]) -> Iterator[str]:
    if content["block_min"]["infusion"] != content["dose"]["over_min"]:
        yield f"It books {content['block_min']['infusion']} min for an infusion of {content['dose']['over_min']} min."
    if content["block_min"]["recovery"] < content["discharge"]["min_after_end_min"]:
        yield f"It books {content['block_min']['recovery']} min of recovery; nobody may leave before {content['discharge']['min_after_end_min']} min."


def _example(content: Mapping[str, Any], vignette: Mapping[str, Any], limits: DoseLimits, drugs: Mapping[str, Drug]) -> Iterator[str]:
    weight_g = micrograms(vignette["weight_kg"])
    ug_per_kg = micrograms(vignette.get("mg_per_kg", content["dose"]["mg_per_kg"]))
    said = f"Its example of {vignette['weight_kg']} kg"
    dose_ug = dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=limits.step_ug)
    if dose_ug != micrograms(vignette["gives_mg"]):
        yield f"{said} gives {vignette['gives_mg']} mg; the rules give {milligrams_text(dose_ug)}."
    drug = drugs.get(vignette.get("drug", content["drug"]))
    verdict = guardrails(PlannedDose(drug=drug, dose_ug=dose_ug, weight_g=weight_g, over_min=vignette["over_min"]), limits)
    for what, findings, phrases in (("asks", verdict.liftable, vignette["asks"]), ("refuses", verdict.never, vignette["refuses"])):
        sentences = [finding.sentence for finding in findings]
        if len(sentences) != len(phrases) or not all(phrase in sentence for phrase, sentence in zip(phrases, sentences, strict=True)):
            yield f"{said} {what} {phrases or 'nothing'}; the rules: {sentences or 'nothing'}."
