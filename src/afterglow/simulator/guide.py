"""What the demo says when it is ready: where to look, how to sign in, and that nobody in it is real."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from afterglow.doors.desk.addresses import address as page
from afterglow.ground.access import links
from afterglow.simulator import careers, house
from afterglow.simulator.play import Played, under_way

WHO = {
    "ana": "prescriber",
    "ben": "session nurse, watches room 1",
    "nia": "second nurse, watches room 2",
    "theo": "therapist, sees own patients",
    "faye": "front desk",
    "olga": "owner",
    "sol": "second prescriber",
    "cora": "works at another clinic and sees nothing of this one",
}
SYNTHETIC = "All people here are synthetic: nobody in this clinic is real, and nothing in it is medical advice."


@dataclass(frozen=True, slots=True)
class Address:
    url: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    addresses: tuple[Address, ...]
    sign_ins: tuple[tuple[str, str], ...]
    password: str
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "addresses": [asdict(each) for each in self.addresses],
            "sign_ins": [{"email": email, "who": who} for email, who in self.sign_ins],
            "password": self.password,
            "notes": [*self.notes, SYNTHETIC],
        }

    def as_text(self) -> str:
        wide = max(len(each.url) for each in self.addresses)
        long = max(len(email) for email, _ in self.sign_ins)
        lines = ["", f"  {SYNTHETIC}", ""]
        lines += [f"  {each.url:<{wide}}  {each.what}" for each in self.addresses]
        lines += ["", f"  Sign in at {self.addresses[0].url} with the password: {self.password}"]
        lines += [f"    {email:<{long}}  {who}" for email, who in self.sign_ins]
        lines += ["", *(f"  {note}" for note in self.notes), "  Stop it with Ctrl-C; what you did is kept for a day.", ""]
        return "\n".join(lines)


def guide(played: Played, url: str, at: datetime) -> Guide:
    """Makes three fresh personal links, so that the patients' side can be seen too; they work for a day."""
    addresses = [
        Address(f"{url}/desk/", "the staff's side"),
        Address(f"{url}/sessions/board/", "every room at a glance"),
        Address(f"{url}/", "the public page and the enquiry form"),
        Address(f"{url}{_link(played, 'person 3', 'intake', at)}", "a patient's phone: the intake, half filled in"),
        Address(f"{url}{_link(played, 'person 7', 'consent', at)}", "a patient's phone: a consent to read and sign"),
        Address(
            f"{url}{_link(played, careers.like(lambda career: career.quiet), 'check_in', at)}", "a patient's phone: check-ins that wait for an answer"
        ),
        Address(f"{url}{_trajectory(played)}", "how one person fared: six doses, aftercare, a booster"),
        Address(f"{url}/registry/", "the clinic's own figures"),
        Address(f"{url}/styleguide", "every component"),
    ]
    rooms = under_way(played)
    notes = [
        f"Room 1: {'a virtual monitor sends a reading each second.' if 'monitor' in rooms else 'its session is over.'}",
        f"Room 2: {'a recording of an intensive-care monitor, one row a minute; not ketamine therapy.' if 'recording' in rooms else 'its session is over.'}",
        "Room 3: somebody has just come in; go through the check-in, draw the drug, and start.",
    ]
    return Guide(
        addresses=tuple(addresses),
        sign_ins=tuple((house.address(who), what) for who, what in WHO.items()),
        password=house.PASSWORD,
        notes=tuple(notes),
    )


def _trajectory(played: Played) -> str:
    return page("response:person", played.life(careers.like(lambda career: career.booster_days_ago)).id_of("person"))


def _link(played: Played, life: str, purpose: str, at: datetime) -> str:
    world, person_id = played.world, played.life(life).id_of("person")
    holder = played.life(life).memo.get("name", "the patient")
    _, token = links.make_link(
        clinic_id=world.clinic_id,
        person_id=person_id,
        holder=holder,
        purpose=purpose,
        lasts=timedelta(days=1),
        by=world.staff["faye"],
        at=at,
    )
    return f"/l/{token}/"
