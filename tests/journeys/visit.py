"""The visit with its dose, from the check-in to the way home, told to whoever walks it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

from pypdf import PdfReader

from afterglow.pathway.session import chain
from afterglow.pathway.session.actions.register_device import register_device
from afterglow.pathway.session.rules.suicide import WORDS
from afterglow.records.cabinet import queries as cabinet
from tests.journeys.steps import ESCORT, NAME, PASSWORD, Walk, id_in
from tests.support.cast import Cast, address
from tests.support.walk import Form, Reading, Value, Walker

MONITOR_KEYS: dict[str, str] = {}
SOURCE = Path(__file__).resolve().parents[2] / "src"
CALM: Mapping[str, Value] = {"sbp": "121", "dbp": "77", "hr": "66", "rr": "14", "spo2": "98", "moaas": "5"}
AWAKE: Mapping[str, Value] = {"orientation": "full", "contact": "answers", "iv_site": "sound", "oxygen": "air"}


def a_monitor(cast: Cast, at: datetime) -> None:
    """A monitor in the first room; its key is kept for the process that plays it."""
    made = register_device(site_id=cast.site_id, room_id=cast.room_id, name="Bedside 1", profile="bedside_seconds", by=cast.ben, at=at)
    MONITOR_KEYS["key"] = made.key


def before_the_first_dose(walk: Walk) -> None:
    """Ana accepts the limits, Ben checks the equipment and receives a lot."""
    ana, ben = walk.of("ana"), walk.of("ben")
    ana.open("/sessions/limits/")
    ana.send("Accept the limits", {"password": PASSWORD})
    assert "are accepted." in ana.words
    ben.open("/sessions/equipment/")
    form = ben.form("Record today's check")
    ben.send("Record today's check", dict.fromkeys(form.names("radio"), "there"))
    assert "Complete today, checked by Ben Okoye." in ben.words
    ben.open("/cabinet/receive/")
    form = ben.form("Receive")
    product = next(each for each in form.options("product") if each.startswith("ketamine_racemic_50:"))
    expires = (walk.local + timedelta(days=300)).date().isoformat()
    ben.send("Receive", {"product": product, "lot_no": "K50", "expires_on": expires, "vials": "5"})
    walk.known["lot"] = id_in(ben.path)


def check_in(walk: Walk) -> None:
    """Every question of the day, section by section; nothing was filled in beforehand."""
    ben = walk.of("ben")
    ben.open("/sessions/")
    ben.send(f"Check in {NAME}")
    walk.known["session"] = id_in(ben.path)
    page = f"/sessions/{walk.known['session']}/check-in/"
    ben.open(page)
    ben.send("Add this pressure", {"sbp": "124", "dbp": "78"})
    ben.send("Record the weight", {"value": "70", "unit": "kg"})
    people = ben.form("Save room and monitor").options("monitor_id")
    ben.send("Save room and monitor", {"monitor_id": next(each for each in people if each == str(walk.cast.ben.user_id))})
    for section in _sections(ben):
        button = next(words for form in _sections(ben) for words, _, _ in form.buttons if form.options("section") == section.options("section"))
        said = {name: value for name, value in _answers(walk).items() if name in section.names()}
        if said:
            ben.send(button, said, where={"section": section.options("section")[0]})
    walk.later(6)
    ben.open(page)
    ben.send("Add this pressure", {"sbp": "122", "dbp": "78"})


def _sections(ben: Walker) -> list[Form]:
    return [form for form in Reading(ben.html).forms if form.action.endswith("/check-in/answers/")]


def _answers(walk: Walk) -> dict[str, Value]:
    """What somebody fit for the dose answers."""
    drank = walk.local - timedelta(hours=4)
    return {
        "identity-identifiers": ["full name", "birth date"],
        "allergies-said": "yes",
        "ketamine_allergy-said": "no",
        "capacity-said": "shown",
        "intoxication-said": "no",
        "withdrawal-said": "no",
        "substances-said": "no",
        "other_ketamine-said": "no",
        "pregnancy-organs": "no",
        **{f"suicide-{name}": "no" for name in WORDS},
        "escort-kind": "adult",
        "escort-adult_name": ESCORT,
        "night-name": ESCORT,
        "values_before-hr": "68",
        "values_before-rr": "14",
        "values_before-spo2": "98",
        "fasting-meal": "none",
        "fasting-clear_fluid_at": f"{drank:%Y-%m-%dT%H:%M}",
        "medicines-read": True,
        "iv_site-said": "yes",
        "airway_person-user_id": str(walk.cast.ana.user_id),
        "both_roles-said": "yes",
    }


def draw(walk: Walk) -> None:
    """From the lot, made up to 20 mL; Ana reads back what stands on vial, syringe, pump and wristband, and signs."""
    ben = walk.of("ben")
    ben.open(f"/sessions/{walk.known['session']}/gate/")
    assert "The drug has not been drawn from a received lot." in ben.refused("Start the infusion", {"password": PASSWORD}, to="/gate/start/")
    ben.open(f"/sessions/{walk.known['session']}/draw/")
    ben.send("Show volume and rate", {"lot": walk.known["lot"], "made_up_to": "20"})
    told = re.search(r"Draw ([\d.]+) mL, made up to 20 mL Pump ([\d.]+) mL/h for 40 min", ben.words)
    record = re.search(r"record (\d{4})", ben.words)
    assert told, ben.words
    assert record, ben.words
    assert told.groups() == ("0.7", "30")
    read = {"said_strength": "50", "said_volume": told[1], "said_rate": told[2], "said_record_no": record[1]}
    drug = next(each for each in ben.form("Draw", "/draw/done/").options("said_drug") if each == "ketamine_racemic")
    ben.send("Draw", {**read, "said_drug": drug, "second_email": address("ana"), "second_password": PASSWORD}, to="/draw/done/")
    assert "read back by Ana Ruiz" in ben.words


def dose(walk: Walk) -> None:
    """Start, numbers from a process of its own, vital signs, pause, resume; what the monitor no longer says is answered at the bedside."""
    ben = walk.of("ben")
    room = f"/sessions/{walk.known['session']}/room/"
    ben.open(f"/sessions/{walk.known['session']}/gate/")
    assert "Everything that was asked is met" in ben.words, ben.words[:3000]
    with monitor(walk):
        ben.send("Start the infusion", {"password": PASSWORD}, to="/gate/start/")
        ben.open(room)
        ben.until(lambda html: bool(_heart_rate_at(html)), "a heart rate from the monitor")
        first = _heart_rate_at(ben.html)
        ben.until(lambda html: _heart_rate_at(html) > first, "a later heart rate")
        ben.open(f"/sessions/{walk.known['session']}/vitals/")
        ben.send("Chart it", {**CALM, **AWAKE})
        ben.open(room)
        ben.deed("Pause", to="/pause/")
        ben.until(lambda html: "Paused" in html, "the pause on the timeline")
        ben.open(f"/sessions/{walk.known['session']}/resume/")
        ben.send("Resume")
    walk.later(38)
    ben.open(room)
    ben.open(f"/sessions/{walk.known['session']}/vitals/")
    ben.send("Chart it", {**CALM, **AWAKE, "spo2": "87"})
    ben.open(room)
    ben.deed("I have seen it", {"saw": "Breathes calmly, pink, pulse regular, answers to name."}, to="/acknowledge/")
    ben.open(f"/sessions/{walk.known['session']}/vitals/")
    ben.send("Chart it", {**CALM, **AWAKE})
    ben.open(room)
    for line in ("Paused", "Resumed", "121/77"):
        assert line in ben.words, f"{line} is not on the timeline: {ben.words}"
    ben.deed("Stop", to="/stop/")


def _heart_rate_at(html: str) -> str:
    """When the heart rate that the room shows was taken; empty while it shows none."""
    found = re.search(r'data-channel="hr" data-taken-at="([^"]*)"', html)
    return found[1] if found else ""


@contextmanager
def monitor(walk: Walk) -> Iterator[subprocess.Popen[bytes]]:
    """The virtual monitor as a process of its own, over HTTP through the devices door."""
    process = subprocess.Popen(
        [sys.executable, "-m", "afterglow.simulator.monitor", "--url", walk.server.url, "--cuff-every", "5"],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "AFTERGLOW_DEVICE_KEY": MONITOR_KEYS["key"]},
    )
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0, "the monitor did not end well"


def recovery(walk: Walk) -> None:
    """The pump's own volume, the rest wasted before Ana, an hour and a half of rest, two calm sets."""
    ben = walk.of("ben")
    own = f"/sessions/{walk.known['session']}"
    ben.open(f"{own}/finish/")
    went_in = re.search(r"in ([\d.]+) mL has gone in", ben.words)
    assert went_in, ben.words
    ben.send("Chart the final volume", {"volume": went_in[1]})
    ben.open(f"{own}/rest/")
    left = re.search(r"([\d.]+) mg is left over", ben.words)
    assert left, ben.words
    ben.send(
        "Write it in the ledger",
        {"how": "wasted", "amount": left[1], "reason": "left in the syringe", "second_email": address("ana"), "second_password": PASSWORD},
    )
    for minutes in (85, 12):
        walk.later(minutes)
        ben.open(f"{own}/vitals/")
        ben.send("Chart it", {**CALM, **AWAKE})


