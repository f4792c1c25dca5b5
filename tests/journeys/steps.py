"""The walk of one person from the first call to a safe discharge, step by step, told to whoever walks it (tests/support/walk.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.support.cast import PASSWORD, ZONE, Cast, address
from tests.support.server import ServerProcess
from tests.support.walk import Form, Value, Walker

NAME = "Nora Vance"
ESCORT = "Mia Vance"
PATIENTS = ("nora", "dan")
"""They come by their links and sign in nowhere."""
YES = {
    "diagnosis.major_depression_confirmed",
    "workup.ecg_reviewed",
    "workup.prescription_monitoring_checked",
    "workup.urinalysis_reviewed",
    "workup.urine_drug_screen_reviewed",
    "workup.bladder_score_recorded",
    "workup.substance_questionnaires_read",
    "support.adult_escort",
    "suicide.same_day_assessment_complete",
}
"""Questions of the screening form that somebody fit for treatment answers with yes."""
ASKED = {
    "pressure.systolic_mmhg": "128", "pressure.diastolic_mmhg": "78", "lab.alt_times_uln": "0.8", "liver.child_pugh": "none",
    "pregnancy.test": "not_needed", "organs.uterus_or_ovaries": "no", "airway.stop_bang": "2", "airway.spo2_percent_at_rest": "98",
}  # fmt: skip
"""Those that take a number or a word."""


@dataclass(slots=True)
class Walk:
    """Who walks, on which server, and what was learned on the way."""

    cast: Cast
    server: ServerProcess
    offset_s: float
    walker: Callable[[str], Walker]
    walkers: dict[str, Walker] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def of(self, who: str) -> Walker:
        """The browser of one person; staff sign in when they first come."""
        if who not in self.walkers:
            walker = self.walkers[who] = self.walker(who)
            if who not in PATIENTS:
                walker.open("/sign-in/")
                walker.send("Sign in", {"email": address(who), "password": PASSWORD})
                assert walker.path == "/desk/"
        return self.walkers[who]

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    @property
    def local(self) -> datetime:
        return self.now.astimezone(ZoneInfo(ZONE))

    def later(self, minutes: float) -> None:
        """The clinic's clock jumps ahead: the server starts anew, its data as it was."""
        self.offset_s += minutes * 60
        self.server.environment["AFTERGLOW_CLOCK_OFFSET_S"] = str(self.offset_s)
        self.server.restart()

    def until_local(self, moment: datetime) -> None:
        """The clinic's clock jumps ahead to this moment."""
        self.later((moment - self.now).total_seconds() / 60)


def id_in(path: str) -> str:
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", path)
    assert found, f"no id in {path}"
    return found.group()


def enquiry(walk: Walk) -> None:
    """On the public page, on a phone; the desk accepts without typing anything again, and hands over the personal link."""
    nora = walk.of("nora")
    nora.open("/")
    nora.open(nora.link("Ask for help", "/enquire/"))
    nora.open(nora.link("Harbour Clinic", "/enquire/"))
    nora.send(
        "Send to the clinic",
        {
            "danger_now": "no", "asker": "self", "given_name": "Nora", "family_name": "Vance", "may_contact": "yes", "contact_by": "phone",
            "phone": "+1 555 0142", "message": "Two medicines did not help. I would like to ask about ketamine.",
        },
    )  # fmt: skip
    assert "The clinic has your message" in nora.words
    faye = walk.of("faye")
    faye.open("/enquiries/")
    faye.open(faye.link(NAME))
    assert "Two medicines did not help." in faye.words
    faye.send("Accept and start the intake", {"born_on": "1984-05-17"}, to="/accept/")
    walk.known["person"] = id_in(faye.path if "/intake/" in faye.path else faye.link("Go to the intake"))


def intake(walk: Walk) -> None:
    """Step by step on the phone; the ASQ is asked by Ben, in person."""
    faye, nora, ben = walk.of("faye"), walk.of("nora"), walk.of("ben")
    faye.open(f"/intake/{walk.known['person']}/")
    faye.send("Make the personal link", {"instruments": ["phq9", "gad7"]}, to="/link/")
    opened = re.search(r"/l/[\w-]+/", faye.html)
    assert opened, "the link is shown on the page that made it"
    nora.open(opened.group())
    assert nora.path == "/me/"
    nora.open("/me/about/")
    nora.send("Save and go on", {"state": "CA", "needs_interpreter": "no", "emergency_name": ESCORT, "emergency_phone": "+1 555 0143"})
    nora.open("/me/private/")
    nora.send("Save and go on", {"could_be_pregnant": "no"})
    nora.open("/me/problems/")
    nora.send("Add it to the list", {"name": "Depression", "since_text": "2019"})
    nora.open("/me/problems/")
    nora.send("That is everything")
    nora.open("/me/medicines/")
    nora.send("I take", {})
    nora.open("/me/allergies/")
    nora.send("I have no allergies")
    for drug, mg, weeks in (("sertraline", "150", "8"), ("bupropion", "300", "7")):
        nora.open("/me/treatments/")
        nora.send(
            "Add it to the list",
            {
                "drug": drug, "daily_dose_mg": mg, "weeks": weeks, "improvement": "under_25", "this_episode": "yes",
                "stopped_because": "no_effect",
            },
        )  # fmt: skip
    nora.open("/me/treatments/")
    nora.send("That is everything")
    _questionnaire(nora, "Patient Health Questionnaire-9", [2] * 8 + [0, 1])
    _questionnaire(nora, "Generalized Anxiety Disorder-7", [1] * 7)
    nora.open("/me/")
    assert "That was everything for now" in nora.words
    ben.open(f"/measures/of/{walk.known['person']}/")
    ben.send("Ask it now", {"instrument": "asq", "occasion": "screening"}, to="/ask/")
    ben.send("Record the answers", {f"q{number}": "0" for number in range(1, 5)})
    for what, value, unit in (("height", "175", "cm"), ("body", "70", "kg")):
        ben.open(f"/people/{walk.known['person']}/{what}/")
        ben.send("Save this", {"value": value, "unit": unit, "on_site": "yes"})


