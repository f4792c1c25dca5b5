"""The course after the first dose, step by step, told to whoever walks it: integration, the review in its middle, aftercare, and the figures."""

from __future__ import annotations

import re
from datetime import timedelta

from afterglow.pathway.integration.models import Goal, PracticeDone, PsychotherapyNote, Visit
from tests.journeys.steps import PASSWORD, Walk, id_in
from tests.support.cast import address
from tests.support.contact import five_form
from tests.support.walk import Value

NAME = "Dan Marsh"
PRIVATE = "The grey harbour is his father, I think."
"""What the therapist writes down for nobody else."""
PRACTICE = "Walk by the water"
COMES_IN = "Theo comes in for this visit"
NO_VISIT = "No visit is booked inside the window."


def the_visit_is_lost_and_booked_again(walk: Walk) -> None:
    """The desk cancels it; one booked too late does not count as inside; moved into the window, the alert is gone."""
    faye, theo = walk.of("faye"), walk.of("theo")
    page = f"/integration/people/{walk.known['person']}/"
    faye.open(f"/schedule/{walk.known['talk']}/")
    faye.send("Cancel this appointment", {"cause": "a member of staff is unwell"}, to="/cancel/")
    assert "cancelled" in faye.words
    theo.open("/integration/")
    assert f"to do {NO_VISIT}" in theo.words, theo.words
    theo.open(theo.link(NAME, "/integration/people/"))
    assert NO_VISIT in theo.words
    faye.open(f"/schedule/book/{walk.known['person']}/")
    late = walk.local + timedelta(hours=80)
    with_theo: dict[str, Value] = {
        "minutes": "50",
        "room_id": str(walk.cast.talk_room_id),
        "staff_user_id": str(walk.cast.theo.user_id),
        "reason": COMES_IN,
    }
    faye.send("Book this appointment", {"kind": "integration", "day": f"{late:%Y-%m-%d}", "starts": "11:00", **with_theo})
    walk.known["talk"] = id_in(faye.path)
    theo.open(page)
    assert NO_VISIT in theo.words, "a visit after the window is none inside it"
    faye.open(f"/schedule/{walk.known['talk']}/")
    inside = walk.local + timedelta(days=1)
    faye.send("Move this appointment", {"day": f"{inside:%Y-%m-%d}", "starts": "15:00", "reason": COMES_IN}, to="/move/")
    assert inside.strftime("%-d %b") in faye.words
    theo.open(page)
    assert "A visit is booked inside the window." in theo.words
    walk.until_local(inside.replace(hour=15, minute=20))


def the_visit_is_held(walk: Walk) -> None:
    """Recorded for the chart; without the question about danger it is not taken."""
    theo = walk.of("theo")
    theo.open("/integration/")
    theo.open(theo.link("Open the visit"))
    assert theo.path == f"/integration/visits/{walk.known['talk']}/"
    said: dict[str, Value] = {"state": "held", "happened": "Spoke of the sea; calm, slept well."}
    assert "danger" in theo.refused("Record the visit", said)
    assert "five questions about suicide" in theo.refused("Record the visit", said | {"danger": "no"})
    theo.send("Record the visit", said | {"danger": "no"} | five_form())
    assert "Held" in theo.words
    assert "Spoke of the sea" in theo.words
    assert walk.server.ask(lambda: Visit.objects.filter(appointment_id=walk.known["talk"]).count()) == 1


def a_note_that_only_its_author_reads(walk: Walk) -> None:
    """The prescriber and the owner find neither the note nor a way to it, and the trail tells that it was written, never what."""
    theo, ana, olga, ben = walk.of("theo"), walk.of("ana"), walk.of("olga"), walk.of("ben")
    visit = f"/integration/visits/{walk.known['talk']}/"
    theo.open(visit)
    theo.open(theo.link("Open your notes about this visit"))
    theo.send("Write the note", {"text": PRIVATE, "danger": "no"})
    assert PRIVATE in theo.words
    ana.open(visit)
    assert "Spoke of the sea" in ana.words, "the prescriber reads what was written for the chart"
    pages = (visit, f"/integration/people/{walk.known['person']}/", f"/people/{walk.known['person']}/", f"/people/{walk.known['person']}/notes/")
    for page in pages:
        ana.open(page)
        assert PRIVATE not in ana.html, f"{page} shows the psychotherapy note to the prescriber"
        assert "/note/" not in ana.html, f"{page} leads the prescriber to the note"
    for one in (ana, olga, ben):
        assert one.status(f"{visit}note/") in (403, 404)
    olga.open(f"/desk/trail/{walk.known['person']}/")
    assert PRIVATE not in olga.html
    held = walk.server.ask(lambda: PsychotherapyNote.objects.filter(appointment_id=walk.known["talk"]).count())
    assert held == 1


