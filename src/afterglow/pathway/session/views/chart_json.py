"""Entries as JSON: the answer names the entry's key only after it is stored; a refusal is told in words, with its status."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_POST

from afterglow.ground.access.guard import signed_in
from afterglow.ground.errors import Refusal
from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.call_help import call_help, chart_emergency
from afterglow.pathway.session.actions.change_rate import change_rate
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.chart_note import add_addendum, chart_note
from afterglow.pathway.session.actions.chart_vitals import chart_vitals
from afterglow.pathway.session.actions.correct_entry import correct_entry
from afterglow.pathway.session.actions.deed import Charted
from afterglow.pathway.session.actions.finish import finish_dose
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.actions.stop import stop_dose

MOST_BYTES = 20_000
Told = Mapping[str, Any]
Sent = dict[str, Any]
View = Callable[..., HttpResponseBase]


def wants_json(request: HttpRequest) -> bool:
    """Sent by the page's charting module, or by a program, rather than by a form."""
    return "application/json" in (request.headers.get("Accept", ""), request.content_type) or "X-Entry-Key" in request.headers


def refused(refusal: Refusal) -> JsonResponse:
    """What was not done, why, and what to do now."""
    told: dict[str, Any] = {"code": refusal.code, "sentence": refusal.sentence, "now": refusal.now, "field": refusal.field}
    told["findings"] = [{"item": each.item, "state": each.state, "sentence": each.sentence} for each in refusal.findings]
    return JsonResponse(told, status=422 if refusal.status == 409 and refusal.code not in CONFLICTS else refusal.status)


CONFLICTS = frozenset({"write.other_author", "write.key_reused", "session.not_now", "session.ended"})
"""Refusals over what somebody else did meanwhile: 409; all others say that the entry itself cannot stand: 422."""


def stored(key: str, charted: Charted) -> JsonResponse:
    """The entry is in the record: its key, its number, and what there is to say about it."""
    return JsonResponse({"key": key, "seq": charted.seq, "says": charted.says})


def json_refusals(view: View) -> View:
    """A refusal, sign-in needed among them, answered as JSON where JSON was asked for; outermost, so that the guard's are told too."""
    return _telling(view, wants_json)


def always_json(view: View) -> View:
    """The same for an address that speaks nothing else."""
    return _telling(view, lambda request: True)


def _telling(view: View, asked: Callable[[HttpRequest], bool]) -> View:
    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            if not asked(request):
                raise
            return refused(refusal)

    return told


def same_author(request: HttpRequest, author: str) -> None:
    """An entry is stored only under the sign-in of who made it.  Raises Refusal `write.other_author`."""
    if author and author != request.actor.id:
        raise Refusal("write.other_author", "Somebody else is signed in here now.", "It waits until its author signs in on this device.")


