"""The person and the clinical lists that every station reads.

Clinical rows are append-only: a correction or an end is a new row that names the one it replaces, so that nothing is overwritten.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

UNKNOWN_YES_NO = [("unknown", "not known"), ("yes", "yes"), ("no", "no")]


class Person(models.Model):
    """Someone in care at one clinic.  The same human at two clinics is two persons."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    record_no = models.CharField(max_length=12)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    search_name = models.CharField(max_length=200, help_text="Casefolded, without accents: names are found through this.")
    born_on = models.DateField(null=True)
    pronouns = models.CharField(max_length=40, blank=True)
    could_be_pregnant = models.CharField(max_length=8, choices=UNKNOWN_YES_NO, default="unknown", help_text="By organs, not by gender (safety 35).")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    contact_by = models.CharField(
        max_length=10,
        choices=[("not_asked", "not asked yet"), ("phone", "phone"), ("email", "e-mail"), ("none", "do not contact")],
        default="not_asked",
        help_text="Their own wish; until they were asked nothing is written to them (hazard H53).",
    )
    address = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, blank=True, help_text="Jurisdiction where the person lives.")
    language = models.CharField(max_length=20, default="en")
    needs_interpreter = models.CharField(max_length=8, choices=UNKNOWN_YES_NO, default="unknown")
    emergency_name = models.CharField(max_length=120, blank=True)
    emergency_phone = models.CharField(max_length=40, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=140)
    version = models.PositiveIntegerField(default=1, help_text="Goes up with every change; a form that saw an older one is refused (C26).")

    class Classed:
        mutable, personal, kept = True, "id", "by the jurisdiction's rule for charts"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "record_no"], name="record_no_once_per_clinic")]
        indexes = [
            models.Index(fields=["clinic", "search_name"], name="person_search"),
            models.Index(fields=["clinic", "born_on"], name="person_born"),
        ]


class RecordNumber(models.Model):
    """The last record number given at a clinic; locked while the next is taken."""

    clinic = models.OneToOneField("ground_accounts.Clinic", primary_key=True, on_delete=models.PROTECT, related_name="+")
    last = models.PositiveIntegerField(default=0)

    class Classed:
        mutable, personal, kept = True, None, "while the clinic exists"


class CareTeamMember(models.Model):
    """Who belongs to a person's care; a therapist sees own patients only through this."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "user", "duty"], condition=Q(ended_at__isnull=True), name="care_team_once")]
        indexes = [models.Index(fields=["user", "person"], name="care_team_user")]


class ChartRow(models.Model):
    """What every clinical row has: whose, written when and by whom, what it replaces and why."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn = models.BooleanField(default=False, help_text="This row says that the one it replaces was wrong or has ended.")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Problem(ChartRow):
    name = models.CharField(max_length=160)
    code = models.CharField(max_length=20, blank=True, help_text="ICD-10-CM, when known.")
    since_text = models.CharField(max_length=60, blank=True)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person"], name="problem_person")]


class Allergy(ChartRow):
    substance = models.CharField(max_length=120)
    reaction = models.CharField(max_length=160, blank=True)
    severity = models.CharField(max_length=10, choices=[("mild", "mild"), ("severe", "severe"), ("unknown", "not known")], default="unknown")

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person"], name="allergy_person")]


class Medicine(ChartRow):
    name = models.CharField(max_length=120)
    dose_text = models.CharField(max_length=80, blank=True)
    taken_text = models.CharField(max_length=80, blank=True, help_text="How often, as said.")
    stopped_on = models.DateField(null=True)
    oral_ug_per_day = models.PositiveBigIntegerField(null=True, help_text="By mouth, the whole day together; null when not recorded.")
    patch_ng_per_h = models.PositiveBigIntegerField(null=True, help_text="From a patch; null when not recorded.")

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person"], name="medicine_person")]
        constraints = [
            models.CheckConstraint(condition=Q(oral_ug_per_day__isnull=True) | Q(patch_ng_per_h__isnull=True), name="medicine_one_amount"),
            models.CheckConstraint(condition=Q(oral_ug_per_day__isnull=True) | Q(oral_ug_per_day__gt=0), name="medicine_oral_not_zero"),
            models.CheckConstraint(condition=Q(patch_ng_per_h__isnull=True) | Q(patch_ng_per_h__gt=0), name="medicine_patch_not_zero"),
        ]


