"""Questionnaires: assigned, answered, scored, and whose licence lets them be asked.  An answer keeps for ever the version and wording that was shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from afterglow.ground.languages import ENGLISH


class Assignment(models.Model):
    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    instrument = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    translation = models.ForeignKey(
        "ground_content.LibraryRow", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The wording it was begun in, once an answer is kept; null: the words of `instrument`.",
    )  # fmt: skip
    occasion = models.CharField(max_length=30, help_text="baseline, screening, ...")
    channel = models.CharField(max_length=8, choices=[("link", "by personal link"), ("staff", "asked by staff")])
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+", help_text="Whose people on call read the answers.")
    assigned_at = models.DateTimeField()
    assigned_by = models.CharField(max_length=140)
    opens_at = models.DateTimeField(null=True, help_text="Not shown by link before this; null: at once.")
    due_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True, help_text="Not taken any more from this moment; null: stays open.")
    source_kind = models.CharField(max_length=30, blank=True, help_text="What asked for it, as text without a key: response.check_in.")
    source_id = models.CharField(max_length=40, blank=True)
    state = models.CharField(
        max_length=10, choices=[(name, name) for name in ("open", "answered", "declined", "withdrawn", "expired")], default="open"
    )
    draft_text = models.TextField(blank=True, help_text="Answers so far, as JSON; saved as they are given.")
    draft_at = models.DateTimeField(null=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        indexes = [
            models.Index(fields=["person", "state"], name="assignment_person"),
            models.Index(fields=["closes_at"], condition=Q(state="open"), name="assignment_closing"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "instrument", "occasion"], condition=Q(state="open"), name="assignment_open_once"),
            models.UniqueConstraint(fields=["source_kind", "source_id", "instrument"], condition=~Q(source_id=""), name="assignment_source_once"),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(opens_at__isnull=True) | Q(closes_at__gt=models.F("opens_at")),
                name="assignment_closes_after_opening",
            ),
        ]

    @property
    def begun(self) -> bool:
        """Was an answer kept, or the form sent?"""
        return bool(self.draft_text) or self.state not in ("open", "expired")


class Response(models.Model):
    """Answers as given, with their score; a corrected set of answers is a new row naming this one."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    assignment = models.ForeignKey("records_measures.Assignment", on_delete=models.PROTECT, related_name="+")
    instrument = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    translation = models.ForeignKey(
        "ground_content.LibraryRow", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The wording in another language that was shown; null: the words of `instrument`.",
    )  # fmt: skip
    language = models.CharField(max_length=20, default=ENGLISH, help_text="The BCP 47 tag of the words that were shown.")
    worded = models.CharField(
        max_length=13, default="own",
        choices=[("own", "the file's own words"), ("validated", "a validated translation"), ("not_validated", "a translation that is not known to be validated")],
    )  # fmt: skip
    instrument_name = models.CharField(max_length=40)
    answers_text = models.TextField(help_text="Canonical JSON, item id -> answer; null is not answered.")
    said_text = models.TextField(blank=True, help_text="What the person added in their own words, as JSON, item id -> text.")
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)
    asked_by = models.CharField(
        max_length=8, choices=[("self", "the person, by link"), ("proxy", "somebody for the person, by link"), ("staff", "staff")]
    )
    total = models.SmallIntegerField(null=True)
    band = models.CharField(max_length=60, blank=True)
    complete = models.BooleanField()
    score_text = models.TextField(help_text="Everything the scoring gave, or its refusal, as JSON.")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [
            models.Index(fields=["person", "instrument_name", "taken_at"], name="response_person"),
            models.Index(fields=["instrument_name", "person", "taken_at", "id", "total"], name="response_counted"),  # all that the registry reads
            models.Index(fields=["instrument_name", "taken_at"], condition=Q(worded="not_validated"), name="response_not_pooled"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(worded="own", translation__isnull=True, language=ENGLISH)
                | (Q(worded__in=["validated", "not_validated"], translation__isnull=False) & ~Q(language=ENGLISH)),
                name="response_says_its_wording",
            ),
        ]


class Licence(models.Model):
    """The clinic's own right to ask a scale whose wording may not be shipped, as its paper says it; it ends by its last day or by a `LicenceEnd`."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        "ground_accounts.Site", null=True, on_delete=models.PROTECT, related_name="+", help_text="Null: every site of the clinic."
    )
    instrument_name = models.CharField(max_length=80)
    holder = models.CharField(max_length=140, help_text="Whom the licence names.")
    reference = models.CharField(max_length=120, help_text="Its number, or the date and sender of the letter.")
    from_on = models.DateField()
    until_on = models.DateField(null=True, help_text="The last day on which it holds; null: it names none.")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, None, "as long as answers name the scale"

    class Meta:
        indexes = [models.Index(fields=["clinic", "instrument_name"], name="licence_of_scale")]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__isnull=True) | Q(until_on__gte=models.F("from_on")), name="licence_ends_after_it_begins")
        ]


class LicenceEnd(models.Model):
    """A licence that was taken back, given up or entered wrongly counts no longer from this moment."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    licence = models.OneToOneField("records_measures.Licence", on_delete=models.PROTECT, related_name="ended")
    reason = models.CharField(max_length=200)
    ended_at = models.DateTimeField()
    ended_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, None, "as long as answers name the scale"


class NotAsked(models.Model):
    """What belonged to a contact and was not asked there, and why."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    instrument_name = models.CharField(max_length=40)
    source_kind = models.CharField(max_length=30, help_text="The contact, as text without a key: integration.visit.")
    source_id = models.CharField(max_length=40)
    why = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="not_asked_says_why"),
            models.UniqueConstraint(fields=["source_kind", "source_id", "instrument_name"], name="not_asked_once"),
        ]
        indexes = [models.Index(fields=["person", "recorded_at"], name="not_asked_person")]
