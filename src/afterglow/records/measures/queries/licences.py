"""The register of instrument licences: what each scale's licence lets a site do, what the clinic holds itself, and which wording is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.content.queries import library_file, local_files, released
from afterglow.ground.prepared import Rows, prepared
from afterglow.ground.reading import once_a_page
from afterglow.records.measures import rules
from afterglow.records.measures.models import Assignment, Licence
from afterglow.records.measures.queries import Paper, paper_of
from afterglow.science.verdict import Verdict

KIND = "instruments"
SOON = timedelta(days=60)  # as for the credentials of staff: time to renew it


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence as it was recorded; `site_id` None: for every site.  The last three are None and "" while nobody ended it."""

    id: UUID
    instrument: str
    site_id: UUID | None
    holder: str
    reference: str
    from_on: date
    until_on: date | None
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None

    def term(self, zone: str) -> rules.Term:
        """How long it holds, in days of a site's own zone."""
        ended = None if self.ended_at is None else self.ended_at.astimezone(ZoneInfo(zone)).date()
        return rules.Term(from_on=self.from_on, until_on=self.until_on, ended_on=ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRow:
    """One scale at one site.  `shipped`: as the library has it; `own`: in the clinic's own text, None where none is loaded; `licences`: newest first."""

    shipped: Paper
    own: Paper | None
    licences: tuple[LicenceRow, ...]
    verdict: Verdict
    on: date

    @property
    def needs_licence(self) -> bool:
        """May it be asked only under a licence of the clinic's own?  What is never asked as a questionnaire needs none."""
        return self.shipped.instrument.by_choice and not self.shipped.instrument.ships_wording

    @property
    def basis(self) -> str:
        return str(self.shipped.record.content["licence"]["basis"])

    @property
    def mark(self) -> str:
        return str(self.shipped.record.content["licence"]["mark"])

    @property
    def in_date(self) -> LicenceRow | None:
        """The licence under which it may be asked today: of several, the one that holds longest."""
        held = [row for row in self.licences if row.term("UTC").holds(self.on)]  # an ended one never holds, in whichever zone its day is told
        return max(held, key=lambda row: row.until_on or date.max, default=None)

    @property
    def ends_soon(self) -> bool:
        """Does what it is asked under end within SOON?"""
        held = self.in_date
        return held is not None and held.until_on is not None and held.until_on - self.on <= SOON

    @property
    def licence_stands(self) -> bool:
        """Is a licence in date, or recorded for a day to come?"""
        return any(row.ended_at is None and (row.until_on is None or row.until_on >= self.on) for row in self.licences)

    @property
    def own_loaded(self) -> tuple[datetime, str] | None:
        """When the clinic's own text was loaded, and by whom."""
        said = self.own.record.content["own_text"] if self.own is not None else None
        return None if said is None else (datetime.fromisoformat(said["recorded_at"]), str(said["recorded_by"]))

    @property
    def own_texts(self) -> dict[tuple[str, str], str]:
        """The clinic's own text by its places, empty where none is loaded."""
        if self.own is None:
            return {}
        found = {("instructions", ""): self.own.instructions, ("credit", ""): self.own.credit}
        for item in self.own.instrument.items:
            found[item.id, ""] = item.text
            found |= {(item.id, str(option.value)): option.label for option in item.options}
        return found

    @property
    def asked_as(self) -> Paper:
        """What a person is shown when the verdict is met."""
        return self.own if self.needs_licence and self.own is not None else self.shipped


def scales(site: SiteRow, at: datetime) -> list[ScaleRow]:
    """Every scale of the library at one site, by id; at most three queries."""
    held = _held(site.clinic_id)
    return [_scale(paper_of(record.pk), held, site, at) for record in released(KIND)]


def scale(instrument: str, site: SiteRow, at: datetime) -> ScaleRow:
    """One scale at one site.  Raises NotFound."""
    shipped = paper_of(library_file(KIND, instrument).pk)
    return _scale(shipped, _NOTHING if shipped.instrument.ships_wording else _held(site.clinic_id), site, at)


def papers(sites: Sequence[SiteRow], at: datetime) -> list[Paper]:
    """The newest version of every questionnaire that may be asked at one of these sites, in the wording in which it is asked there."""
    found = {row.shipped.instrument.id: row.asked_as for site in sites for row in scales(site, at) if row.verdict.met}
    return [found[name] for name in sorted(found)]


def open_forms(instrument: str, site_id: UUID) -> int:
    """How many forms of one scale were handed out at a site and are still open."""
    return Assignment.objects.filter(instrument__file_id=instrument, site_id=site_id, state="open").count()


@dataclass(frozen=True, slots=True)
class _Held:
    """What a clinic holds: its licences, newest first, and its own texts by scale."""

    licences: tuple[LicenceRow, ...]
    texts: Mapping[str, Paper]


_NOTHING = _Held((), {})


@once_a_page
def _held(clinic_id: UUID) -> _Held:
    texts = {name: paper_of(record.pk) for name, record in local_files(KIND, clinic_id).items()}
    return _Held(tuple(LicenceRow(*row) for row in _licences(clinic_id)), texts)


def _scale(shipped: Paper, held: _Held, site: SiteRow, at: datetime) -> ScaleRow:
    made, on = shipped.instrument, at.astimezone(ZoneInfo(site.zone)).date()
    licences = tuple(row for row in held.licences if row.instrument == made.id and row.site_id in (None, site.id))
    own = held.texts.get(made.id)
    facts = rules.LicenceFacts(
        name=shipped.short_name,
        version=made.version,
        ships_wording=made.ships_wording,
        terms=tuple(row.term(site.zone) for row in licences),
        text_for=own.instrument.version if own is not None else None,
        on=on,
        by_choice=made.by_choice,
    )
    return ScaleRow(shipped=shipped, own=own, licences=licences, verdict=rules.may_be_asked(facts), on=on)


@prepared
def _licences(clinic_id: UUID) -> Rows:
    rows = Licence.objects.filter(clinic_id=clinic_id).order_by("-recorded_at", "-id")
    return rows.values_list(
        "id", "instrument_name", "site_id", "holder", "reference", "from_on", "until_on", "recorded_at", "recorded_by",
        "ended__ended_at", "ended__ended_by", "ended__reason",
    )  # fmt: skip