class TreatmentTrial(ChartRow):
    """One antidepressant trial of the ledger.  None means not known, never zero."""

    drug = models.CharField(max_length=80)
    daily_dose_ug = models.PositiveIntegerField(null=True)
    weeks = models.PositiveSmallIntegerField(null=True)
    improvement = models.CharField(
        max_length=10,
        choices=[
            ("unknown", "not known"),
            ("none", "none or worse"),
            ("under_25", "less than 25%"),
            ("25_49", "25 to 49%"),
            ("50_plus", "50% or more"),
        ],
        default="unknown",
    )
    this_episode = models.CharField(max_length=8, choices=UNKNOWN_YES_NO, default="unknown")
    stopped_because = models.CharField(
        max_length=14,
        choices=[
            ("unknown", "not known"),
            ("still_taking", "still taking it"),
            ("no_effect", "it did not help enough"),
            ("side_effects", "side effects"),
            ("other", "another reason"),
        ],
        default="unknown",
    )

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person"], name="trial_person")]


class ListReview(models.Model):
    """Someone asked about a whole list: 'none known' is a fact with a date, an empty list is not."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    list_name = models.CharField(max_length=12, choices=[(name, name) for name in ("problems", "allergies", "medicines", "trials")])
    none_known = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person", "list_name"], name="list_review_person")]


class BodyMeasure(ChartRow):
    """Weight in whole grams or height in whole millimetres, with what was typed and its unit."""

    kind = models.CharField(max_length=6, choices=[("weight", "weight"), ("height", "height")])
    value = models.PositiveIntegerField()
    typed = models.CharField(max_length=20)
    typed_unit = models.CharField(max_length=4)
    on_site = models.BooleanField()
    taken_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=140, blank=True, help_text="Who said that an unlikely value is right.")

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person", "kind", "taken_at"], name="body_measure_person")]
        constraints = [models.CheckConstraint(condition=Q(value__gt=0), name="body_measure_positive")]


class Note(ChartRow):
    """A chart note.  Psychotherapy notes never live here (safety 45)."""

    kind = models.CharField(max_length=20)
    text = models.TextField()

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person", "recorded_at"], name="note_person")]


class Proxy(ChartRow):
    """Somebody who may act for the person, with the person's own consent; a withdrawn row ends it at that moment."""

    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)
    may_be_called = models.BooleanField(help_text="Be called about the person's care.")
    may_hear_visits = models.BooleanField(help_text="Be told when visits are.")
    may_fill_intake = models.BooleanField(help_text="Fill in the intake by a link of their own, and see what is on it.")
    consented_at = models.DateTimeField(help_text="When the person said so.")
    consent_how = models.CharField(
        max_length=10, choices=[("in_person", "said it here in person"), ("by_phone", "said it on the phone"), ("written", "in writing, signed")]
    )

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person"], name="proxy_person")]
        constraints = [
            models.CheckConstraint(condition=Q(may_be_called=True) | Q(may_hear_visits=True) | Q(may_fill_intake=True), name="proxy_may_something")
        ]


class ComfortCard(ChartRow):
    """How this person wants to be called, calmed and touched, and what to keep away from; the newest row counts, the earlier ones stay."""

    call_me = models.CharField(max_length=80, blank=True, help_text="The name they want to hear in the room.")
    calm_by = models.TextField(blank=True)
    touch = models.CharField(max_length=8, choices=[("unknown", "not asked"), ("yes", "yes"), ("no", "no"), ("ask", "ask first")], default="unknown")
    music = models.CharField(max_length=160, blank=True)
    light = models.CharField(max_length=160, blank=True)
    words = models.CharField(max_length=200, blank=True)
    avoid_words = models.CharField(max_length=200, blank=True)
    position = models.CharField(max_length=160, blank=True, help_text="How they want to lie or sit, and where staff should be.")
    people = models.CharField(max_length=200, blank=True, help_text="Who may be in the room, and who may not.")
    triggers = models.TextField(blank=True)
    intention = models.TextField(blank=True)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person"], name="comfort_person")]