def a_goal_and_a_practice(walk: Walk) -> None:
    """In the person's own words, and a link to it for the person's own phone."""
    theo = walk.of("theo")
    page = f"/integration/people/{walk.known['person']}/"
    theo.open(page)
    visit = next(each for each in theo.form("Set the goal").options("visit_id") if each)
    theo.send("Set the goal", {"insight": "I miss the sea.", "theme": "joy", "text": "Swim again", "visit_id": visit}, to="/goals/")
    assert "Swim again" in theo.words
    theo.send("Give the practice", {"text": PRACTICE, "times_a_week": "3"})
    assert "Done on 0 of 3 days" in theo.words
    theo.send("Make a link for the person's own phone")
    found = re.search(r"/l/[\w-]+/", theo.html)
    assert found, "the link is shown on the page that made it"
    walk.known["link"] = found.group()
    assert walk.server.ask(lambda: Goal.objects.filter(person_id=walk.known["person"]).count()) == 1


def today_on_the_phone(walk: Walk) -> None:
    """Dan reads it, ticks today, takes it back, ticks it again; Theo and Ana see one day of three."""
    dan, ana = walk.of("dan"), walk.of("ana")
    dan.open(walk.known["link"])
    assert dan.path == "/me/practice/"
    assert PRACTICE in dan.words
    assert "Done on 0 of 3 days" in dan.words
    assert "988" in dan.words, "help is in reach on every page of the phone"
    dan.send("Today: I did it")
    assert "Done on 1 of 3 days" in dan.words
    dan.send("Today: done. Take it back")
    assert "Done on 0 of 3 days" in dan.words
    dan.send("Today: I did it")
    ana.open(f"/integration/people/{walk.known['person']}/")
    assert "Done on 1 of 3 days" in ana.words
    assert walk.server.ask(lambda: PracticeDone.objects.count()) == 3, "each tick and its taking back is a row of its own"


AFTER_A_DOSE = (the_visit_is_lost_and_booked_again, the_visit_is_held, a_note_that_only_its_author_reads, a_goal_and_a_practice, today_on_the_phone)


def the_trajectory(walk: Walk) -> None:
    """Scores and doses, in the picture and in the table under it; the list of reviews leads to it."""
    ana = walk.of("ana")
    ana.open("/response/reviews/")
    ana.open(ana.link(NAME, "/response/people/"))
    for said in ("3 doses", "PHQ-9: 16, 15.", "The same as a table", "Review after infusion 3"):
        assert said in ana.words, f"{said} is not on the trajectory: {ana.words}"
    assert '<svg class="strip trajectory"' in ana.html
    theo = walk.of("theo")
    theo.open(f"/response/people/{walk.known['person']}/")
    assert "It waits for a prescriber." in theo.words
    assert "Sign the review" not in theo.words


def no_fourth_dose_before_the_review(walk: Walk) -> None:
    """The order of the fourth infusion is refused, with the reason and the way to the review."""
    ana = walk.of("ana")
    ana.open(f"/plans/{walk.known['plan']}/orders/4/")
    why = ana.refused("Sign the order", {"weight_confirmed": "yes", "password": PASSWORD})
    assert "review" in why.lower(), why
    assert "Review the response to let infusion 4 be ordered" in ana.words