@always_json
@signed_in
@require_POST
def chart(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """`{key, kind, taken_at, payload, author?}`: one entry of any kind, each with its own action and its own rights.

    200 `{key, seq, says}` after commit; 401 signed out; 403 not yours to do; 404 unknown; 409 something changed; 422 cannot stand.
    """
    sent = _body(request)
    same_author(request, str(sent.get("author") or ""))
    act = KINDS.get(str(sent.get("kind")))
    if act is None:
        raise Refusal("session.unknown_kind", "This kind of entry is not known here.", f"Known: {', '.join(KINDS)}.", field="kind")
    payload = sent.get("payload") or {}
    if not isinstance(payload, dict):
        raise Refusal("session.not_json", "The payload is not an object.", "Send {} at least.", field="payload")
    key = str(sent.get("key") or "")
    common = {"session_id": session_id, "key": key, "by": request.actor, "at": request.at}
    return stored(key, act(payload, _moment(sent.get("taken_at")), common))


def _body(request: HttpRequest) -> Sent:
    if len(request.body) > MOST_BYTES:
        raise Refusal("session.too_long", "This entry is too long.", "Split it.")
    try:
        sent = json.loads(request.body)
    except ValueError:
        raise Refusal("session.not_json", "This is not JSON.", "Send an object with key, kind, taken_at and payload.") from None
    if not isinstance(sent, dict):
        raise Refusal("session.not_json", "This is not a JSON object.", "Send an object with key, kind, taken_at and payload.")
    return sent


def _moment(said: Any) -> datetime | None:
    if said in (None, ""):
        return None
    try:
        return datetime.fromisoformat(str(said))
    except ValueError:
        raise Refusal("session.not_a_time", "taken_at is no moment.", "Send ISO 8601 with a zone.", field="taken_at") from None


def _whole(told: Told, name: str, *, needed: bool = True) -> int | None:
    """A whole number of the payload.  Raises Refusal `session.not_a_number`."""
    value = told.get(name)
    if value is None and not needed:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("session.not_a_number", f"{name} is not a whole number.", "Send it as one.", field=name)
    return value


def _text(told: Told, name: str) -> str:
    value = told.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal("session.not_text", f"{name} is not text.", "Send it as text.", field=name)
    return value or ""


def _values(told: Told) -> Mapping[str, Mapping[str, Any]]:
    values = told.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        raise Refusal("session.not_json", "values is not an object of {value, unit}.", "Send each value with its unit.", field="values")
    return values


def _words(told: Told) -> Mapping[str, str]:
    words = told.get("words") or {}
    if not isinstance(words, dict) or not all(isinstance(each, str) for each in words.values()):
        raise Refusal("session.not_json", "words is not an object of texts.", "Send each word as text.", field="words")
    return words


def _required(told: Told, name: str) -> int:
    value = _whole(told, name)
    assert value is not None  # _whole refused it otherwise
    return value


def _medicine(told: Told) -> dict[str, Any]:
    return {
        "dose": Dose(**{name: _text(told, name) for name in ("name", "amount", "unit", "route")}),
        "rescue": _text(told, "rescue"),
        "ordered_by": _text(told, "ordered_by"),
        "why": _text(told, "why"),
        "outside": _text(told, "outside"),
    }


def _replacement(told: Told) -> Mapping[str, Any] | None:
    replacement = told.get("replacement")
    if replacement is not None and not isinstance(replacement, dict):
        raise Refusal("session.not_json", "replacement is not an object.", "Send the whole entry anew, or null to take it back.", field="replacement")
    if replacement is not None and "values" in replacement:
        return {"values": _values(replacement), "words": _words(replacement)}
    return replacement


Act = Callable[[Told, datetime | None, dict[str, Any]], Charted]
KINDS: Mapping[str, Act] = {
    "vitals": lambda told, when, common: chart_vitals(values=_values(told), words=_words(told), taken_at=when, **common),
    "note": lambda told, when, common: chart_note(text=_text(told, "text"), about=_text(told, "about") or "note", taken_at=when, **common),
    "addendum": lambda told, when, common: add_addendum(
        text=_text(told, "text"), about_seq=_whole(told, "about_seq", needed=False), taken_at=when, **common
    ),
    "event": lambda told, when, common: chart_event(
        kind=_text(told, "kind"), grade=_whole(told, "grade", needed=False), done=_text(told, "done"), taken_at=when, **common
    ),
    "medicine": lambda told, when, common: give_medicine(taken_at=when, **_medicine(told), **common),
    "acknowledged": lambda told, when, common: acknowledge(upto=_whole(told, "upto", needed=False), saw=_text(told, "saw"), **common),
    "help": lambda told, when, common: call_help(sentence=_text(told, "sentence"), **common),
    "emergency": lambda told, when, common: chart_emergency(
        sign=_text(told, "sign"), did=_text(told, "did"), text=_text(told, "text"), taken_at=when, **common
    ),
    "pause": lambda told, when, common: pause_dose(reason=_text(told, "reason"), taken_at=when, **common),
    "resume": lambda told, when, common: resume_dose(
        rate_ul_per_h=_whole(told, "rate_ul_per_h", needed=False), reason=_text(told, "reason"), taken_at=when, **common
    ),
    "rate": lambda told, when, common: change_rate(
        rate_ul_per_h=_required(told, "rate_ul_per_h"), reason=_text(told, "reason"), taken_at=when, **common
    ),
    "stop": lambda told, when, common: stop_dose(reason=_text(told, "reason"), taken_at=when, **common),
    "finish": lambda told, when, common: finish_dose(
        final_volume_ul=_required(told, "final_volume_ul"), why=_text(told, "why"), taken_at=when, **common
    ),
    "correct": lambda told, when, common: correct_entry(
        seq=_required(told, "seq"), replacement=_replacement(told), reason=_text(told, "reason"), taken_at=when, **common
    ),
}
"""What may be charted as JSON.  The leaving list and the drug that is left over have their own pages, with their signatures."""