def leaving(walk: Walk) -> None:
    """The list refuses while something is open, and lets go when all is met."""
    ben = walk.of("ben")
    own = f"/sessions/{walk.known['session']}"
    page = f"{own}/leaving/"
    ben.open(page)
    assert "Everything is met." not in ben.words
    assert "so nobody goes home yet" in ben.refused(f"Discharge {NAME}")
    ben.open(page)
    taps = [each.value for form in Reading(ben.html).forms for each in form.controls if form.action.endswith("/leaving/tap/") and each.name == "item"]
    for item in taps:
        ben.send("Yes, I saw it", where={"item": item})
    ben.open(page)
    ben.send("Keep the score", dict.fromkeys(("activity", "respiration", "circulation", "consciousness", "saturation"), "2"))
    ben.send("Handed over", {"kind": "adult", "to_name": ESCORT, "adult_present": "yes", "has_the_keys": "yes"})
    ben.send("Keep the answers", dict.fromkeys(WORDS, "no"))
    assert "Everything is met." in ben.words, ben.words
    ben.send(f"Discharge {NAME}")
    assert "No driving, machines or binding decisions until" in ben.words


def after(walk: Walk) -> None:
    """The summary as a PDF, the ledger of the lot, and the walk as the desk sees it."""
    ana, ben, faye = walk.of("ana"), walk.of("ben"), walk.of("faye")
    kind, made = ana.fetch(f"/documents/sessions/{walk.known['session']}/")
    assert kind == "application/pdf"
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())
    for word in (NAME, "35 mg", "Paused", "Ben Okoye", "discharged"):
        assert word.lower() in text.lower(), f"{word} is not in the summary: {text}"
    ben.open(f"/cabinet/lots/{walk.known['lot']}/")
    for word in ("drawn", "given", "wasted", "Ana Ruiz"):
        assert word.lower() in ben.words.lower(), f"{word} is not in the ledger: {ben.words}"
    assert walk.server.ask(lambda: chain.first_broken_link(UUID(walk.known["session"]))) is None
    drawn = walk.server.ask(lambda: cabinet.draws_of(UUID(walk.known["session"])))
    assert drawn.drawn_ug == 35_000
    assert drawn.given_ug + drawn.wasted_ug == drawn.drawn_ug
    assert 0 < drawn.wasted_ug < drawn.given_ug
    assert drawn.open_ug == 0
    faye.open(f"/desk/people/{walk.known['person']}/")
    assert NAME in faye.words


STEPS = (before_the_first_dose, check_in, draw, dose, recovery, leaving, after)