def the_one_bridging_dose(walk: Walk) -> None:
    """Not without a reason; once allowed, the fourth order can be signed, and no second bridging dose is offered."""
    ana = walk.of("ana")
    plan = f"/plans/{walk.known['plan']}/"
    ana.open(plan)
    ana.send("Allow one bridging dose", {"reason": "Thoughts of death come back when he waits.", "password": PASSWORD}, to="/allow/")
    assert "One bridging dose before the review" not in ana.words, "a second one would be offered"
    ana.open(f"{plan}orders/4/")
    ana.send("Sign the order", {"weight_confirmed": "yes", "password": PASSWORD})
    assert "The open order" in ana.words
    ana.open(f"{plan}orders/5/")
    ana.refused("Sign the order", {"weight_confirmed": "yes", "password": PASSWORD})


def _review(walk: Walk, after: int, decision: str, reason: str) -> None:
    """Read, then signed; where the clinic's own rounds opened a flag in between, read once more, as the page asks."""
    ana = walk.of("ana")
    told: dict[str, Value] = {"decision": decision, "reason": reason, "password": PASSWORD}
    ana.open(f"/response/people/{walk.known['person']}/")
    try:
        ana.send("Sign the review", told, to="/review/")
    except AssertionError as refusal:
        if "Something new was recorded since this page was shown" not in str(refusal):
            raise
        ana.open(f"/response/people/{walk.known['person']}/")
        ana.send("Sign the review", told, to="/review/")
    assert f"After infusion {after}:" in ana.words
    assert reason in ana.words


def the_review_stops_the_course(walk: Walk) -> None:
    """The plan has ended, the signed order of the bridging dose is void, and the desk finds the visits ahead freed with the cause."""
    ana, faye, ben = walk.of("ana"), walk.of("faye"), walk.of("ben")
    faye.open(f"/schedule/{walk.known['fourth']}/")
    assert "booked" in faye.words
    _review(walk, 3, "stop", "No relief after three infusions; he wants to stop.")
    assert "After infusion 3: stop the course." in ana.words
    ana.open(f"/plans/{walk.known['plan']}/")
    assert "Ended" in ana.words
    ana.open(f"/plans/{walk.known['plan']}/orders/4/")
    assert "The open order" not in ana.words
    assert "void" in ana.words
    for visit in ("fourth", "fourth_talk"):
        faye.open(f"/schedule/{walk.known[visit]}/")
        assert "cancelled" in faye.words, f"the {visit} visit is still in the calendar"
        assert "No relief" not in faye.words, "the desk reads that the course ended, not why"
    walk.until_local(walk.local + timedelta(days=2))
    ben.open("/sessions/")
    assert NAME not in ben.words, "nobody comes for a dose of a course that ended"


def the_review_lets_it_go_on(walk: Walk) -> None:
    ana = walk.of("ana")
    _review(walk, 3, "continue", "PHQ-9 fell from 16 to 6; sleeps and works again.")
    ana.open(f"/plans/{walk.known['plan']}/orders/4/")
    assert "Sign an order" in ana.words
    ana.send("Sign the order", {"weight_confirmed": "yes", "password": PASSWORD})
    assert "The open order" in ana.words


def the_review_at_the_end(walk: Walk) -> None:
    """After the sixth the course is complete; aftercare begins with its dates."""
    ana, ben = walk.of("ana"), walk.of("ben")
    _review(walk, 6, "aftercare", "Responded, and stays with the therapy group.")
    ben.open("/aftercare/")
    ben.open(ben.link(NAME, "/aftercare/people/"))
    ben.send("Begin aftercare")
    assert "Checks" in ben.words
    assert "One month" in ben.words
    ana.open(f"/aftercare/people/{walk.known['person']}/")
    assert "Decide about a booster" in ana.words


def a_check_after_a_month(walk: Walk) -> None:
    """The score got worse and says so; a contact is not recorded before the question about suicide is asked."""
    ben = walk.of("ben")
    ben.open("/aftercare/")
    assert "Relapse watch" in ben.words, ben.words
    ben.open(ben.link(NAME, "/aftercare/checks/"))
    told: dict[str, Value] = {
        "reached": "yes", "how": "phone", "note": "Low again for two weeks, sleeps badly, still works.", "next_step": "booster_discussion",
        "next_on": f"{walk.local:%Y-%m-%d}",
    }  # fmt: skip
    assert "five questions about suicide" in ben.refused("Record it", told)
    ben.send("Record it", told | five_form())
    assert "Low again for two weeks" in ben.words
    ben.open("/aftercare/")
    assert "Relapse watch" not in ben.words, "somebody looked"