def _questionnaire(nora: Walker, name: str, values: list[int]) -> None:
    """One question after another, as the pages lead; the questions' own addresses are never guessed."""
    nora.open("/me/")
    nora.open(nora.link(name, "/me/questions/"))
    nora.open(nora.link("Start", "/me/questions/"))
    for number, value in enumerate(values, start=1):
        nora.send("Next", {f"q{number}": str(value)})
    nora.send("Send my answers")
    assert "Your answers were sent" in nora.words


def screening(walk: Walk) -> None:
    """Ana asks what only a person can ask, and decides on what the page shows."""
    ana = walk.of("ana")
    ana.open(f"/screening/person/{walk.known['person']}/")
    ana.send("Open a case")
    case = ana.path
    for group in re.findall(rf'action="({case}facts/[\w-]+/)"', ana.html):
        form = ana.form("Save", group)
        yes_or_no = {name for name in form.names("radio") if {"yes", "no"} <= set(form.options(name))}
        answers: dict[str, Value] = {name: "yes" if name in YES else "no" for name in yes_or_no}
        ana.send("Save", answers | {name: said for name, said in ASKED.items() if name in form.names()}, to=group)
    assert "Nothing: the prescriber may clear this person." in ana.words, ana.words[:3000]
    ana.send("Sign the decision", {"outcome": "cleared", "password": PASSWORD}, to="/decide/")
    assert "cleared" in ana.words


def consent(walk: Walk) -> None:
    """Read, understood (one answer wrong at first) and signed on the phone by its own link; Ana states the capacity."""
    ana, nora = walk.of("ana"), walk.of("nora")
    ana.open(f"/consent/person/{walk.known['person']}/")
    ana.send("Offer this document", to="/offer/")
    ana.send("Make a link for the person's own phone")
    opened = re.search(r"/l/[\w-]+/", ana.html)
    assert opened
    nora.open(opened.group())
    nora.open(nora.link("Start reading"))
    nora.open(nora.link("Go on to the questions"))
    right = _right_answers(walk)
    form = nora.form("Check my answers")
    first = next(iter(right))
    wrong = next(option for option in form.options(first) if option != right[first])
    nora.send("Check my answers", {**right, first: wrong})
    assert "is not right yet" in nora.words
    nora.send("Check my answers", {first: right[first]})
    if "All are right: go on to sign" in nora.words:
        nora.open(nora.link("All are right: go on to sign"))
    nora.send("Sign", {"agreed": True, "signer_name": NAME})
    assert "This page is made from the bytes that were signed" in nora.words or "Signed" in nora.words
    ana.open(f"/consent/person/{walk.known['person']}/")
    ana.open(ana.link("State capacity"))
    form = ana.form("Sign the statement")
    ana.send(
        "Sign the statement",
        {"checks": form.options("checks"), "has_capacity": "yes", "note": "Says it back in her own words.", "password": PASSWORD},
    )


def _right_answers(walk: Walk) -> dict[str, str]:
    """What a reader who understood the document answers: the key of the document itself."""

    def ask() -> dict[str, str]:
        from tests.support.consent import right_answers

        return right_answers()

    return walk.server.ask(ask)


def _first(form: Form, kind: str) -> str:
    """The prefix of the first visit of this kind on the form."""
    return next(each for each in form.controls if each.name.endswith("-kind") and each.value == kind).name.removesuffix("-kind")


def plan(walk: Walk) -> None:
    """The protocol as it stands, signed; the visits placed, the first infusion today; the first order signed."""
    ana, ben = walk.of("ana"), walk.of("ben")
    ana.open(f"/plans/people/{walk.known['person']}/new/")
    ana.send("Make the draft")
    walk.known["plan"] = id_in(ana.path)
    ana.send("Sign the plan", {"password": PASSWORD}, to="/sign/")
    ben.open(f"/plans/{walk.known['plan']}/visits/")
    form = ben.form("Place these visits")
    infusion, talk = (_first(form, kind) for kind in ("infusion", "integration"))
    starts = walk.local + timedelta(minutes=20)
    taken = {str(each.value) for each in form.controls if each.name.endswith("-day") and not each.name.startswith((f"{infusion}-", f"{talk}-"))}
    after = next(at for at in (starts + timedelta(hours=hours) for hours in (48, 30, 66)) if at.date().isoformat() not in taken)
    changes: Mapping[str, Value] = {
        f"{infusion}-day": starts.date().isoformat(), f"{infusion}-starts": f"{starts:%H:%M}", f"{infusion}-room_id": str(walk.cast.room_id),
        f"{infusion}-staff_user_id": "", "reason": "The first infusion can be given today.",
        f"{talk}-day": after.date().isoformat(), f"{talk}-starts": f"{after:%H:%M}",
    }  # fmt: skip
    ben.send("Place these visits", changes)
    ana.open(f"/plans/{walk.known['plan']}/orders/1/")
    assert "35 mg" in ana.words
    ana.send("Sign the order", {"password": PASSWORD}, to="")
    assert "35 mg" in ana.words