def a_booster_is_decided(walk: Walk) -> None:
    """By a prescriber, for this person; not before somebody asked about ketamine from elsewhere."""
    ana = walk.of("ana")
    ana.open(f"/aftercare/people/{walk.known['person']}/")
    ana.open(ana.link("Decide about a booster"))
    told: dict[str, Value] = {"earliest_on": f"{walk.local:%Y-%m-%d}", "reason": "Relapse after four good weeks.", "password": PASSWORD}
    assert "elsewhere" in ana.refused("Sign the decision", told)
    told |= {"elsewhere": "no"}
    assert "Bladder" in ana.refused("Sign the decision", told), "nobody looked at it in six doses"
    ana.send("Sign the decision", told | {"second_email": address("ben"), "second_password": PASSWORD})
    assert "Relapse after four good weeks." in ana.words
    walk.known["booster_visit"] = ana.link("book the visit")


def its_visit_is_booked(walk: Walk) -> None:
    """By the desk, which sees day, hour and room, and neither the reason nor a dose."""
    faye = walk.of("faye")
    faye.open(walk.known["booster_visit"])
    assert "Relapse" not in faye.words
    starts = walk.local + timedelta(minutes=20)
    faye.send("Book the visit", {"day": f"{starts:%Y-%m-%d}", "starts": f"{starts:%H:%M}", "room_id": str(walk.cast.room_id)})
    faye.open(walk.known["booster_visit"])
    assert "This booster has its visit" in faye.words


def the_gate_asks_for_its_order(walk: Walk) -> None:
    """The earlier orders do not carry over: the booster has its own, signed on the weight of the day."""
    ana, ben = walk.of("ana"), walk.of("ben")
    missing = "There is no order for infusion 7. A prescriber signs one."
    ben.open("/sessions/")
    ben.send(f"Check in {NAME}")
    own = f"/sessions/{id_in(ben.path)}"
    ben.open(f"{own}/check-in/")
    ben.send("Record the weight", {"value": "70", "unit": "kg"})
    ben.open(f"{own}/gate/")
    assert missing in ben.words
    assert missing in ben.refused("Start the infusion", {"password": PASSWORD}, to="/gate/start/")
    ana.open(f"/plans/{walk.known['plan']}/orders/7/")
    assert "Order for booster 1" in ana.words
    ana.send("Sign the order", {"password": PASSWORD})
    ben.open(f"{own}/gate/")
    assert missing not in ben.words
    assert "The drug has not been drawn from a received lot." in ben.words


AFTERCARE = (a_check_after_a_month, a_booster_is_decided, its_visit_is_booked, the_gate_asks_for_its_order)


def figures_of_a_few(walk: Walk) -> None:
    """Five people are too few: the registry and the public page say so, and show no share."""
    for who in ("olga", "rita"):
        reader = walk.of(who)
        reader.open("/registry/")
        assert "fewer than 20" in reader.words
        assert "95% interval" in reader.words, "what the figures would be is said"
        assert not re.search(r"\d+ of \d+ \(\d+%", reader.words), "a share of fewer than 20 people is shown"
        kind, made = reader.fetch("/registry/table.csv?start=all")
        assert kind.startswith("text/csv")
        assert b"not shown: fewer than 20 people" in made
    nora = walk.of("nora")
    nora.open(f"/expectations/{walk.cast.clinic_id}/")
    assert "Too few to show: fewer than 20 people have got that far." in nora.words
    assert "Dan" not in nora.words


def figures_of_enough(walk: Walk) -> None:
    """From twenty on: everyone who started is the denominator, those who fell silent too."""
    olga, rita, nora = walk.of("olga"), walk.of("rita"), walk.of("nora")
    olga.open("/registry/")
    assert "20 of 25 (80%, 95% interval 61 to 91%)" in olga.words, olga.words
    rita.open("/registry/")
    rita.send("Show", {"start": "all"})
    assert "20 of 25 (80%" in rita.words
    assert rita.status(f"/people/{walk.cast.dan_id}/") in (403, 404), "the researcher opens nobody"
    nora.open(f"/expectations/{walk.cast.clinic_id}/")
    assert "20 of 25 (80%" in nora.words
